// Verifying is silent where everything stored is what the lines make, and names the rows and sums that are not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import { type Verification, verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { cellGrains, mostPlaces, type Rollup, rollups } from "../../src/model/rollups.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";
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
const checked = ({ tables }: Verification, table: string) => tables.find((each) => each.table === table);
const wrongFacts = ({ facts }: Verification) => facts.filter(({ stored, recomputed }) => stored !== recomputed);
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

/** What is held against the lines: rows of orders add up once, cells in every grain and by every dimension of which they hold sets. */
function sumsOf(rollup: Rollup): string[][] {
  const cuts = rollup.kind === "rows" ? ["everything"] : [...cellGrains, ...Object.keys(rollup.sets)];
  const held = (["grossRevenue", "lines"] as const).filter((measure) => rollup.measures[measure]);
  return cuts.flatMap((over) => held.map((measure) => [rollup.name, over, measure]));
}

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
    expect(found).toMatchObject({ snapshotId, isEqual: true, rollups: rollups.map(({ name }) => name) });
    const tables = ["rfm_segments", "dim_product", ...rollups.map(({ entity }) => tableName(entity))];
    expect(found.tables.map(({ table }) => table)).toEqual(expect.arrayContaining(tables));
    for (const { rows, missing, extra, different, first } of found.tables) {
      expect([missing, extra, different, first]).toEqual([0, 0, 0, []]);
      expect(rows).toBeGreaterThan(0);
    }
    expect(found.sums.map(({ rollup, over, measure }) => [rollup, over, measure])).toEqual(rollups.flatMap(sumsOf));
    for (const sum of found.sums) expect(sum.stored).toBe(sum.lines);
    expect(found.facts.map(({ fact }) => fact)).toEqual([
      "lines",
      "data_from",
      "data_through",
      "recency_cuts",
      "frequency_cuts",
      "monetary_cuts",
      "rollups",
    ]);
    for (const fact of found.facts) expect(fact.stored).toBe(fact.recomputed);
  });

  test("an older snapshot that is kept", async () => {
    const { snapshotId } = await warehouse.loadText(testFile(mixed.slice(0, 4)));
    await warehouse.load(shopFile);
    expect(await verify(snapshotId)).toMatchObject({ snapshotId, lines: 4, isEqual: true });
    expect((await verify()).lines).toBe(199);
  });

  test("rollups that cannot be filled", async () => {
    const countries = Array.from({ length: mostPlaces + 1 }, (_, at) => `Country ${at}`);
    await warehouse.loadText(testFile(countries.map((country, at) => ({ invoice: `${at}`, country }))));
    const found = await verify();
    expect(found.isEqual).toBe(true);
    for (const table of ["sales_cell", "customer_cell"]) {
      expect(found.rollups).not.toContain(table);
      expect(checked(found, table)?.rows).toBe(0);
    }
    await warehouse.owner.query("UPDATE snapshot SET rollups = '{sales_cell,sales_order}'");
    const claimed = await verify();
    expect(claimed.isEqual).toBe(false);
    expect(wrongFacts(claimed)).toEqual([
      { fact: "rollups", stored: "sales_cell, sales_order", recomputed: "sales_order" },
    ]);
  });

  test("rollups that are not filled, as in a snapshot that is older than they are", async () => {
    const { snapshotId } = await warehouse.loadText(testFile(mixed));
    await warehouse.owner.query(`DELETE FROM sales_cell WHERE snapshot_id = ${snapshotId};
      DELETE FROM customer_cell WHERE snapshot_id = ${snapshotId};
      UPDATE snapshot SET rollups = array_remove(array_remove(rollups, 'sales_cell'), 'customer_cell') WHERE snapshot_id = ${snapshotId}`);
    const found = await verify();
    const rest = rollups.filter(({ name }) => name !== "sales_cell" && name !== "customer_cell");
    const names = (some: readonly Rollup[]) => some.map(({ name }) => name);
    expect(found).toMatchObject({ isEqual: true, rollups: names(rest) });
    expect(differences(found)).toEqual([]);
    expect(wrongFacts(found)).toEqual([]);
    expect(found.sums.map(({ rollup, over, measure }) => [rollup, over, measure])).toEqual(rest.flatMap(sumsOf));
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
    expect(checked(found, "sales_cell")).toMatchObject({ missing: 0, extra: 0, different: 1 });
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
    for (const { table, different, first } of found.tables)
      expect([table, different, first.length]).toEqual([
        table,
        ...(table === "customer_cell" ? [rowCount, 3] : [0, 0]),
      ]);
    expect(checked(found, "customer_cell")).toBeDefined();
    for (const { columns } of differences(found)) expect(columns.map(({ column }) => column)).toContain("units");
  });

  test("a rollup that is said to be whole and is empty", async () => {
    await warehouse.owner.query(`DELETE FROM sales_cell WHERE snapshot_id = ${snapshotId}`);
    const found = await verify();
    expect(checked(found, "sales_cell")).toMatchObject({ rows: 0, extra: 0, different: 0 });
    expect(checked(found, "sales_cell")?.missing).toBeGreaterThan(10);
  });

  test("what a product is called, and how often", async () => {
    await breaks("UPDATE dim_product SET description = 'Jug' WHERE snapshot_id = $id");
    await breaks("UPDATE product_wording SET lines = lines + 1 WHERE snapshot_id = $id");
    expect((await verify()).tables).toMatchObject([
      ...["rfm_segments", "sales_order", "customer_cell", "sales_cell"].map((table) => ({ table, different: 0 })),
      { table: "product_wording", different: 1 },
      { table: "dim_product", different: 1, first: [{ columns: [{ column: "description", stored: "Jug" }] }] },
    ]);
  });

  test("a product that is missing, and one too many", async () => {
    await breaks("UPDATE dim_product SET product = 'JUG' WHERE snapshot_id = $id");
    const found = await verify();
    expect(found.isEqual).toBe(false);
    expect(differences(found)).toEqual([
      { table: "dim_product", kind: "EXTRA", key: { product: "JUG" }, columns: [] },
      { table: "dim_product", kind: "MISSING", key: { product: "MUG" }, columns: [] },
    ]);
  });

  test.each([
    ["lines", "lines = 11", "11", "12"],
    ["data_from", "data_from = '2023-01-01'", "2023-01-01", "2023-12-31"],
    ["data_through", "data_through = '2025-01-01'", "2025-01-01", "2024-05-01"],
    ["recency_cuts", "recency_cuts[2] = '2000-01-01'", "2024-04-02, 2000-01-01, 2024-05-01, 2024-05-01", null],
    ["frequency_cuts", "frequency_cuts[4] = 9", "2, 2, 4, 9", "2, 2, 4, 4"],
    ["monetary_cuts", "monetary_cuts = '{}'", "", "1.125, 1.125, 7.5, 7.5"],
  ])("the snapshot's %s", async (fact, change, stored, recomputed) => {
    await breaks(`UPDATE snapshot SET ${change} WHERE snapshot_id = $id`);
    const found = await verify();
    expect(found).toMatchObject({ isEqual: false, lines: 12 });
    expect(wrongFacts(found)).toEqual([
      { fact, stored, recomputed: recomputed ?? expect.not.stringMatching(`^${stored}$`) },
    ]);
  });

  test("a rollup that the snapshot does not name, but that holds rows", async () => {
    await breaks("UPDATE snapshot SET rollups = array_remove(rollups, 'customer_cell') WHERE snapshot_id = $id");
    const found = await verify();
    expect(found.isEqual).toBe(false);
    expect(checked(found, "customer_cell")?.extra).toBeGreaterThan(0);
  });

  test("a line that was taken away is missed in the count", async () => {
    await breaks(`DELETE FROM fact_sales WHERE generation = $id AND invoice = '7'`);
    const found = await verify();
    expect(found).toMatchObject({ isEqual: false, lines: 11 });
    expect(wrongFacts(found)).toContainEqual({ fact: "lines", stored: "12", recomputed: "11" });
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
