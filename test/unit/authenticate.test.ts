// Tokens: what is accepted, and every forgery that is not. Forgeries are built by hand, so that the library under test does not help.
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { authenticate } from "../../src/server/authenticate.ts";
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

const asked = (token: string) => authenticate(`Bearer ${token}`, secret);

describe("a token", () => {
  test("of our own making is accepted, with the claims that are the policy's", async () => {
    const token = await signToken(secret, {
      role: "country_manager",
      claims: { countries: ["France", "X,Germany"], region: { west: true } },
      expiresIn: 60,
    });
    expect(await asked(token)).toEqual({
      subject: "token:country_manager",
      role: "country_manager",
      claims: { countries: ["France", "X,Germany"], region: { west: true } },
    });
  });

  test("of another maker is accepted where it holds the same", async () => {
    expect(await asked(forge({ ...whole(), iss: "x", aud: "y", jti: "z", iat: now(), nbf: now(), team: 1 }))).toEqual({
      subject: "someone",
      role: "admin",
      claims: { team: 1 },
    });
  });

  test("the scheme's case does not matter", async () => {
    expect((await authenticate(`bearer ${forge(whole())}`, secret)).role).toBe("admin");
  });

  test("clocks may differ by thirty seconds", async () => {
    await expect(asked(forge({ ...whole(), exp: now() - 20 }))).resolves.toBeDefined();
    await expect(asked(forge({ ...whole(), nbf: now() + 20 }))).resolves.toBeDefined();
    await expect(asked(forge({ ...whole(), exp: now() - 40 }))).rejects.toThrow("The token has expired.");
    await expect(asked(forge({ ...whole(), nbf: now() + 60 }))).rejects.toThrow("The token is not valid.");
  });

  test("a claim called __proto__ is a claim like any other", async () => {
    const payload = `{"sub":"s","role":"admin","exp":${now() + 60},"__proto__":{"countries":["France"]}}`;
    const { claims } = await asked(forge(payload));
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
    ["a payload that is no JSON", forge("admin")],
    ["a payload that is a list", forge([whole()])],
    ["exp as a text", forge({ ...whole(), exp: String(now() + 60) })],
  ])("with %s is refused in neutral words", async (_, token) => {
    await expect(asked(token)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringMatching(
        /^The (token is not valid\. Was it made .*\? Make a new one: npx consumer360 token --role NAME|Authorization header must be of the form: Bearer <token>)\.$/,
      ),
    });
  });

  test.each<[string, object]>([
    ["exp", { sub: "s", role: "admin" }],
    ["sub", { role: "admin", exp: now() + 60 }],
    ["role", { sub: "s", exp: now() + 60 }],
    ["a role that is a text", { ...whole(), role: ["admin"] }],
    ["a role with a letter in it", { ...whole(), role: "" }],
    ["a sub that is a text", { ...whole(), sub: "" }],
  ])("without %s is refused, and says what it must have", async (_, payload) => {
    await expect(asked(forge(payload))).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: expect.stringMatching(/sub, role and exp|not valid/),
    });
  });

  test("is refused in the same words whichever check it fails", async () => {
    const refused = [
      forge(whole(), { key: "another secret of thirty-two bytes" }),
      forge({ ...whole(), nbf: now() + 60 }),
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

  test("is never repeated by the error, nor is what it holds", async () => {
    const token = forge({ ...whole(), exp: now() - 3600, phone: "555-0100" });
    const error: unknown = await asked(token).catch((caught: unknown) => caught);
    expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toMatch(/555|eyJ/);
  });
});

describe("a header", () => {
  test.each<[string, string | undefined]>([
    ["no header", undefined],
    ["an empty header", ""],
  ])("%s asks for a token", async (_, header) => {
    await expect(authenticate(header, secret)).rejects.toThrow(
      "A token is required: send the header Authorization: Bearer <token>. Make one with: npx consumer360 token --role NAME.",
    );
  });

  test.each([
    "Bearer",
    "Bearer ",
    "Basic YWRtaW46YWRtaW4=",
    "Bearer a.b",
    "Bearer a.b.c.d",
    "Bearer a b.c.d",
    "Bearer a.b.c, Bearer d.e.f",
    "Bearer é.é.é",
    `Bearer ${"a".repeat(1 << 20)}`,
    "eyJ.eyJ.sig",
  ])("%.40s is refused by its form", async (header) => {
    await expect(authenticate(header, secret)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: "The Authorization header must be of the form: Bearer <token>.",
    });
  });
});
