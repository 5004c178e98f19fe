// Verifying is silent where everything stored is what the lines make, and names the rows and sums that are not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import { type Verification, verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readWarehouseState } from "../support/warehouseState.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

const verify = (snapshotId?: number) => verifyRollups({ url: warehouse.url, snapshotId });
const differences = ({ tables }: Verification) =>
  tables.flatMap(({ table, first }) => first.map((difference) => ({ table, ...difference })));

/** Customers in two and three countries; invoices over customers, a guest, countries and months; returns. */
const mixed: readonly TestLine[] = [
  { invoice: "1", customer: "C1", country: "France", at: "2023-12-31 23:50" },
  { invoice: "1", customer: "C1", country: "France", at: "2024-01-01 00:10", price: 2.5 },
  { invoice: "2", customer: "C1", country: "Spain" },
  { invoice: "3", customer: "C1", country: "Italy", at: "2024-04-02 09:00" },
  { invoice: "3", customer: "C1", country: "Spain", at: "2024-04-02 09:00" },
  { invoice: "4", customer: "C1", country: "France", at: "2024-02-01 10:00" },
  { invoice: "4", customer: "C2", country: "France", at: "2024-02-01 10:00" },
  { invoice: "4", customer: "", country: "France", at: "2024-02-01 10:00" },
  { invoice: "4", customer: "", country: "Spain", at: "2024-03-01 10:00" },
  { invoice: "C5", customer: "C2", country: "Germany", quantity: -2 },
  { invoice: "6", customer: "C2", country: "Spain", at: "2024-05-01 10:00", price: 0.125 },
  { invoice: "7", customer: "C3", country: "Spain", price: 0 },
];

describe("a warehouse that is in order", () => {
  test.each([
    ["the shop", () => warehouse.load(shopFile)],
    ["customers and invoices in several countries", () => warehouse.loadText(testFile(mixed))],
    ["a sample", () => warehouse.loadText(Buffer.concat([...generateSample({ ...defaultSample, lines: 5_000 })]))],
  ])("%s", async (_, load) => {
    const { snapshotId } = await load();
    const before = await readWarehouseState(warehouse.owner);
    const found = await verify();
    expect(await readWarehouseState(warehouse.owner)).toEqual(before);
    expect(found).toMatchObject({ snapshotId, isEqual: true, rollups: ["sales_cell", "customer_cell", "sales_order"] });
    expect(found.tables.map(({ table }) => table)).toEqual([
      "rfm_segments",
      "sales_order",
      "customer_cell",
      "sales_cell",
    ]);
    for (const { rows, missing, extra, different, first } of found.tables) {
      expect([missing, extra, different, first]).toEqual([0, 0, 0, []]);
      expect(rows).toBeGreaterThan(0);
    }
    // grossRevenue and lines: of the orders; by four grains and one set; by four grains and five sets
    expect(found.sums).toHaveLength(2 * (1 + 4 + 1 + 4 + 5));
    for (const sum of found.sums) expect(sum.stored).toBe(sum.lines);
  });

  test("an older snapshot that is kept", async () => {
    const { snapshotId } = await warehouse.loadText(testFile(mixed.slice(0, 4)));
    await warehouse.load(shopFile);
    expect(await verify(snapshotId)).toMatchObject({ snapshotId, lines: 4, isEqual: true });
    expect((await verify()).lines).toBe(199);
  });

  test("rollups that the snapshot does not have", async () => {
    const { snapshotId } = await warehouse.loadText(testFile(mixed));
    await warehouse.owner.query(`DELETE FROM sales_cell WHERE snapshot_id = ${snapshotId};
      DELETE FROM customer_cell WHERE snapshot_id = ${snapshotId};
      UPDATE snapshot SET rollups = '{sales_order}' WHERE snapshot_id = ${snapshotId}`);
    const found = await verify();
    expect(found).toMatchObject({ isEqual: true, rollups: ["sales_order"] });
    expect(found.sums.map(({ rollup }) => rollup)).toEqual(["sales_order", "sales_order"]);
  });
});

describe("rows that were broken", () => {
  let snapshotId: number;
  beforeEach(async () => {
    ({ snapshotId } = await warehouse.loadText(testFile(mixed), { again: true }));
  });
  const breaks = async (statement: string) => {
    const { rowCount } = await warehouse.owner.query(statement.replace("$id", String(snapshotId)));
    expect(rowCount).toBe(1);
  };

  test("a changed one is named with what it should hold", async () => {
    await breaks(`UPDATE sales_cell SET customers = customers + 5, orders = 77
      WHERE snapshot_id = $id AND grain = 'month' AND period = '2024-02-01' AND customer_types = '{GUEST}'`);
    const found = await verify();
    expect(found.isEqual).toBe(false);
    expect(differences(found)).toEqual([
      {
        table: "sales_cell",
        kind: "DIFFERENT",
        key: {
          grain: "month",
          period: "2024-02-01",
          countries: "{France}",
          segments: "{GUEST}",
          segments_executive: "{GUEST}",
          segments_detailed: "{GUEST}",
          customer_types: "{GUEST}",
        },
        columns: [
          { column: "orders", stored: "77", recomputed: "1" },
          { column: "customers", stored: "5", recomputed: "0" },
        ],
      },
    ]);
    expect(found.tables.at(-1)).toMatchObject({ missing: 0, extra: 0, different: 1 });
  });

  test("a missing one is named, and so are the sums that it leaves wrong", async () => {
    await breaks(`DELETE FROM customer_cell
      WHERE snapshot_id = $id AND grain = 'month' AND period = '2024-05-01' AND customer_key = 'C2'`);
    const found = await verify();
    const key = { grain: "month", period: "2024-05-01", customer_key: "C2", guest: "false", countries: "{Spain}" };
    expect(differences(found)).toEqual([{ table: "customer_cell", kind: "MISSING", key, columns: [] }]);
    expect(found.sums.filter((sum) => sum.stored !== sum.lines)).toEqual([
      { rollup: "customer_cell", over: "month", measure: "grossRevenue", stored: "10.5", lines: "10.625" },
      { rollup: "customer_cell", over: "month", measure: "lines", stored: "11", lines: "12" },
    ]);
  });

  test("one too many is named", async () => {
    await breaks(`INSERT INTO sales_order
      SELECT customer_key, snapshot_id, guest, 'X', country, ordered_on, segment, segment_executive, segment_detailed,
        lines, sale_lines, units, gross_revenue, returns_value, product_returns_value, first_sale_at, last_sale_at
      FROM sales_order WHERE snapshot_id = $id AND customer_key = 'C3'`);
    const found = await verify();
    const key = { customer_key: "C3", guest: "false", invoice: "X", country: "Spain", ordered_on: "2024-01-05" };
    expect(differences(found)).toEqual([{ table: "sales_order", kind: "EXTRA", key, columns: [] }]);
  });

  test("a changed segment is named where it is, and no rollup is blamed", async () => {
    await breaks("UPDATE rfm_segments SET classic = 'UNSCORED' WHERE snapshot_id = $id AND customer_key = 'C1'");
    const found = await verify();
    expect(differences(found)).toMatchObject([
      { table: "rfm_segments", kind: "DIFFERENT", key: { customer_key: "C1" } },
    ]);
  });

  test("only the first few are named, and all are counted", async () => {
    const { rowCount } = await warehouse.owner.query(
      `UPDATE customer_cell SET units = units + 1, first_sale_at = NULL WHERE snapshot_id = ${snapshotId}`,
    );
    const found = await verifyRollups({ url: warehouse.url, named: 3 });
    expect(found.tables.map(({ different, first }) => [different, first.length])).toEqual([
      [0, 0],
      [0, 0],
      [rowCount, 3],
      [0, 0],
    ]);
    for (const { columns } of differences(found)) expect(columns.map(({ column }) => column)).toContain("units");
  });

  test("a rollup that is said to be whole and is empty", async () => {
    await warehouse.owner.query(`DELETE FROM sales_cell WHERE snapshot_id = ${snapshotId}`);
    const found = await verify();
    expect(found.tables.at(-1)).toMatchObject({ table: "sales_cell", rows: 0, extra: 0, different: 0 });
    expect(found.tables.at(-1)?.missing).toBeGreaterThan(10);
  });

  test("are mended by loading the same file again, when it is asked for", async () => {
    await warehouse.owner.query(`UPDATE sales_cell SET lines = 0 WHERE snapshot_id = ${snapshotId}`);
    expect(await warehouse.loadText(testFile(mixed))).toMatchObject({ status: "UNCHANGED", snapshotId });
    expect((await verify()).isEqual).toBe(false);
    expect(await warehouse.loadText(testFile(mixed), { again: true })).toMatchObject({ status: "PUBLISHED" });
    expect((await verify()).isEqual).toBe(true);
  });
});

describe("what cannot be verified", () => {
  test("a snapshot that is not kept", async () => {
    for (const id of [123_456, 9_876_543_210])
      await expect(verify(id)).rejects.toMatchObject({
        code: "SNAPSHOT_EXPIRED",
        message: `Snapshot ${id} is not kept.`,
      });
  });

  test("a warehouse without anything published", async () => {
    const empty = await makeTestWarehouse();
    try {
      await expect(verifyRollups({ url: empty.url })).rejects.toMatchObject({ code: "WAREHOUSE_NOT_READY" });
    } finally {
      await empty.close();
    }
  });
});
