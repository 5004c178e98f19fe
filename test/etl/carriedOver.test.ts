// What an append takes over as it stands, and when it does not: told by a mark that is put into the former snapshot by hand, which whoever
// derives from the lines would not make.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

const first: TestLine[] = [
  { invoice: "1", quantity: 2, customer: "C1" },
  { invoice: "2", quantity: 3, customer: "C2", country: "Spain", at: "2024-01-09 10:00" },
  { invoice: "3", quantity: 4, customer: "C2", at: "2024-01-19 10:00" },
  { invoice: "4", quantity: 5, customer: "", at: "2024-01-19 11:00" },
  { invoice: "5", quantity: 6, customer: "C3", at: "2024-02-19 11:00" },
  // no sale: no scores
  { invoice: "C6", quantity: -1, customer: "C4", at: "2024-02-20 11:00" },
];
const second: TestLine[] = [
  { invoice: "5", quantity: 1, customer: "C5", at: "2024-02-19 11:00" },
  { invoice: "7", quantity: 1, customer: "C2", at: "2024-03-05 10:00" },
  { invoice: "8", quantity: 1, customer: "", at: "2024-03-05 10:00" },
];

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());
beforeEach(async () => {
  await warehouse.loadText(testFile(first), { again: true });
});

const publishedId = "(SELECT snapshot_id FROM published_snapshot)";
const change = (text: string) => warehouse.owner.query(text.replaceAll("$published", publishedId));
const append = (options = {}) => warehouse.loadText(testFile(second), { append: true, ...options });

/** What is published holds of the marked figures, by customer. */
async function marked(): Promise<Record<string, string[]>> {
  const { rows } = await warehouse.owner.query(`SELECT customer_key, what FROM (
      SELECT customer_key, 'cell' AS what FROM customer_cell WHERE snapshot_id = ${publishedId} AND units = 999
      UNION SELECT customer_key, 'order' FROM sales_order WHERE snapshot_id = ${publishedId} AND units = 777
      UNION SELECT customer_key, 'value' FROM rfm_segments WHERE snapshot_id = ${publishedId} AND monetary = 777
    ) found ORDER BY 1, 2`);
  const found: Record<string, string[]> = {};
  for (const { customer_key: customer, what } of rows) found[customer] = [...(found[customer] ?? []), what];
  return found;
}

const mark = () =>
  Promise.all([
    change("UPDATE customer_cell SET units = 999 WHERE snapshot_id = $published"),
    change("UPDATE sales_order SET units = 777 WHERE snapshot_id = $published"),
    change("UPDATE rfm_segments SET monetary = 777 WHERE snapshot_id = $published"),
  ]);

describe("an append", () => {
  test("is what is derived from all lines, also of who came, went and stayed", async () => {
    await append();
    expect(await verifyRollups({ url: warehouse.url })).toMatchObject({ isEqual: true });
    const { rows } = await change(
      "SELECT customer_key AS key, classic FROM rfm_segments WHERE snapshot_id = $published ORDER BY 1",
    );
    expect(rows.map(({ key }) => key)).toEqual(["C1", "C2", "C4", "C5"]);
    expect(rows[2]).toEqual({ key: "C4", classic: "UNSCORED" });
  });

  test("takes over the orders that it leaves alone, and the values and cells of customers that it does not touch", async () => {
    await mark();
    await append({ allow: ["unreconciled", "moved-months"] });
    // C2 and the guests are touched: their orders stand, what is made of them is made anew, from these.
    expect(await marked()).toEqual({
      "4": ["order"],
      C1: ["cell", "order", "value"],
      C2: ["order"],
      // without a sale no value is kept
      C4: ["cell", "order"],
    });
  });

  test("derives the values anew where scores are made of something else than before", async () => {
    await mark();
    await append({ monetary: "netRevenue", allow: ["unreconciled", "moved-months"] });
    expect(await marked()).toMatchObject({ C1: ["cell", "order"] });
    expect(
      (await verifyRollups({ url: warehouse.url })).tables.find(({ table }) => table === "rfm_segments"),
    ).toMatchObject({ missing: 0, extra: 0, different: 0 });
  });

  test.each([
    [
      "the cells anew where the former snapshot's were made by another declaration",
      "customer_cell",
      ["order", "value"],
    ],
    ["everything anew where its orders were", "sales_order", undefined],
  ])("derives %s", async (_, rollup, left) => {
    await mark();
    await change(`UPDATE snapshot SET rollup_keys = array(SELECT key FROM unnest(rollup_keys) key WHERE key NOT LIKE '${rollup}@%')
      WHERE snapshot_id = $published`);
    await append({ allow: ["unreconciled", "moved-months"] });
    expect((await marked()).C1).toEqual(left);
  });

  test("of invoices that came late to a closed month is no change of it, whatever was carried", async () => {
    await change(`UPDATE snapshot SET rollup_keys = '{}' WHERE snapshot_id = $published`);
    const report = await warehouse.loadText(testFile([{ invoice: "9", quantity: 50, at: "2024-01-06 10:00" }]), {
      append: true,
    });
    expect(report.warnings).toContainEqual(expect.objectContaining({ code: "LATE_INVOICES", count: 1 }));
  });
});
