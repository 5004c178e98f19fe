// Tokens signed with a secret: what is accepted, and every forgery that is not. Forgeries are built by hand, so that the library under
// test does not help.
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeAuthenticate } from "../../src/server/authenticate.ts";
import type { AuthConfig } from "../../src/server/readConfig.ts";
import { signToken } from "../../src/server/signToken.ts";

const secret = "0123456789abcdef0123456789abcdef";
const now = () => Math.floor(Date.now() / 1000);
const whole = () => ({ sub: "someone", role: "admin", exp: now() + 60 });

function encode(part: unknown): string {
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}

/** A token with any header and payload, signed with any HMAC. */
function forge(
  payload: unknown,
  { header = { alg: "HS256", typ: "JWT" }, hash = "sha256", key = secret } = {},
): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest("base64url")}`;
}

const auth: AuthConfig = {
  secret,
  jwksUrl: null,
  issuer: null,
  audience: null,
  clockSkew: 30,
  roleClaim: "role",
};
const asked = (token: string, change: Partial<AuthConfig> = {}) =>
  makeAuthenticate({ ...auth, ...change }, secret)(token);

describe("a token", () => {
  test("of our own making is accepted, with the claims that are the policy's", async () => {
    const token = await signToken(secret, {
      role: "country_manager",
      claims: { countries: ["France", "X,Germany"], region: { west: true } },
      expiresIn: 60,
    });
    expect(await asked(token)).toEqual({
      principal: { role: "country_manager", claims: { countries: ["France", "X,Germany"], region: { west: true } } },
      subject: "token:country_manager",
      credential: "token",
    });
  });

  test("of another maker is accepted where it holds the same", async () => {
    expect(await asked(forge({ ...whole(), iss: "x", aud: "y", jti: "z", iat: now(), nbf: now(), team: 1 }))).toEqual({
      principal: { role: "admin", claims: { team: 1 } },
      subject: "someone",
      credential: "token",
    });
  });

  test("clocks may differ by as much as is set", async () => {
    const early = { nbf: now() + 20, iat: now() + 20 };
    await expect(asked(forge({ ...whole(), exp: now() - 20 }))).resolves.toBeDefined();
    await expect(asked(forge({ ...whole(), ...early }))).resolves.toBeDefined();
    await expect(asked(forge({ ...whole(), exp: now() - 40 }))).rejects.toThrow("The token has expired.");
    await expect(asked(forge({ ...whole(), nbf: now() + 60 }))).rejects.toThrow("The token is not valid yet");
    await expect(asked(forge({ ...whole(), iat: now() + 60 }))).rejects.toThrow("The token is not valid yet");
    await expect(asked(forge({ ...whole(), exp: now() - 1 }), { clockSkew: 0 })).rejects.toThrow("has expired");
    await expect(asked(forge({ ...whole(), nbf: now() + 5 }), { clockSkew: 0 })).rejects.toThrow("not valid yet");
    await expect(asked(forge({ ...whole(), iat: now() + 5 }), { clockSkew: 0 })).rejects.toThrow("not valid yet");
    await expect(asked(forge({ ...whole(), exp: now() - 290 }), { clockSkew: 300 })).resolves.toBeDefined();
  });

  test("issuer and audience are checked where they are set", async () => {
    const config = { issuer: "https://idp", audience: "c360" };
    const good = { ...whole(), iss: "https://idp", aud: "c360" };
    await expect(asked(forge(good), config)).resolves.toBeDefined();
    await expect(asked(forge({ ...good, aud: ["other", "c360"] }), config)).resolves.toBeDefined();
    const made = await signToken(secret, { role: "admin", expiresIn: 60, ...config });
    expect((await asked(made, config)).principal).toEqual({ role: "admin", claims: {} });
    for (const aud of ["other", ["other"], [], "", null, { c360: 1 }, undefined]) {
      await expect(asked(forge({ ...good, aud }), config)).rejects.toThrow("not meant for this server");
    }
    for (const iss of ["https://idp/", "", null, ["https://idp"], undefined]) {
      await expect(asked(forge({ ...good, iss }), config)).rejects.toThrow("not the one that this server trusts");
    }
    // told to nobody else
    const key = "another secret of thirty-two bytes";
    await expect(asked(forge({ ...good, aud: "other" }, { key }), config)).rejects.toThrow("The token is not valid. ");
  });

  test("the role is in the claim that is set, and in no other", async () => {
    const config = { roleClaim: "https://shop/role" };
    const payload = { ...whole(), "https://shop/role": "crm", team: 1 };
    expect((await asked(forge(payload), config)).principal).toEqual({ role: "crm", claims: { team: 1 } });
    await expect(asked(forge(whole()), config)).rejects.toThrow("it must have: sub, https://shop/role and exp.");
    const made = await signToken(secret, { role: "crm", expiresIn: 60, ...config });
    expect((await asked(made, config)).principal).toEqual({ role: "crm", claims: {} });
    await expect(asked(forge(whole()), { roleClaim: "constructor" })).rejects.toThrow("sub, constructor and exp");
  });

  test("a claim called __proto__ is a claim like any other", async () => {
    const payload = `{"sub":"s","role":"admin","exp":${now() + 60},"__proto__":{"countries":["France"]}}`;
    const { claims } = (await asked(forge(payload))).principal;
    expect(Object.hasOwn(claims, "countries")).toBe(false);
    expect(claims.countries).toBeUndefined();
  });

  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const [head = "", body = "", mark = ""] = forge(whole()).split(".");
  const flipped = mark.replace(/^./, (first) => (first === "A" ? "B" : "A"));
  const rs256 = () => {
    const signed = `${encode({ alg: "RS256" })}.${encode(whole())}`;
    return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
  };

  test.each<[string, string]>([
    ["alg none without a signature", `${encode({ alg: "none" })}.${encode(whole())}.`],
    ["alg none with a signature", forge(whole(), { header: { alg: "none", typ: "JWT" } })],
    ["alg None", forge(whole(), { header: { alg: "None", typ: "JWT" } })],
    ["alg hs256", forge(whole(), { header: { alg: "hs256", typ: "JWT" } })],
    ["alg HS384, right key", forge(whole(), { header: { alg: "HS384", typ: "JWT" }, hash: "sha384" })],
    ["alg HS512, right key", forge(whole(), { header: { alg: "HS512", typ: "JWT" }, hash: "sha512" })],
    ["alg RS256", rs256()],
    ["HS256 keyed with a public key", forge(whole(), { key: pem })],
    ["another key", forge(whole(), { key: "another secret of thirty-two bytes" })],
    ["an empty key", forge(whole(), { key: "" })],
    ["a signature with a bit changed", `${head}.${body}.${flipped}`],
    ["a signature cut short", `${head}.${body}.${mark.slice(0, -2)}`],
    ["a payload exchanged", `${head}.${encode({ ...whole(), role: "crm" })}.${mark}`],
    ["a header exchanged", `${encode({ alg: "HS256" })}.${body}.${mark}`],
    ["an unknown critical header", forge(whole(), { header: { alg: "HS256", crit: ["x"], x: 1 } as never })],
    [
      "a key of its own in the header",
      forge(whole(), { header: { alg: "HS256", jwk: { kty: "oct", k: "AA" } } as never, key: "\0" }),
    ],
    ["a key's address in the header", forge(whole(), { header: { alg: "HS256", jku: "https://x/keys" } as never })],
    ["a certificate's address", forge(whole(), { header: { alg: "HS256", x5u: "https://x/cert" } as never })],
    ["a certificate in the header", forge(whole(), { header: { alg: "HS256", x5c: ["AA=="] } as never })],
    [
      "a key of its own beside a good signature",
      forge(whole(), { header: { alg: "HS256", jwk: { kty: "oct" } } as never }),
    ],
    ["a header that is no object", `${encode("1")}.${body}.${mark}`],
    ["no dots", "eyJ"],
    ["four parts", `${head}.${body}.${mark}.${mark}`],
    ["a payload that is no JSON", forge("admin")],
    ["a payload that is a list", forge([whole()])],
    ["exp as a text", forge({ ...whole(), exp: String(now() + 60) })],
  ])("with %s is refused in neutral words", async (_, token) => {
    await expect(asked(token)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringMatching(
        /^The token is not valid\. Was it made .*\? Make a new one: npx consumer360 token --role NAME\.$/,
      ),
    });
  });

  test.each<[string, object]>([
    ["exp", { sub: "s", role: "admin" }],
    ["sub", { role: "admin", exp: now() + 60 }],
    ["role", { sub: "s", exp: now() + 60 }],
    ["a role with a letter in it", { ...whole(), role: "" }],
    ["a sub that is a text", { ...whole(), sub: "" }],
  ])("without %s is refused, and says what it must have", async (_, payload) => {
    await expect(asked(forge(payload))).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: "The token lacks a claim that it must have: sub, role and exp.",
    });
  });

  test.each([[["admin"]], [{ admin: true }], [1], [true], [null]])("with the role %j is refused", async (role) => {
    await expect(asked(forge({ ...whole(), role }))).rejects.toThrow(
      "The token's claim role must be one text: the name of a role.",
    );
  });

  test("too long, or for a subject too long, is refused", async () => {
    await expect(asked(forge({ ...whole(), sub: "s".repeat(255) }))).resolves.toBeDefined();
    await expect(asked(forge({ ...whole(), sub: "s".repeat(256) }))).rejects.toThrow("longer than 255 characters");
    await expect(asked(forge({ ...whole(), pad: "x".repeat(40_000) }))).resolves.toBeDefined();
    await expect(asked(forge({ ...whole(), pad: "x".repeat(60_000) }))).rejects.toThrow("longer than 65536 characters");
  });

  test("is refused in the same words whichever check it fails", async () => {
    const refused = [
      forge(whole(), { key: "another secret of thirty-two bytes" }),
      forge({ ...whole(), nbf: now() + 60 }, { key: "another secret of thirty-two bytes" }),
      forge(whole(), { header: { alg: "HS512", typ: "JWT" }, hash: "sha512" }),
    ];
    const errors = await Promise.all(
      [...refused, `${head}.${body}.${flipped}`].map((token) => asked(token).catch(String)),
    );
    expect(new Set(errors).size).toBe(1);
  });

  test("that has expired says so only where it is genuine", async () => {
    const late = { ...whole(), exp: now() - 3600 };
    await expect(asked(forge(late))).rejects.toThrow("The token has expired.");
    await expect(asked(forge(late, { key: "another secret of thirty-two bytes" }))).rejects.toThrow(
      "The token is not valid.",
    );
  });

  test("that is genuine names who was let out, and why; one that is not names nobody", async () => {
    const late = { ...whole(), exp: now() - 3600 };
    const early = { ...whole(), nbf: now() + 3600 };
    const made = { ...whole(), iat: now() + 3600 };
    const asker = { subject: "someone", credential: "token", role: "admin" };
    await expect(asked(forge(late))).rejects.toMatchObject({ reason: "expired", asker });
    for (const payload of [early, made])
      await expect(asked(forge(payload))).rejects.toMatchObject({ reason: "not yet valid", asker });
    await expect(asked(forge({ ...late, sub: 1 }))).rejects.toMatchObject({ asker: null });
    for (const [payload, key, reason] of [
      [late, "another secret of thirty-two bytes", "signature"],
      [{ ...late, iss: "other", aud: "a" }, secret, "issuer"],
      [{ ...late, iss: "i", aud: "other" }, secret, "audience"],
      [{ ...whole(), iss: "i", aud: "a", role: undefined }, secret, "claims"],
      [{ ...whole(), iss: "i", aud: "a", exp: undefined }, secret, "claims"],
    ] as const)
      await expect(asked(forge(payload, { key }), { issuer: "i", audience: "a" })).rejects.toMatchObject({
        reason,
        asker: null,
      });
    await expect(asked("x".repeat(70_000))).rejects.toMatchObject({ reason: "malformed credential" });
  });

  test("with a role of more than 255 characters is refused", async () => {
    expect((await asked(forge({ ...whole(), role: "r".repeat(255) }))).principal.role).toHaveLength(255);
    await expect(asked(forge({ ...whole(), role: "r".repeat(256) }))).rejects.toMatchObject({
      message: "The token's claim role is longer than 255 characters.",
      reason: "claims",
    });
  });

  test("is never repeated by the error, nor is what it holds", async () => {
    const token = forge({ ...whole(), exp: now() - 3600, phone: "555-0100" });
    const error: unknown = await asked(token).catch((caught: unknown) => caught);
    expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toMatch(/555|eyJ/);
  });
});
