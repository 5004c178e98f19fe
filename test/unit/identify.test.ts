// Credentials in headers: tokens, keys of programs, none, two at once, and keys that are not what they say.
import { describe, expect, test, vi } from "vitest";
import { makeIdentify } from "../../src/server/identify.ts";
import { makeApiKey, parseApiKey } from "../../src/server/makeApiKey.ts";
import type { AuthConfig } from "../../src/server/readConfig.ts";
import { signToken } from "../../src/server/signToken.ts";
import type { FoundKey } from "../../src/warehouse/openAccessRecords.ts";

const secret = "0123456789abcdef0123456789abcdef";
const auth: AuthConfig = {
  secret,
  jwksUrl: null,
  issuer: null,
  audience: null,
  clockSkew: 30,
  roleClaim: "role",
};

const made = makeApiKey();
const stored = (change: Partial<FoundKey> = {}): FoundKey => ({
  keyId: made.keyId,
  secretHash: made.secretHash,
  name: "nightly",
  role: "country_manager",
  claims: { countries: ["France"] },
  createdAt: "2026-01-01T00:00:00.000Z",
  expiresAt: null,
  lastUsedAt: null,
  state: "live",
  ...change,
});
const identifyWith = (key: FoundKey | null, asked: string[] = []) =>
  makeIdentify({
    auth,
    findKey: async (keyId, secretHash) => {
      asked.push(`${keyId} ${secretHash}`);
      return key?.keyId === keyId ? key : null;
    },
  });
const holder = {
  principal: { role: "country_manager", claims: { countries: ["France"] } },
  subject: "key:nightly",
  credential: "key",
  keyId: made.keyId,
};

describe("a key", () => {
  test("is accepted in either header, or the same in both", async () => {
    const identify = identifyWith(stored());
    expect(await identify({ authorization: `Bearer ${made.text}` })).toEqual(holder);
    expect(await identify({ authorization: `bearer ${made.text}` })).toEqual(holder);
    expect(await identify({ "x-api-key": made.text })).toEqual(holder);
    expect(await identify({ authorization: `Bearer ${made.text}`, "x-api-key": made.text })).toEqual(holder);
    expect(await identify({ authorization: "", "x-api-key": made.text })).toEqual(holder);
  });

  test.each([
    ["revoked", "The API key has been revoked."],
    ["expired", "The API key has expired."],
  ] as const)("is read at every request, so that one %s is worth nothing at once", async (ended, message) => {
    let state: FoundKey["state"] = "live";
    const identify = makeIdentify({ auth, findKey: async () => stored({ state }) });
    for (let nth = 0; nth < 3; nth += 1) expect(await identify({ "x-api-key": made.text })).toEqual(holder);
    state = ended;
    for (let nth = 0; nth < 3; nth += 1) await expect(identify({ "x-api-key": made.text })).rejects.toThrow(message);
  });

  test("that is refused is not looked for again within five seconds; another secret of its id is", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const asked: string[] = [];
      const identify = identifyWith(stored(), asked);
      const refuse = async (text: string) => {
        await expect(identify({ "x-api-key": text })).rejects.toThrow("The API key is not valid.");
        return asked.length;
      };
      const [wrong, wronger] = ["a", "b"].map((digit) => `c360_${made.keyId}_${digit.repeat(64)}`) as [string, string];
      expect([await refuse(wrong), await refuse(wrong), await refuse(wronger), await refuse(wrong)]).toEqual([
        1, 1, 2, 2,
      ]);
      expect(await identify({ "x-api-key": made.text })).toEqual(holder);
      vi.advanceTimersByTime(5_000);
      expect(await refuse(wrong)).toBe(4);
      // of a flood of different ones only the last ten thousand are remembered
      for (let nth = 0; nth < 10_000; nth += 1) await refuse(`c360_0000000000_${String(nth).padStart(64, "0")}`);
      const before = asked.length;
      expect([await refuse(`c360_0000000000_${String(9).padStart(64, "0")}`), await refuse(wrong)]).toEqual([
        before,
        before + 1,
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("is random, and looked for by its id and a hash", async () => {
    const other = makeApiKey();
    expect(other.text).toMatch(/^c360_[0-9a-f]{10}_[0-9a-f]{64}$/);
    expect(other.text).not.toBe(made.text);
    expect(parseApiKey(other.text)).toEqual({ keyId: other.keyId, secretHash: other.secretHash });
    expect(other.secretHash).not.toContain(other.text.slice(-64));
    const asked: string[] = [];
    await identifyWith(stored(), asked)({ "x-api-key": made.text });
    expect(asked).toEqual([`${made.keyId} ${made.secretHash}`]);
  });

  const otherSecret = `c360_${made.keyId}_${"a".repeat(64)}`;
  test("with a wrong secret and one that nobody has are refused alike, whatever state the key is in", async () => {
    const refusals = await Promise.all(
      (["live", "revoked", "expired"] as const).flatMap((state) =>
        [otherSecret, makeApiKey().text].map((text) => {
          const asked: string[] = [];
          const identify = identifyWith(stored({ state }), asked);
          return Promise.resolve(identify({ "x-api-key": text })).then(
            () => "accepted",
            (error) => `${error.code} ${error.message} ${asked.length}`,
          );
        }),
      ),
    );
    expect([...new Set(refusals)]).toEqual([
      "UNAUTHENTICATED The API key is not valid. Was it copied whole? Make one with: npx consumer360 key create. 1",
    ]);
  });

  test.each([
    "c360_",
    made.text.slice(0, -1),
    `${made.text}0`,
    made.text.toUpperCase(),
    made.text.replace("_", "-"),
    `${made.text}\n`,
    `c360_${"'; DROP TABLE api_key; --".padEnd(10)}_${"a".repeat(64)}`,
    `c360_${"a".repeat(1 << 20)}`,
  ])("%.40j is refused without a look into the warehouse", async (text) => {
    const asked: string[] = [];
    const identify = identifyWith(stored(), asked);
    await expect(identify({ "x-api-key": text })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    await expect(identify({ authorization: `Bearer ${text}` })).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    expect(asked).toEqual([]);
  });

  test("cannot be judged while the warehouse is away, which is not the caller's fault", async () => {
    const away = Object.assign(new Error("away"), { code: "WAREHOUSE_UNAVAILABLE" });
    const identify = makeIdentify({ auth, findKey: () => Promise.reject(away) });
    await expect(identify({ "x-api-key": made.text })).rejects.toBe(away);
  });
});

describe("a request", () => {
  const token = () => signToken(secret, { role: "admin", expiresIn: 60 });

  test("with a token needs no look into the warehouse", async () => {
    const asked: string[] = [];
    const identity = await identifyWith(stored(), asked)({ authorization: `Bearer ${await token()}` });
    expect(identity).toEqual({
      principal: { role: "admin", claims: {} },
      subject: "token:admin",
      credential: "token",
    });
    expect(asked).toEqual([]);
  });

  test("with two credentials is refused, whichever of them is good", async () => {
    const identify = identifyWith(stored());
    const two = { message: expect.stringContaining("two credentials"), code: "UNAUTHENTICATED" };
    for (const authorization of [`Bearer ${await token()}`, `Bearer ${makeApiKey().text}`]) {
      await expect(identify({ authorization, "x-api-key": made.text })).rejects.toMatchObject(two);
    }
  });

  test("with a header sent twice is refused", async () => {
    const identify = identifyWith(stored());
    await expect(identify({ "x-api-key": [made.text, made.text] })).rejects.toThrow("must be sent once");
    const bearer = `Bearer ${made.text}`;
    await expect(identify({ authorization: [bearer, bearer] })).rejects.toMatchObject({
      message: "The header authorization must be sent once.",
      reason: "two credentials",
    });
    expect(await identify({ authorization: [bearer], "x-api-key": [] })).toEqual(holder);
  });

  test("with a token as x-api-key is refused", async () => {
    await expect(identifyWith(stored())({ "x-api-key": await token() })).rejects.toThrow("must hold an API key");
  });

  test.each([[{}], [{ authorization: "" }], [{ authorization: undefined, "x-api-key": "" }]])(
    "with the headers %j is asked for a token",
    async (headers) => {
      await expect(identifyWith(null)(headers)).rejects.toMatchObject({
        code: "UNAUTHENTICATED",
        message:
          "A token or an API key is required: send the header Authorization: Bearer <token or key>. Make a token with: npx consumer360 token --role NAME.",
        reason: "no credential",
      });
    },
  );

  test.each([
    "Bearer",
    "Bearer ",
    "Basic YWRtaW46YWRtaW4=",
    "Bearer a b.c.d",
    "Bearer a.b.c, Bearer d.e.f",
    "eyJ.eyJ.sig",
  ])("with %.40s is refused by its form", async (authorization) => {
    await expect(identifyWith(null)({ authorization })).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
      message: "The Authorization header must be of the form: Bearer <token>.",
      reason: "malformed credential",
    });
  });

  test.each(["foo", "a.b", "a.b.c.d", "é.é.é", "a".repeat(1 << 20)])(
    "with %.40s after Bearer is told that it is neither a token nor a key",
    async (credential) => {
      await expect(identifyWith(null)({ authorization: `Bearer ${credential}` })).rejects.toMatchObject({
        code: "UNAUTHENTICATED",
        message: "What follows Bearer is neither a token nor an API key.",
        reason: "malformed credential",
      });
    },
  );
});

describe("the demo's secret", () => {
  const demoSecret = "the demo's secret, of thirty-two bytes";
  const findKey = async () => null;
  const ask = async (change: Partial<AuthConfig>) => {
    const authorization = `Bearer ${await signToken(demoSecret, { role: "admin", expiresIn: 60 })}`;
    return makeIdentify({ auth: { ...auth, secret: null, ...change }, demoSecret, findKey })({ authorization });
  };

  test("is good where nothing else is set, and nowhere else", async () => {
    expect((await ask({})).principal.role).toBe("admin");
    await expect(ask({ secret })).rejects.toThrow("The token is not valid.");
    await expect(ask({ jwksUrl: "http://127.0.0.1:1/keys", issuer: "i", audience: "a" })).rejects.toThrow(
      "The token is not valid. Was it signed with another key",
    );
  });
});
