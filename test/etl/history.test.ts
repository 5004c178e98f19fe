// What a load leaves on record beside its snapshot: who moved between segments, what was asked for, and what scores are made of.
import { afterEach, beforeEach, expect, test } from "vitest";
import { verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeEach(async () => {
  warehouse = await makeTestWarehouse();
});
afterEach(() => warehouse?.close());

const buyers = (count: number): TestLine[] =>
  Array.from({ length: count }, (_, at) => ({
    invoice: `${at}`,
    customer: `C${at}`,
    price: at + 1,
    at: `2024-01-${String(at + 1).padStart(2, "0")} 10:00`,
  }));

test("who moved from where to where, who came and who went", async () => {
  await warehouse.loadText(testFile(buyers(10)));
  const late = Array.from(
    { length: 3 },
    (_, nth): TestLine => ({
      invoice: `late-${nth}`,
      customer: "C0",
      price: 100,
      at: "2024-01-28 10:00",
    }),
  );
  const after = [...buyers(10).slice(0, 9), ...late, { invoice: "new", customer: "N", at: "2024-01-28 11:00" }];
  const { snapshotId } = await warehouse.loadText(testFile(after));

  const { rows } = await warehouse.owner.query("SELECT * FROM segment_history ORDER BY customer_key");
  const byCustomer = Object.fromEntries(rows.map((row) => [row.customer_key, row]));
  expect(byCustomer.C0).toMatchObject({
    snapshot_id: snapshotId,
    former_snapshot_id: 1,
    classic_from: "CHURN_RISK",
    classic_to: "CHAMPIONS",
  });
  expect(byCustomer.C9).toMatchObject({ classic_to: null, executive_to: null, detailed_to: null });
  expect(byCustomer.N).toMatchObject({ classic_from: null, detailed_to: expect.any(String) });
  // the moves lead from the former counts to the new ones
  const counts = async (id: number) =>
    (
      await warehouse.owner.query(
        "SELECT detailed AS segment, count(*)::int AS customers FROM rfm_segments WHERE snapshot_id = $1 GROUP BY 1",
        [id],
      )
    ).rows;
  const moved = new Map<string, number>();
  const add = (segment: string | null, count: number) =>
    segment && moved.set(segment, (moved.get(segment) ?? 0) + count);
  for (const { segment, customers } of await counts(1)) add(segment, customers);
  for (const { detailed_from, detailed_to } of rows) {
    add(detailed_from, -1);
    add(detailed_to, 1);
  }
  const now = Object.fromEntries((await counts(snapshotId)).map(({ segment, customers }) => [segment, customers]));
  expect(Object.fromEntries([...moved].filter(([, count]) => count !== 0))).toEqual(now);
});

test("it stays when the snapshots go, and the sample is no history", async () => {
  await warehouse.loadText(testFile(buyers(5)), { isSample: true });
  await warehouse.loadText(testFile(buyers(6)));
  expect((await warehouse.owner.query("SELECT FROM segment_history")).rowCount).toBe(0);
  for (const count of [7, 8, 9, 10]) await warehouse.loadText(testFile(buyers(count)));
  const { rows } = await warehouse.owner.query("SELECT DISTINCT snapshot_id FROM segment_history ORDER BY 1");
  expect(rows.map(({ snapshot_id }) => snapshot_id)).toEqual([3, 4, 5, 6]);
  expect((await warehouse.owner.query("SELECT FROM snapshot")).rowCount).toBe(2);
});

test("monetary scores are made of gross revenue, or of net revenue where that is set", async () => {
  const lines: TestLine[] = [
    ...[10, 20, 30, 40].map((price, at): TestLine => ({ invoice: `${at}`, customer: `C${at}`, price })),
    { invoice: "C9", customer: "C3", quantity: -1, price: 35 },
  ];
  const monetary = async () =>
    (
      await warehouse.owner.query(
        "SELECT trim_scale(monetary)::text AS monetary FROM rfm_segments JOIN published_snapshot USING (snapshot_id) ORDER BY customer_key",
      )
    ).rows.map((row) => row.monetary);
  await warehouse.loadText(testFile(lines));
  expect(await monetary()).toEqual(["10", "20", "30", "40"]);
  await warehouse.loadText(testFile(lines), { monetary: "netRevenue" });
  expect(await monetary()).toEqual(["10", "20", "30", "5"]);
  expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);
});

test("what was asked for is on record, and how each file was read", async () => {
  const report = await warehouse.loadText(testFile(buyers(2)), {
    dropDuplicateLines: true,
    maxRejects: 0.5,
    allow: [],
  });
  const { rows } = await warehouse.owner.query("SELECT mode, options, files, amounts, account_amounts FROM load_run");
  expect(rows).toEqual([
    {
      mode: "REPLACE",
      options: { maxRejects: 0.5, dropDuplicateLines: true },
      files: report.files,
      amounts: report.amounts,
      account_amounts: report.accountAmounts,
    },
  ]);
  expect(report.files[0]?.readAs).toMatchObject({ layout: "online-retail", dateOrder: "ymd", delimiter: "comma" });
});
