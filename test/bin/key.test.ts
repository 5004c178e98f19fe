// `consumer360 key` and `token` as their users meet them: what is printed where, exit codes, and that a key that was printed is good.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeIdentify } from "../../src/server/identify.ts";
import type { AuthConfig } from "../../src/server/readConfig.ts";
import { openAccessRecords } from "../../src/warehouse/openAccessRecords.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { startProgram, transpileProgram } from "./startProgram.ts";

const secret = "0123456789abcdef0123456789abcdef";
const auth: AuthConfig = {
  secret: null,
  jwksUrl: null,
  issuer: null,
  audience: null,
  clockSkew: 30,
  roleClaim: "role",
};

let folder: string;
let script: string;
let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  folder = await mkdtemp(join(tmpdir(), "consumer360-key-"));
  script = await transpileProgram(join(folder, "program"));
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

async function outcome(args: string[], env: Record<string, string> = {}) {
  const home = join(folder, "home");
  const program = startProgram(script, args, { CONSUMER360_HOME: home, DATABASE_URL: warehouse.url, ...env });
  return { code: await program.ended, out: program.out(), err: program.err() };
}

async function identityOf(key: string) {
  const records = openAccessRecords(warehouse.url);
  try {
    return await makeIdentify({ auth, findKey: records.useKey })({ "x-api-key": key });
  } finally {
    await records.close();
  }
}

test("a key is made, is good, is listed, and is worth nothing once it is revoked", async () => {
  expect((await outcome(["key", "list"])).out).toMatch(/^There are no keys\./);
  const args = ["key", "create", "--name", "nightly", "--role", "country_manager", "--expires", "90d"];
  const made = await outcome([...args, "--claim", "countries=France,Germany"]);
  expect([made.code, made.out, made.err]).toEqual([
    0,
    expect.stringMatching(/^c360_[0-9a-f]{10}_[0-9a-f]{64}\n$/),
    expect.stringMatching(
      /^The key nightly for the role country_manager expires at \S+Z\. It is shown this once; .*\n$/,
    ),
  ]);
  const key = made.out.trim();
  expect(await identityOf(key)).toEqual({
    principal: { role: "country_manager", claims: { countries: ["France", "Germany"] } },
    subject: "key:nightly",
    credential: "key",
    keyId: key.slice(5, 15),
  });

  const listed = await outcome(["key", "list"]);
  expect(listed.out).toMatch(/^name {5}id .* last used .* state\nnightly {2}.*\["France","Germany"\].* live\n$/);
  expect(listed.out + listed.err).not.toContain(key.slice(-64));
  expect(JSON.parse((await outcome(["key", "list", "--json"])).out)).toEqual([
    {
      keyId: key.slice(5, 15),
      name: "nightly",
      role: "country_manager",
      claims: { countries: ["France", "Germany"] },
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      lastUsedAt: expect.any(String),
      state: "live",
    },
  ]);

  const again = await outcome(args);
  expect([again.code, again.out]).toEqual([2, ""]);
  expect(again.err).toMatch(/^consumer360: a key called nightly is there already; .* key revoke nightly\n$/);

  expect(await outcome(["key", "revoke", "nightly"])).toEqual({
    code: 0,
    out: "",
    err: "The key nightly is revoked: requests with it are refused from now on.\n",
  });
  await expect(identityOf(key)).rejects.toThrow("The API key has been revoked.");
  expect((await outcome(["key", "list"])).out).toMatch(/ revoked\n$/);
  expect(await outcome(["key", "revoke", "nightly"])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^consumer360: there is no key called nightly to revoke; /),
  });
});

test("a key whose claims show nothing is made with a warning", async () => {
  const made = await outcome(["key", "create", "--name", "bare", "--role", "country_manager"]);
  expect([made.code, made.err]).toEqual([
    0,
    expect.stringMatching(/no claim `countries`: no country is visible\n.*does not expire/),
  ]);
});

describe("what is wrong is said", () => {
  const create = ["key", "create", "--name", "x"];
  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    [
      "an unknown role",
      [...create, "--role", "root"],
      {},
      2,
      /^consumer360: the policy \/\S+\/demo\.yaml \(POLICY_FILE\) has no role "root"; it has admin/,
    ],
    ["no role", create, {}, 2, /required option '--role <name>'/],
    ["a name with blanks", ["key", "create", "--name", "a b", "--role", "crm"], {}, 2, /no blanks/],
    ["a duration", [...create, "--role", "crm", "--expires", "soon"], {}, 2, /such as 12h/],
    ["an end beyond ten years", [...create, "--role", "crm", "--expires", "9999d"], {}, 2, /at most 3650d/],
    ["no command", ["key"], {}, 2, /Usage: consumer360 key/],
    ["no warehouse", ["key", "list"], { DATABASE_URL: "" }, 1, /^consumer360: WAREHOUSE_NOT_READY .*\n.+\n$/],
    [
      "a warehouse that is away",
      ["key", "list"],
      { DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/d" },
      1,
      /^consumer360: WAREHOUSE_UNAVAILABLE (?!.*hunter2).*\n.+\n$/,
    ],
  ])("%s", async (_, args, env, code, err) => {
    const ended = await outcome(args, env);
    expect(ended.err).toMatch(err);
    expect([ended.code, ended.out]).toEqual([code, ""]);
  });
});

describe("a token", () => {
  test("is for the subject that is given, or named after its role", async () => {
    const subjectOf = async (...more: string[]) => {
      const { out, err } = await outcome(["token", "--role", "crm", ...more], { AUTH_SECRET: secret });
      if (out === "") return err;
      return (JSON.parse(Buffer.from(out.split(".")[1] ?? "", "base64url").toString()) as { sub: unknown }).sub;
    };
    expect(await subjectOf()).toBe("token:crm");
    expect(await subjectOf("--subject", "anna@shop")).toBe("anna@shop");
    expect(await subjectOf("--subject", "x".repeat(256))).toMatch(/1 to 255 characters/);
  });

  const server = { AUTH_JWKS_URL: "https://idp/keys", AUTH_ISSUER: "https://idp", AUTH_AUDIENCE: "c360" };

  test("carries the issuer, the audience and the role's claim that are set", async () => {
    const env = { ...server, AUTH_SECRET: secret, AUTH_ROLE_CLAIM: "job" };
    const { out } = await outcome(["token", "--role", "crm"], env);
    const payload: unknown = JSON.parse(Buffer.from(out.split(".")[1] ?? "", "base64url").toString());
    expect(payload).toMatchObject({ iss: "https://idp", aud: "c360", job: "crm" });
    expect(payload).not.toHaveProperty("role");
    const identify = makeIdentify({
      auth: { ...auth, secret, issuer: "https://idp", audience: "c360", roleClaim: "job" },
      findKey: async () => null,
    });
    expect((await identify({ authorization: `Bearer ${out.trim()}` })).principal).toEqual({ role: "crm", claims: {} });
  });

  test("cannot be made where an identity provider makes them, nor with the role's claim beside it", async () => {
    const none = await outcome(["token", "--role", "crm"], { ...server, NODE_ENV: "production" });
    expect([none.code, none.out]).toEqual([1, ""]);
    expect(none.err).toMatch(
      /^consumer360: CONFIG_INVALID AUTH_SECRET is not set: .*identity provider\n.*key create\.\n$/,
    );
    const twice = await outcome(["token", "--role", "crm", "--claim", "job=x"], { AUTH_ROLE_CLAIM: "job" });
    expect([twice.code, twice.out]).toEqual([2, ""]);
    expect(twice.err).toContain("the claim job holds the role");
  });
});
