// From a reject to a loaded row: what an export of rejected rows gives back, mended, is added to the invoices it is missing from, each row
// once, whatever came in between; the warehouse is then what the mended file would have made.
import { afterAll, beforeAll, expect, test } from "vitest";
import { rejectsCsv } from "../../bin/formatRejectsCsv.ts";
import { correctionColumns } from "../../etl/layouts/correctionColumns.ts";
import { rollBack } from "../../etl/rollBack.ts";
import { verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readContent } from "../support/warehouseContent.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
let whole: TestWarehouse;
beforeAll(async () => {
  [warehouse, whole] = await Promise.all([makeTestWarehouse(), makeTestWarehouse()]);
});
afterAll(() => Promise.all([warehouse?.close(), whole?.close()]));

const file = (quantity: number | string): TestLine[] => [
  { invoice: "1", product: "MUG", quantity: 1 },
  { invoice: "1", product: "JUG", quantity, description: 'A "jug", white' },
  { invoice: "2", product: "MUG", quantity: 2, customer: "C2" },
  { invoice: "3", product: "CUP", quantity, customer: "C3", at: "2024-02-05 10:00" },
];
const kept = { maxRejects: 0.9, snapshotsKept: 10 };

/** The rejected rows of a load, as they are exported, with what was wrong put right. */
async function mended(loadRunId: number, right: string): Promise<string> {
  const { rows } = await warehouse.owner.query(
    `SELECT r.file, r.line::int, r.column_name AS "column", r.code, r.raw, l.files->0 AS record
     FROM rejected_row r JOIN load_run l USING (load_run_id) WHERE load_run_id = $1 ORDER BY r.line`,
    [loadRunId],
  );
  const csv = rejectsCsv(loadRunId, rows[0].record);
  if (csv === null) throw new Error("The record names no header.");
  return csv.head + rows.map((row) => csv.row({ ...row, settledIn: null }).replace("many", right)).join("");
}

test("mended rows make what the mended file makes; loading them twice adds nothing", async () => {
  const { loadRunId, account } = await warehouse.loadText(testFile(file("many")), kept);
  expect(account).toMatchObject({ read: 4, loaded: 2, rejected: 2 });
  const corrected = await mended(loadRunId, "7");
  await expect(warehouse.loadText(corrected, kept)).rejects.toMatchObject({ code: "CORRECTION_OUTDATED" });

  const report = await warehouse.loadText(corrected, { ...kept, append: true });
  expect(report).toMatchObject({
    status: "PUBLISHED",
    account: { read: 2, loaded: 2, duplicate: 0, superseded: 0, rejected: 0, replaced: 0 },
  });
  expect(report.warnings.map(({ code }) => code)).not.toContain("EXTRA_COLUMNS");
  await whole.loadText(testFile(file(7)), { again: true });
  expect(await readContent(warehouse.owner)).toEqual(await readContent(whole.owner));
  expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);
  const settled = await warehouse.owner.query("SELECT DISTINCT settled_in FROM rejected_row");
  expect(settled.rows).toEqual([{ settled_in: report.loadRunId }]);

  const again = await warehouse.loadText(`${corrected}\n`, { ...kept, append: true });
  expect(again.account).toMatchObject({ read: 2, loaded: 0, duplicate: 2 });
  expect(await readContent(warehouse.owner)).toEqual(await readContent(whole.owner));
});

test("a rollback opens them again, and they can be added once more", async () => {
  await rollBack({ url: warehouse.url, to: 1 });
  const { account } = await warehouse.loadText(await mended(1, "7"), { ...kept, append: true });
  expect(account).toMatchObject({ loaded: 2, duplicate: 0 });
  expect(await readContent(warehouse.owner)).toEqual(await readContent(whole.owner));
  expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);
});

test("a row that is still wrong is rejected once more, and one that no longer says which it was too", async () => {
  await rollBack({ url: warehouse.url, to: 1 });
  const corrected = (await mended(1, "7")).split("\n");
  const text = [corrected[0], corrected[1]?.replace(/^1,/, "one,"), corrected[2]?.replace(",7,", ",few,"), ""].join(
    "\n",
  );
  await expect(warehouse.loadText(text, { ...kept, append: true })).rejects.toMatchObject({
    code: "NOTHING_TO_PUBLISH",
  });
  const { rows } = await warehouse.owner.query(
    "SELECT code FROM rejected_row WHERE load_run_id = (SELECT max(load_run_id) FROM load_run) ORDER BY line",
  );
  expect(rows.map(({ code }) => code)).toEqual(["BAD_ORIGIN", "BAD_QUANTITY"]);
});

test("an invoice that has come again since supersedes them", async () => {
  const { loadRunId } = await warehouse.loadText(testFile(file("many")), { ...kept, again: true });
  const corrected = await mended(loadRunId, "7");
  await warehouse.loadText(testFile([{ invoice: "1", product: "JUG", quantity: 9 }]), { ...kept, append: true });
  const { account } = await warehouse.loadText(corrected, { ...kept, append: true });
  expect(account).toMatchObject({ read: 2, loaded: 1, superseded: 1 });
});

test("an invoice of which a later file had nothing but wrong rows gives way to them, as it would have to the file", async () => {
  const both = (quantity: number | string): TestLine[] => [
    { invoice: "1", product: "MUG", quantity },
    { invoice: "1", product: "JUG", quantity },
    { invoice: "5", product: "CUP", quantity: 1 },
  ];
  const before = testFile(file(7));
  await warehouse.loadText(before, { ...kept, again: true });
  const { loadRunId } = await warehouse.loadText(testFile(both("many")), { ...kept, append: true });
  const corrected = await mended(loadRunId, "7");
  await whole.loadText(before, { ...kept, again: true });
  await whole.loadText(testFile(both(7)), { ...kept, append: true });

  // one row after the other: the second finds the first one's line, not those that were withdrawn
  const [head, first, second] = corrected.split("\n");
  for (const row of [first, second]) await warehouse.loadText(`${head}\n${row}\n`, { ...kept, append: true });
  expect(await readContent(warehouse.owner)).toEqual(await readContent(whole.owner));
  expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);

  await rollBack({ url: warehouse.url });
  await rollBack({ url: warehouse.url });
  const { account } = await warehouse.loadText(corrected, { ...kept, append: true });
  expect(account).toMatchObject({ loaded: 2, replaced: 2 });
  expect(await readContent(warehouse.owner)).toEqual(await readContent(whole.owner));
  expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);
});

test("a row that two files of one load have wrong is added once", async () => {
  const rows = (quantity: number | string): TestLine[] => [
    { invoice: "1", product: "MUG", quantity: 1 },
    { invoice: "1", product: "JUG", quantity },
  ];
  const files = (quantity: number | string) => [
    testFile(rows(quantity)),
    testFile([...rows(quantity), { invoice: "2" }]),
  ];
  const { loadRunId, files: read } = await warehouse.loadTexts(files("many"), { ...kept, again: true });
  const origins = read.map(
    ({ name }) => `${loadRunId},${name},3,Quantity,BAD_QUANTITY,${testFile(rows(7)).split("\n")[2]}`,
  );
  const head = [...correctionColumns, testFile([]).trim()].join(",");
  const { account } = await warehouse.loadText([head, ...origins].join("\n"), { ...kept, append: true });
  expect(account).toMatchObject({ read: 2, loaded: 1, superseded: 1 });
  await whole.loadTexts(files(7), { ...kept, again: true });
  expect(await readContent(warehouse.owner)).toEqual(await readContent(whole.owner));
});

test("of several files, whether a later one carried the invoice cannot be told: better refused than counted twice", async () => {
  const [wrong, right] = [testFile(file("many").slice(0, 2)), testFile(file(7).slice(0, 2))];
  const { loadRunId, account } = await warehouse.loadTexts([wrong, right], { ...kept, again: true });
  expect(account).toMatchObject({ read: 4, loaded: 2, superseded: 1, rejected: 1 });
  await expect(warehouse.loadText(await mended(loadRunId, "7"), { ...kept, append: true })).rejects.toMatchObject({
    code: "CORRECTION_OUTDATED",
    message: expect.stringContaining("invoice 1 of"),
  });
  // the last file's lines are its own
  const last = await warehouse.loadTexts([right, wrong], { ...kept, again: true });
  const text = await mended(last.loadRunId, "7");
  expect((await warehouse.loadText(text, { ...kept, append: true })).account).toMatchObject({ loaded: 1 });
});
