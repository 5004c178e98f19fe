// The fixture's totals as they are written in shop.md, table by table: whatever scope a table stands under, the warehouse says the same.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadReport } from "../../etl/loadReport.ts";
import { type DimensionName, dimensionNames } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readTables, type Table } from "./readTables.ts";
import { shopAsOf, shopFile, shopPage, shopScopes } from "./shopLines.ts";

const tables = readTables(readFileSync(shopPage, "utf8"));
const under = (heading: string) => tables.filter((table) => table.heading === heading);
const scopes: Readonly<Record<string, Scope>> = {
  Everything: shopScopes.everything,
  "Countries: France, Belgium": shopScopes.twoCountries,
  "Segments: AT_RISK, CHURN_RISK": shopScopes.winBack,
};

let warehouse: TestWarehouse;
let report: LoadReport;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  report = await warehouse.load(shopFile);
});
afterAll(() => warehouse.close());

const written = (value: unknown) => (value === null || value === undefined ? "–" : String(value));

describe("the load", () => {
  it("accounts for every row", () => {
    expect(report.account).toEqual({ read: 199, loaded: 199, duplicate: 0, superseded: 0, rejected: 0, replaced: 0 });
  });

  it("finds the kinds and their amounts", async () => {
    const [kinds] = under("Kinds");
    const { rows } = await warehouse.owner.query(
      "SELECT kind, guest, count(*) AS lines, trim_scale(sum(amount)) AS amount FROM fact_sales GROUP BY 1, 2",
    );
    const found = (kind: string | undefined, guest: boolean) => {
      const row = rows.find((candidate) => candidate.kind === kind && candidate.guest === guest);
      return `${row?.lines ?? 0} | ${row?.amount ?? 0}`;
    };
    const page = readFileSync(shopPage, "utf8");
    for (const { kind } of kinds?.rows ?? [])
      expect(page).toContain(`| ${kind} | ${found(kind, false)} | ${found(kind, true)} |`);
    expect(kinds?.rows.length).toBe(4);
  });
});

describe("RFM", () => {
  it("publishes the cut-points", async () => {
    const [cuts] = under("RFM");
    const snapshot = await readSnapshot(warehouse.read);
    expect(snapshot.asOf).toBe(shopAsOf);
    const list = (row: number) => [".2", ".4", ".6", ".8"].map((place) => cuts?.rows[row]?.[place]);
    expect(snapshot.recencyCuts.map(String)).toEqual(list(0));
    expect(snapshot.frequencyCuts.map(String)).toEqual(list(1));
    expect(snapshot.monetaryCuts.map(String)).toEqual(list(2));
  });

  it("scores every customer and names the segments in three schemes", async () => {
    const wanted = under("RFM")[1]?.rows ?? [];
    expect(wanted.length).toBe(21);
    const ids = wanted.map((row) => row.customer ?? "");
    const attributes = await warehouse.ask({ kind: "customerAttributes", ids });
    const figures = await warehouse.ask({
      kind: "metrics",
      measures: ["lastPurchaseAt", "recencyDays", "orders", "grossRevenue"],
      dimensions: ["customer"],
      where: { customer: { in: ids } },
    });
    const found = attributes.map((customer, index) => {
      const row = figures.rows[index];
      const { scores } = customer ?? {};
      const scored = scores !== null;
      return {
        customer: customer?.id,
        "last order": written(row?.lastPurchaseAt).slice(0, 10),
        recencyDays: written(row?.recencyDays),
        orders: scored ? written(row?.orders) : "–",
        grossRevenue: scored ? written(row?.grossRevenue) : "–",
        scores: scores ? `${scores.recency}${scores.frequency}${scores.monetary}` : "–",
        segment: customer?.segments.CLASSIC,
        segmentExecutive: customer?.segments.EXECUTIVE,
        segmentDetailed: customer?.segments.DETAILED,
      };
    });
    expect(found).toEqual(wanted);
  });

  it("keeps the same figures beside the scores", async () => {
    const { rows } = await warehouse.owner.query(
      `SELECT customer_key, coalesce(last_order_on::text, '–') AS "last order", coalesce(recency_days::text, '–') AS "recencyDays",
         coalesce(frequency::text, '–') AS orders, coalesce(trim_scale(monetary)::text, '–') AS "grossRevenue"
       FROM rfm_segments ORDER BY customer_key`,
    );
    const wanted = (under("RFM")[1]?.rows ?? []).map((row) => ({
      customer_key: row.customer,
      "last order": row["last order"],
      recencyDays: row.recencyDays,
      orders: row.orders,
      grossRevenue: row.grossRevenue,
    }));
    expect(rows).toEqual(wanted);
  });
});

describe.each(Object.entries(scopes))("%s", (heading, scope) => {
  const isDimension = (name: string): name is DimensionName => (dimensionNames as readonly string[]).includes(name);
  const isMeasure = (name: string): name is MeasureName => (measureNames as readonly string[]).includes(name);
  const titled = under(heading).map(
    (table) => [table.columns.filter(isDimension).join(" × ") || "all", table] as const,
  );

  it("has a table for every cut", () => {
    expect(titled.map(([title]) => title)).toEqual([
      "all",
      "month",
      "country",
      "lineType",
      "segment",
      "segmentExecutive",
      "segmentDetailed",
      "cohortMonth × month",
    ]);
  });

  it.each(titled)("by %s", async (_, table: Table) => {
    const dimensions = table.columns.filter(isDimension);
    const measures = table.columns.filter(isMeasure);
    expect(dimensions.length + measures.length).toBe(table.columns.length);
    const cohorts = dimensions.includes("cohortMonth");
    const answer = await warehouse.ask(
      {
        kind: "metrics",
        dimensions,
        measures,
        ...(cohorts ? { having: [{ measure: "customers", gte: "1" }] } : {}),
        count: true,
      },
      scope,
    );
    const found = answer.rows.map((row) =>
      Object.fromEntries(table.columns.map((name) => [name, written(row[name as keyof typeof row])])),
    );
    expect(found).toEqual(table.rows);
    expect(answer.totalCount).toBe(table.rows.length);
  });
});

it("describes a product by its most frequent description, ties by text", async () => {
  const answer = await warehouse.ask({
    kind: "lines",
    where: { product: { in: ["47566", "B", 'CAFÉ,"1"', "21212"] } },
    page: { first: 200 },
  });
  const described = new Map(answer.rows.map((line) => [line.product, line.description]));
  expect(Object.fromEntries(described)).toEqual({
    "21212": "PACK OF 72 CAKE CASES",
    "47566": "PARTY BUNTING",
    B: "Adjust bad debt",
    'CAFÉ,"1"': 'Crème brûlée set, 2 × "petit"',
  });
});
