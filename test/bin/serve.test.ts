// `serve` as a process: its policy changes under it, it records who asked what, and nothing of that is lost or left over when it stops.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeApiKey } from "../../src/server/makeApiKey.ts";
import { signToken } from "../../src/server/signToken.ts";
import { openAccessRecords } from "../../src/warehouse/openAccessRecords.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type Program, startProgram, transpileProgram } from "./startProgram.ts";

const secret = "0123456789abcdef0123456789abcdef";
const roleOf = (countries: string) =>
  `roles:\n  reader: {countries: ${countries}, segments: all, customerLevel: true}\n`;

let folder: string;
let script: string;
let warehouse: TestWarehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-serve-"));
  script = await transpileProgram(join(folder, "program"));
  warehouse = await makeTestWarehouse();
  await warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)));
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

test("reloads its policy, takes keys, audits into the table, and stops clean", async () => {
  const policyFile = join(folder, "policy.yaml");
  await writeFile(policyFile, roleOf("all"));
  const program = startProgram(script, ["serve", "--port", "0"], {
    CONSUMER360_HOME: join(folder, "home"),
    DATABASE_URL: warehouse.url,
    AUTH_SECRET: secret,
    POLICY_FILE: policyFile,
    AUDIT: "table",
    NODE_ENV: "production",
  });
  try {
    await program.printed("Ctrl-C stops everything.");
    const origin = /serves (\S+)\/graphql/.exec(program.out())?.[1];
    const ask = async (credential: string) => {
      const reply = await fetch(`${origin}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "{ me { countries } kpis { orders } }" }),
      });
      return ((await reply.json()) as { data: { me: { countries: string[] | null } } }).data.me.countries;
    };
    const token = await signToken(secret, { role: "reader", subject: "anna", expiresIn: 60 });
    expect(await ask(token)).toBeNull();

    // by itself, as soon as the file has changed
    await writeFile(policyFile, roleOf("[France]"));
    await expect.poll(() => ask(token), { timeout: 15_000 }).toEqual(["France"]);
    // when told, and a bad file is refused
    await writeFile(policyFile, "roles: {}\n");
    program.child.kill("SIGHUP");
    await expect.poll(program.err, { timeout: 15_000 }).toContain("was not taken, and the one before stays in force.");
    expect(await ask(token)).toEqual(["France"]);
    await writeFile(policyFile, roleOf("[Germany]"));
    program.child.kill("SIGHUP");
    await expect.poll(() => ask(token), { timeout: 15_000 }).toEqual(["Germany"]);

    const access = openAccessRecords(warehouse.url);
    const { text, ...key } = makeApiKey();
    await access.createKey({ ...key, name: "nightly", role: "reader", claims: {}, expiresIn: null });
    await access.close();
    expect(await ask(text)).toEqual(["Germany"]);
  } finally {
    program.child.kill("SIGTERM");
  }
  const began = Date.now();
  expect(await program.ended).toBe(0);
  expect(Date.now() - began).toBeLessThan(8_000);

  const audited = auditLines(program);
  const { rows } = await warehouse.owner.query("SELECT subject, rows::int FROM audit_entry ORDER BY audit_id");
  expect(rows.map(({ subject }) => subject)).toEqual(audited.map(({ subject }) => subject));
  expect(rows.at(-1)).toEqual({ subject: "key:nightly", rows: 1 });
});

test("with AUDIT=off records nothing", async () => {
  const program = startProgram(script, ["serve", "--port", "0"], {
    CONSUMER360_HOME: join(folder, "home"),
    DATABASE_URL: warehouse.url,
    AUTH_SECRET: secret,
    AUDIT: "off",
  });
  try {
    await program.printed("Ctrl-C stops everything.");
    const origin = /serves (\S+)\/graphql/.exec(program.out())?.[1];
    expect((await fetch(`${origin}/graphql?query={me{role}}`)).status).toBe(401);
  } finally {
    program.child.kill("SIGTERM");
  }
  expect([await program.ended, program.err()]).toEqual([0, expect.not.stringContaining("audit")]);
});

test.each([
  ["gives answers again until another snapshot is published", "64", [false, true, false, true]],
  ["with ANSWER_CACHE_MB=0 asks each anew", "0", [false, false, false, false]],
])("%s, and stops clean", async (_, megabytes, expected) => {
  const program = startProgram(script, ["serve", "--port", "0"], {
    CONSUMER360_HOME: join(folder, "home"),
    DATABASE_URL: warehouse.url,
    AUTH_SECRET: secret,
    AUDIT: "off",
    ANSWER_CACHE_MB: megabytes,
  });
  try {
    await program.printed("Ctrl-C stops everything.");
    const origin = /serves (\S+)\/graphql/.exec(program.out())?.[1];
    const token = await signToken(secret, { role: "admin", expiresIn: 60 });
    const ask = async () => {
      const reply = await fetch(`${origin}/graphql`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ query: "{ kpis { orders } }" }),
      });
      const { extensions } = (await reply.json()) as { extensions: { receipt: { snapshot: string; cached: boolean } } };
      return extensions.receipt;
    };
    const before = [await ask(), await ask()];
    const { snapshotId } = await warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)), {
      again: true,
    });
    const after = [await ask()];
    while (after.at(-1)?.snapshot !== String(snapshotId)) after.push(await ask());
    after.push(await ask());
    expect([...before, ...after.slice(-2)].map(({ cached }) => cached)).toEqual(expected);
    const { rows } = await warehouse.owner.query(
      "SELECT 1 FROM pg_stat_activity WHERE application_name = 'consumer360-listen' AND datname = current_database()",
    );
    expect(rows).toHaveLength(1);
  } finally {
    program.child.kill("SIGTERM");
  }
  const began = Date.now();
  expect(await program.ended).toBe(0);
  expect(Date.now() - began).toBeLessThan(8_000);
});

test("with a key server that is away starts, says so in one line, and where tokens come from", async () => {
  const program = startProgram(script, ["serve", "--port", "0"], {
    CONSUMER360_HOME: join(folder, "home"),
    DATABASE_URL: warehouse.url,
    AUTH_JWKS_URL: "http://127.0.0.1:1/keys",
    AUTH_ISSUER: "https://idp",
    AUTH_AUDIENCE: "c360",
  });
  try {
    await program.printed("Ctrl-C stops everything.");
  } finally {
    program.child.kill("SIGTERM");
  }
  expect(await program.ended).toBe(0);
  expect(program.out()).toContain(
    "Tokens come from your identity provider; keys for machines: npx consumer360 key create",
  );
  expect(program.err().match(/ warn .*/g)).toEqual([
    expect.stringMatching(
      / warn The identity provider's tokens .* no keys can be had from http:\/\/127\.0\.0\.1:1\/keys: .+/,
    ),
  ]);
  expect(program.err()).not.toMatch(/^ {4}at /m);
});

type Audited = Readonly<{ subject: string }>;

function auditLines(program: Program): Audited[] {
  const lines = program.err().split("\n");
  const parsed = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as { audit?: Audited });
  return parsed.map(({ audit }) => audit).filter((audit) => audit !== undefined);
}
