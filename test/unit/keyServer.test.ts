// Tokens of an identity provider: its keys come from a key server of the test's own, change while it runs, and are sometimes not to
// be had. Forgeries are built by hand.
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Authenticate, makeAuthenticate } from "../../src/server/authenticate.ts";
import { reasonNoKeys } from "../../src/server/fetchKeys.ts";
import type { AuthConfig } from "../../src/server/readConfig.ts";

const secret = "0123456789abcdef0123456789abcdef";
const now = () => Math.floor(Date.now() / 1000);
const whole = () => ({ sub: "ann", role: "admin", iss: "https://idp", aud: "c360", exp: now() + 60, iat: now() });
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");

type Pair = Readonly<{ privateKey: KeyObject; publicKey: KeyObject }>;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const ec384 = generateKeyPairSync("ec", { namedCurve: "P-384" });
const jwk = ({ publicKey }: Pair, kid: string, more: object = {}) => ({
  ...publicKey.export({ format: "jwk" }),
  kid,
  use: "sig",
  ...more,
});

/** A token signed with a private key; the hash goes with the algorithm. */
function signed(
  pair: Pair,
  header: { alg: string; kid?: string } & Record<string, unknown>,
  payload: object = whole(),
) {
  const text = `${encode(header)}.${encode(payload)}`;
  const hash = `sha${header.alg.slice(2)}`;
  const mark = sign(hash, Buffer.from(text), { key: pair.privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${mark.toString("base64url")}`;
}

function hmac(header: object, key: string | Buffer): string {
  const text = `${encode(header)}.${encode(whole())}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

let server: Server;
let url: string;
let keys: object[];
let status: number;
let requests: number;
const published = [jwk(rsa, "r1", { alg: "RS256" }), jwk(ec, "e1", { alg: "ES256" })];

beforeAll(async () => {
  server = createServer((_, reply) => {
    requests++;
    reply.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ keys }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  keys = published;
  status = 200;
  requests = 0;
});

function authenticator(change: Partial<AuthConfig> = {}, cooldown = 0): Authenticate {
  const auth = {
    secret: null,
    jwksUrl: url,
    issuer: "https://idp",
    audience: "c360",
    clockSkew: 30,
    roleClaim: "role",
  };
  return makeAuthenticate({ ...auth, ...change }, change.secret ?? null, cooldown);
}

const refused = (message: string | RegExp) => ({
  code: "UNAUTHENTICATED",
  message: typeof message === "string" ? expect.stringContaining(message) : expect.stringMatching(message),
});
const neutral = refused(/^The token is not valid\. Was it .*\?/);
const unchecked = refused(
  "The token cannot be checked now: the server that holds its keys does not answer. Try again shortly.",
);

describe("a token of the identity provider", () => {
  test("is accepted with RS256 and ES256, and the keys are asked for once", async () => {
    const authenticate = authenticator({}, 30_000);
    const ann = { principal: { role: "admin", claims: {} }, subject: "ann", credential: "token" };
    expect(await authenticate(signed(rsa, { alg: "RS256", kid: "r1" }))).toEqual(ann);
    expect(await authenticate(signed(ec, { alg: "ES256", kid: "e1", typ: "at+jwt" }))).toEqual(ann);
    expect(await authenticate(signed(rsa, { alg: "RS256" }))).toEqual(ann);
    expect(requests).toBe(1);
  });

  test.each<[string, object, string]>([
    ["another issuer", { iss: "https://evil" }, "The token's issuer (iss) is not the one that this server trusts."],
    ["no issuer", { iss: undefined }, "The token's issuer (iss) is not the one"],
    ["another audience", { aud: ["mail", "wiki"] }, "its audience (aud) is not this one"],
    ["no audience", { aud: undefined }, "its audience (aud) is not this one"],
    ["an end in the past", { exp: now() - 60 }, "The token has expired. Get a new one from the identity provider."],
    ["no end", { exp: undefined }, "it must have: sub, role and exp."],
    ["a beginning in the future", { nbf: now() + 600 }, "The token is not valid yet"],
    ["a making in the future", { iat: now() + 600 }, "The token is not valid yet"],
    ["no sub", { sub: undefined }, "it must have: sub, role and exp."],
    ["a list of roles", { role: ["admin"] }, "must be one text"],
  ])("with %s is refused, and says so", async (_, change, message) => {
    const token = signed(rsa, { alg: "RS256", kid: "r1" }, { ...whole(), ...change });
    await expect(authenticator()(token)).rejects.toMatchObject(refused(message));
  });

  const pem = rsa.publicKey.export({ type: "spki", format: "pem" }).toString();
  const pemText = Buffer.from(pem);
  const der = rsa.publicKey.export({ type: "spki", format: "der" });
  const strange = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const good = signed(rsa, { alg: "RS256", kid: "r1" });
  const parts = good.split(".");

  test.each<[string, string]>([
    ["HS256 keyed with the public key as PEM", hmac({ alg: "HS256", kid: "r1" }, pemText)],
    [
      "HS256 keyed with the public key as PEM without its last line end",
      hmac({ alg: "HS256", kid: "r1" }, pem.trimEnd()),
    ],
    ["HS256 keyed with the public key as DER", hmac({ alg: "HS256", kid: "r1" }, der)],
    ["HS256 keyed with the public key as JWK", hmac({ alg: "HS256" }, JSON.stringify(published[0]))],
    ["RS256 in name, HMAC in truth", hmac({ alg: "RS256", kid: "r1" }, pemText)],
    ["none", `${encode({ alg: "none", kid: "r1" })}.${parts[1]}.`],
    ["RS384 by the right key", signed(rsa, { alg: "RS384", kid: "r1" })],
    ["RS512 by the right key", signed(rsa, { alg: "RS512", kid: "r1" })],
    ["PS256 in name", signed(rsa, { alg: "PS256", kid: "r1" })],
    ["ES384", signed(ec384, { alg: "ES384", kid: "e1" })],
    ["ES256 under the RSA key's id", signed(ec, { alg: "ES256", kid: "r1" })],
    ["RS256 under the EC key's id", signed(rsa, { alg: "RS256", kid: "e1" })],
    ["a key that is not published", signed(strange, { alg: "RS256", kid: "r1" })],
    ["a key of its own", signed(strange, { alg: "RS256", kid: "r1", jwk: jwk(strange, "r1") })],
    ["the address of its own keys", signed(strange, { alg: "RS256", kid: "r1", jku: "http://127.0.0.1:1/" })],
    ["the address of its own certificate", signed(strange, { alg: "RS256", kid: "r1", x5u: "http://127.0.0.1:1/" })],
    [
      "an address of keys beside a good signature",
      signed(rsa, { alg: "RS256", kid: "r1", jku: "http://127.0.0.1:1/" }),
    ],
    ["a critical header", signed(rsa, { alg: "RS256", kid: "r1", crit: ["exp"] })],
    ["an unencoded payload", signed(rsa, { alg: "RS256", kid: "r1", crit: ["b64"], b64: false })],
    ["a payload exchanged", `${parts[0]}.${encode({ ...whole(), role: "crm" })}.${parts[2]}`],
    ["a key id that is a path", signed(strange, { alg: "RS256", kid: "../../dev/null" })],
    ["a key id that is no text", signed(strange, { alg: "RS256", kid: 1 as never })],
  ])("with %s is refused in neutral words", async (_, token) => {
    await expect(authenticator()(token)).rejects.toMatchObject(neutral);
    await expect(authenticator({ secret })(token)).rejects.toMatchObject(neutral);
  });

  test("is neither asked about nor accepted where only a secret is set, nor a secret's where only keys are", async () => {
    await expect(authenticator({ secret, jwksUrl: null })(good)).rejects.toMatchObject(neutral);
    expect(requests).toBe(0);
    await expect(authenticator()(hmac({ alg: "HS256" }, secret))).rejects.toMatchObject(neutral);
    expect(requests).toBe(0);
    const both = authenticator({ secret });
    expect((await both(hmac({ alg: "HS256" }, secret))).subject).toBe("ann");
    expect((await both(good)).subject).toBe("ann");
  });
});

describe("at the start", () => {
  test.each<[string, () => unknown, string | null]>([
    ["good keys", () => published, null],
    [
      "none that is of use",
      () => [jwk(ec384, "x"), jwk(rsa, "y", { use: "enc" }), null],
      "It has no key for RS256 or ES256.",
    ],
    ["no set of keys", () => "none", "What it answers is no JSON Web Key Set."],
    ["no keys", () => [], "It has no key for RS256 or ES256."],
  ])("%s are judged without a token", async (_, given, reason) => {
    keys = given() as object[];
    expect(await reasonNoKeys(url)).toBe(reason);
    expect(requests).toBe(1);
  });

  test("a server that refuses, is away or is no address says why", async () => {
    status = 404;
    expect(await reasonNoKeys(url)).toBe("It answers with HTTP status 404.");
    expect(await reasonNoKeys("http://127.0.0.1:1/keys")).toMatch(/bad port|ECONNREFUSED/);
  });
});

describe("keys", () => {
  const next = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const byNext = () => signed(next, { alg: "ES256", kid: "e2" });
  const byOld = () => signed(ec, { alg: "ES256", kid: "e1" });

  test("that are new are found without a restart, and those withdrawn are forgotten", async () => {
    const authenticate = authenticator();
    await authenticate(byOld());
    await expect(authenticate(byNext())).rejects.toMatchObject(neutral);
    keys = [...published, jwk(next, "e2")];
    await expect(authenticate(byNext())).resolves.toBeDefined();
    keys = [jwk(next, "e2")];
    // what makes the keys be asked for anew is an id that is not known
    await expect(authenticate(signed(ec, { alg: "ES256", kid: "e9" }))).rejects.toMatchObject(neutral);
    await expect(authenticate(byOld())).rejects.toMatchObject(neutral);
    await expect(authenticate(byNext())).resolves.toBeDefined();
  });

  test("are not asked for by every made-up id", async () => {
    const authenticate = authenticator({}, 30_000);
    await authenticate(byOld());
    await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        expect(authenticate(signed(ec, { alg: "ES256", kid: `made-up-${at}` }))).rejects.toMatchObject(neutral),
      ),
    );
    expect(requests).toBe(1);
  });

  test("that cannot be had are not the token's fault, and the reason is there for the log", async () => {
    status = 503;
    const authenticate = authenticator({}, 200);
    const error: unknown = await authenticate(byOld()).catch((caught: unknown) => caught);
    expect(error).toMatchObject(unchecked);
    const { cause } = error as Error;
    expect(cause).toBeInstanceOf(Error);
    expect((cause as Error).message).toBe(
      `The keys of tokens cannot be had from ${url}: It answers with HTTP status 503.`,
    );
    expect((error as Error).message).not.toContain("127.0.0.1");

    // forgeries do not become a flood on a server that is in trouble
    await Promise.all(Array.from({ length: 20 }, () => expect(authenticate(byOld())).rejects.toMatchObject(unchecked)));
    expect(requests).toBe(1);

    status = 200;
    await sleep(250);
    await expect(authenticate(byOld())).resolves.toBeDefined();
  });

  test("that are known go on being good while the server is away; unknown ones cannot be judged", async () => {
    const authenticate = authenticator();
    await authenticate(byOld());
    status = 500;
    await expect(authenticate(byNext())).rejects.toMatchObject(unchecked);
    await expect(authenticate(byOld())).resolves.toBeDefined();
  });

  test.each<[string, () => Promise<string>]>([
    [
      "nobody listens",
      async () => {
        const gone = createServer().listen(0, "127.0.0.1");
        await once(gone, "listening");
        const { port } = gone.address() as AddressInfo;
        gone.close();
        await once(gone, "close");
        return `http://127.0.0.1:${port}/keys`;
      },
    ],
    [
      "what is there is no set of keys",
      async () => {
        keys = "none" as never;
        return url;
      },
    ],
  ])("cannot be had where %s", async (_, place) => {
    const authenticate = authenticator({ jwksUrl: await place() });
    const error: unknown = await authenticate(byOld()).catch((caught: unknown) => caught);
    expect(error).toMatchObject(unchecked);
    expect((error as Error).cause).toBeInstanceOf(Error);
  });
});
