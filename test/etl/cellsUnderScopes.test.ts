// Cells tell nobody of lines that they may not see: whatever is added or taken away in hidden countries and segments, also on the
// invoices and for the customers of visible lines, the rows that the reader's role gets are the same, to the byte.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { SessionScope } from "../../src/warehouse/openReadWarehouse.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type CellLine, cellLines, countries, toTestLines } from "./cellFiles.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

/** Where the ballast lies; nobody's scope has it. */
const elsewhere = "Elsewhere";

/**
 * Segments depend on everybody, and may: they are published for the whole population. So that they stay as they are, whatever random
 * lines come and go, most of the population is ballast, and every random customer lies far below, between or above it.
 */
const ballast: readonly TestLine[] = [
  ...Array.from({ length: 20 }, (_, at) => orders(`few${at}`, 20, "2024-06-01", 1_000)).flat(),
  ...Array.from({ length: 20 }, (_, at) => orders(`many${at}`, 60, "2024-08-01", 4_000)).flat(),
  ...orders("low", 1, "2023-10-01", 1),
  ...orders("I1", 1, "2023-10-01", 1),
  ...orders("mid", 21, "2024-07-01", 1_100),
  ...orders("high", 61, "2024-09-01", 4_100),
];
const segments: Readonly<Record<string, string>> = {
  low: "CHURN_RISK",
  I1: "CHURN_RISK",
  mid: "LOYAL_CUSTOMERS",
  high: "CHAMPIONS",
  "": "GUEST",
};

function orders(customer: string, count: number, day: string, price: number): TestLine[] {
  return Array.from({ length: count }, (_, at) => ({
    invoice: `${customer} ${at}`,
    customer,
    country: elsewhere,
    at: `${day} 10:00`,
    price,
  }));
}

const scopes: fc.Arbitrary<SessionScope> = fc.record({
  countries: fc.option(fc.subarray([...countries]), { freq: 4 }),
  segments: fc.option(fc.subarray(["CHURN_RISK", "LOYAL_CUSTOMERS", "CHAMPIONS", "GUEST", "UNSCORED"])),
  operator: fc.constant(false),
});

function sees(scope: SessionScope, { country, customer }: CellLine): boolean {
  return (
    (scope.countries === null || scope.countries.includes(country)) &&
    (scope.segments === null || scope.segments.includes(segments[customer] ?? ""))
  );
}

const tables = ["customer_cell", "sales_cell"] as const;

/** What the reader's role gets of a file's cells: every row as text, without the number of the snapshot. */
async function visibleRows(lines: readonly CellLine[], scope: SessionScope): Promise<readonly string[][]> {
  await warehouse.loadText(testFile([...ballast, ...toTestLines(lines)]));
  const snapshot = await readSnapshot(warehouse.read);
  expect(snapshot.rollups).toEqual(expect.arrayContaining(["sales_cell", "customer_cell", "sales_order"]));
  const known = await warehouse.owner.query(
    "SELECT customer_key, classic FROM rfm_segments WHERE snapshot_id = $1 AND customer_key = ANY ($2)",
    [snapshot.snapshotId, Object.keys(segments)],
  );
  for (const row of known.rows) expect(row.classic).toBe(segments[row.customer_key]);
  const seen: string[][] = [];
  for (const table of tables) {
    const text = `SELECT (to_jsonb(t) - 'snapshot_id')::text AS row FROM ${table} t ORDER BY 1`;
    const rows = await warehouse.read.read({ text, values: [] }, scope, snapshot);
    seen.push(rows.map((row) => String(row.row)));
  }
  return seen;
}

test("rows that are seen do not depend on lines that are not", async () => {
  let seen = 0;
  let ofSeveral = 0;
  let different = 0;
  const file = cellLines({ invoices: 10, lines: 4 });
  await fc.assert(
    fc.asyncProperty(file, fc.infiniteStream(fc.boolean()), scopes, async (lines, choices, scope) => {
      const choose = () => lines.filter((line) => sees(scope, line) || choices.next().value);
      const [one, other] = [choose(), choose()];
      const rows = await visibleRows(one, scope);
      expect(await visibleRows(other, scope)).toEqual(rows);
      if (one.length !== other.length) different++;
      for (const [index, table] of tables.entries()) {
        seen += rows[index]?.length ?? 0;
        for (const row of (rows[index] ?? []).map((text) => JSON.parse(text))) {
          expect(isWithin(scope, row), `${table} ${JSON.stringify(row)}`).toBe(true);
          if (scope.countries !== null && row.countries.length > 1) ofSeveral++;
        }
      }
    }),
    { seed: 363, numRuns: 20 },
  );
  expect(seen).toBeGreaterThan(0);
  expect(ofSeveral).toBeGreaterThan(0);
  expect(different).toBeGreaterThan(0);
});

describe("the reader's role", () => {
  async function countAsReader(settings: readonly string[], table: string): Promise<number> {
    const client = await warehouse.owner.connect();
    try {
      await client.query(["BEGIN", "SET LOCAL ROLE consumer360_reader", ...settings].join("; "));
      const { rows } = await client.query(`SELECT count(*) AS n FROM ${table}`);
      return Number(rows[0].n);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  }

  test("sees no cell without a scope, with half of one, or of another snapshot", async () => {
    const { snapshotId } = await warehouse.loadText(testFile([...ballast, { invoice: "g", customer: "" }]));
    const snapshot = `SET LOCAL consumer360.snapshot = '${snapshotId}'`;
    const [allCountries, allSegments] = ["countries", "segments"].map((name) => `SET LOCAL consumer360.${name} = '*'`);
    const none = `SET LOCAL consumer360.countries = '${Buffer.from("{}").toString("base64")}'`;
    for (const table of tables) {
      const { rows } = await warehouse.owner.query(
        `SELECT count(*) AS n FROM ${table} WHERE snapshot_id = ${snapshotId}`,
      );
      expect(await countAsReader([snapshot, `${allCountries}`, `${allSegments}`], table)).toBe(Number(rows[0].n));
      expect(Number(rows[0].n)).toBeGreaterThan(0);
      for (const part of [
        [],
        [snapshot],
        [snapshot, allCountries],
        [snapshot, allSegments],
        [snapshot, none, allSegments],
        [allCountries, allSegments],
        [`SET LOCAL consumer360.snapshot = '${snapshotId + 1}'`, allCountries, allSegments],
      ])
        expect(await countAsReader(part.map(String), table), `${table}: ${part}`).toBe(0);
    }
  });

  test("cannot be shown an empty set, which would lie within every scope: no table takes one", async () => {
    for (const [table, set] of [
      ["customer_cell", "countries"],
      ["sales_cell", "countries"],
      ["sales_cell", "segments"],
      ["sales_cell", "customer_types"],
    ])
      await expect(warehouse.owner.query(`UPDATE ${table} SET ${set} = '{}'`)).rejects.toMatchObject({ code: "23514" });
  });
});

function isWithin(scope: SessionScope, row: { countries: string[]; segment?: string; segments?: string[] }): boolean {
  const rowSegments = row.segments ?? [row.segment ?? ""];
  return (
    row.countries.every((country) => scope.countries === null || scope.countries.includes(country)) &&
    rowSegments.every((segment) => scope.segments === null || scope.segments.includes(segment))
  );
}
