// Cut-points that are kept: amounts and orders as they were, days of the last order so many days before asOf, so that customers age; on
// record, in the report, in the snapshot and in the receipt; and refused where there are none that would mean the same.
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeEach(async () => {
  warehouse = await makeTestWarehouse();
});
afterEach(() => warehouse?.close());

/** The nth customer buys n times, on the nth of January the last time. */
const buyers: readonly TestLine[] = Array.from({ length: 10 }, (_, at) => at + 1).flatMap((nth) =>
  Array.from({ length: nth }, (_, order) => ({
    invoice: `${nth}-${order}`,
    customer: `C${nth}`,
    price: "10.25",
    at: `2024-01-${String(nth).padStart(2, "0")} 10:00`,
  })),
);

const snapshots = async () =>
  (
    await warehouse.owner.query(
      `SELECT snapshot_id AS id, as_of::text AS "asOf", recency_cuts::text[] AS recency, frequency_cuts AS frequency,
         monetary_cuts::text[] AS monetary, cuts_of AS "cutsOf" FROM snapshot ORDER BY 1`,
    )
  ).rows;
const scoresOf = async (id: number, customer: string) =>
  (
    await warehouse.owner.query(
      `SELECT recency_score || '' || frequency_score || monetary_score AS code FROM rfm_segments
       WHERE snapshot_id = $1 AND customer_key = $2`,
      [id, customer],
    )
  ).rows[0]?.code;

test("amounts and orders stay, days move on with asOf", async () => {
  await warehouse.loadText(testFile(buyers));
  const later = testFile([{ invoice: "X", customer: "C1", price: 1, at: "2024-01-20 10:00" }]);
  const report = await warehouse.loadText(later, { append: true, freezeCutPoints: true });
  const [first, second] = await snapshots();
  expect(first).toEqual({
    id: 1,
    asOf: "2024-01-11",
    recency: ["2024-01-02", "2024-01-04", "2024-01-06", "2024-01-08"],
    frequency: [2, 4, 6, 8],
    monetary: ["20.50", "41.00", "61.50", "82.00"],
    cutsOf: null,
  });
  // ten days later
  expect(second).toEqual({
    ...first,
    id: 2,
    asOf: "2024-01-21",
    recency: ["2024-01-12", "2024-01-14", "2024-01-16", "2024-01-18"],
    cutsOf: 1,
  });
  // Who did nothing has aged; who ordered has not.
  expect([await scoresOf(1, "C10"), await scoresOf(2, "C10")]).toEqual(["555", "155"]);
  expect([await scoresOf(1, "C1"), await scoresOf(2, "C1")]).toEqual(["111", "511"]);
  expect(report.warnings).toContainEqual({
    code: "CUT_POINTS_FROZEN",
    count: 1,
    message: expect.stringContaining("the cut-points of snapshot 1"),
  });
  expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);
});

test("frozen once more they are still those of the snapshot that computed them; unfrozen they are computed", async () => {
  await warehouse.loadText(testFile(buyers));
  const line = (invoice: string, day: string) => testFile([{ invoice, customer: "C1", at: `2024-02-${day} 10:00` }]);
  await warehouse.loadText(line("X", "01"), { append: true, freezeCutPoints: true, snapshotsKept: 9 });
  await warehouse.loadText(line("Y", "02"), { append: true, freezeCutPoints: true, snapshotsKept: 9 });
  await warehouse.loadText(line("Z", "03"), { append: true, snapshotsKept: 9 });
  const found = await snapshots();
  expect(found.map(({ cutsOf }) => cutsOf)).toEqual([null, 1, 1, null]);
  expect(found[2].frequency).toEqual(found[0].frequency);
  expect(found[3].frequency).toEqual([3, 4, 6, 8]);
});

test("is on record, and makes another load of the same file", async () => {
  await warehouse.loadText(testFile(buyers));
  const again = await warehouse.loadText(testFile(buyers), { freezeCutPoints: true });
  expect(again.status).toBe("PUBLISHED");
  const { rows } = await warehouse.owner.query("SELECT options FROM load_run ORDER BY load_run_id");
  expect(rows.map(({ options }) => options.freezeCutPoints)).toEqual([undefined, true]);
});

test.each([
  ["nothing has been published yet", async () => {}, {}],
  ["what is published is the generated sample", () => warehouse.loadText(testFile(buyers), { isSample: true }), {}],
  ["snapshot 1 has no customer with a sale", () => warehouse.loadText(testFile([{ invoice: "1", customer: "" }])), {}],
  [
    "snapshot 1 scores grossRevenue, and this load would score netRevenue",
    () => warehouse.loadText(testFile(buyers)),
    { monetary: "netRevenue" as const },
  ],
])("is refused where %s", async (why, before, options) => {
  await before();
  await expect(warehouse.loadText(testFile(buyers), { freezeCutPoints: true, ...options })).rejects.toMatchObject({
    code: "CUT_POINTS_MISSING",
    message: expect.stringContaining(why),
  });
});
