// `consumer360 audit` as its users meet it: the last records for people and for programs, of one asker, since a time, and slips told.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AuditRecord, openAccessRecords } from "../../src/warehouse/openAccessRecords.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { startProgram, transpileProgram } from "./startProgram.ts";

let folder: string;
let script: string;
let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  folder = await mkdtemp(join(tmpdir(), "consumer360-audit-"));
  script = await transpileProgram(join(folder, "program"));
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

async function audit(...args: string[]) {
  const env = { CONSUMER360_HOME: join(folder, "home"), DATABASE_URL: warehouse.url };
  const program = startProgram(script, ["audit", ...args], env);
  return { code: await program.ended, out: program.out(), err: program.err() };
}

const record = (nth: number, change: Partial<AuditRecord> = {}): AuditRecord => ({
  at: `2026-01-0${nth}T08:00:00.000Z`,
  requestId: `req-${nth}`,
  subject: "anna",
  credential: "token",
  keyId: null,
  role: "crm",
  scopeFingerprint: "f",
  snapshotId: 1,
  document: "d".repeat(64),
  asked: { fields: ["kpis"], arguments: {}, more: 0 },
  personal: [],
  rows: 1,
  durationMs: 2.5,
  outcome: [],
  reason: null,
  ...change,
});

test("prints the records, the newest last", async () => {
  expect(await audit()).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^The audit's table has no such records\./),
  });
  const written = [
    record(1),
    record(2, { subject: "key:pow", credential: "key", keyId: "0123456789" }),
    record(3, { document: null, asked: null, rows: 0, outcome: ["UNAUTHENTICATED"], reason: "expired" }),
  ];
  const records = openAccessRecords(warehouse.url);
  await records.writeAudit(written);
  await records.close();

  const lines = [
    "2026-01-01T08:00:00.000Z audit req-1 token anna as crm asked kpis; 1 row; 2.5 ms\n",
    "2026-01-02T08:00:00.000Z audit req-2 key pow as crm asked kpis; 1 row; 2.5 ms\n",
    "2026-01-03T08:00:00.000Z audit req-3 token anna as crm was refused before the question was read (expired); 0 rows; 2.5 ms; UNAUTHENTICATED\n",
  ] as const;
  expect(await audit()).toEqual({ code: 0, out: lines.join(""), err: "" });
  expect((await audit("--last", "1")).out).toBe(lines[2]);
  expect((await audit("--subject", "key:pow")).out).toBe(lines[1]);
  expect((await audit("--since", "2026-01-02T08:00Z", "--subject", "anna")).out).toBe(lines[2]);
  expect((await audit("--since", "2026-01-02")).out).toBe(lines[1] + lines[2]);
  expect(JSON.parse((await audit("--json")).out)).toEqual(written);
  expect(JSON.parse((await audit("--json", "--subject", "nobody")).out)).toEqual([]);
});

test.each([
  ["--since", "yesterday"],
  ["--since", "2026-02-30"],
  ["--since", "2026-01-01T25:00Z"],
  ["--last", "0"],
])("%s %s is not understood", async (...args) => {
  expect(await audit(...args)).toMatchObject({ code: 2, out: "" });
});
