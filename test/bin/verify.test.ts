// `consumer360 verify` as its users meet it: what it prints, what it says to do, and its exit code.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { startProgram, transpileProgram } from "./startProgram.ts";

const shop = fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url));

let folder: string;
let script: string;
let warehouse: TestWarehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-verify-"));
  script = await transpileProgram(join(folder, "program"));
  warehouse = await makeTestWarehouse();
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

async function verify(args: readonly string[] = [], env: Record<string, string> = { DATABASE_URL: warehouse.url }) {
  const home = { CONSUMER360_HOME: join(folder, "home") };
  const program = startProgram(script, ["verify", ...args], { ...home, ...env });
  return { code: await program.ended, out: program.out(), err: program.err() };
}

test("before anything is there, it says so", async () => {
  expect(await verify([], {})).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/WAREHOUSE_NOT_READY/) });
  expect(await verify()).toMatchObject({ code: 1, out: "", err: expect.stringMatching(/WAREHOUSE_NOT_READY/) });
});

test("what is in order, what is not, and what to do then", async () => {
  const { snapshotId } = await warehouse.load(shop);
  const good = await verify();
  expect([good.code, good.out]).toEqual([
    0,
    expect.stringMatching(
      /^Snapshot 1, computed once more from 199 lines in .* s:\n\n {2}table +rows +missing +extra +different\n/,
    ),
  ]);
  expect(good.out).toMatch(/\n {2}sales_order +\d+ +0 +0 +0\n/);
  expect(good.out).toMatch(
    /\nEvery row is what the lines make; 30 sums and 7 facts of the snapshot agree\.\nNot checked, because only the file tells: the lines themselves, and what products are called .+\.\n$/,
  );

  await warehouse.owner.query(
    `UPDATE sales_cell SET lines = 100 WHERE snapshot_id = ${snapshotId} AND grain = 'year' AND countries = '{Netherlands}' AND segments = '{LOYAL_CUSTOMERS}'`,
  );
  const bad = await verify();
  expect(bad.code).toBe(1);
  expect(bad.out).toContain(
    "different: year 2024-01-01 {Netherlands} {LOYAL_CUSTOMERS} {HIGH_VALUE} {NEED_ATTENTION} {IDENTIFIED}: lines is 100, not",
  );
  expect(bad.out).toContain("sales_cell over year: lines is 2");
  expect(bad.out).not.toContain("Every row");
  expect(bad.err).toContain(
    "consumer360: snapshot 1 is not what its lines make: 1 wrong row, 1 wrong sum, 0 wrong facts\nLoad the file again: ",
  );

  await warehouse.owner.query(
    `UPDATE snapshot SET lines = 200, frequency_cuts = '{}' WHERE snapshot_id = ${snapshotId}`,
  );
  const facts = await verify();
  expect(facts.out).toMatch(/^Snapshot 1, computed once more from 199 lines/);
  expect(facts.out).toMatch(
    /\nFacts of the snapshot that are not those of the lines:\n {2}lines is 200, of the lines 199\n {2}frequency_cuts is empty, of the lines \d/,
  );
  expect(facts.err).toContain("1 wrong row, 1 wrong sum, 2 wrong facts\n");

  const json = await verify(["--json", "--snapshot", "1"]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject({ snapshotId: 1, isEqual: false });
});

test("a snapshot that is not kept, and one that is no number", async () => {
  expect(await verify(["--snapshot", "99"])).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/SNAPSHOT_EXPIRED Snapshot 99 is not kept\n.+--snapshot/),
  });
  expect(await verify(["--snapshot", "x"])).toMatchObject({ code: 2, out: "" });
});
