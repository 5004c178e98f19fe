// What stored aggregates answer, the lines answer too: every random question that a rollup can answer is asked of it and of the lines.
// And which source the planner takes for what: the smallest that is exact, with a reason for each that it passed over.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import { mostPlaces, rollups } from "../../src/model/rollups.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { Asker } from "../../src/query/ask.ts";
import { sourcesOf } from "../../src/query/plan.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { mixedFile, mixedWords } from "./mixedShop.ts";
import { questionsOver, shopWords } from "./randomRequests.ts";
import { shopFile, shopScopes } from "./shopLines.ts";
import { traced } from "./traced.ts";

const rollupNames = rollups.map(({ name }) => name);
const cellNames = rollups.filter(({ kind }) => kind === "cells").map(({ name }) => name);
const shops = [
  ["the fixture", (warehouse: TestWarehouse) => warehouse.load(shopFile), shopWords],
  ["the mixed shop", (warehouse: TestWarehouse) => warehouse.loadText(mixedFile), mixedWords],
] as const;

describe.each(shops)("%s", (_, load, words) => {
  let warehouse: TestWarehouse;
  let snapshot: SnapshotFacts;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await load(warehouse);
    snapshot = await readSnapshot(warehouse.read);
  });
  afterAll(() => warehouse.close());

  it("has every rollup, smallest first, and the lines", () => {
    expect(sourcesOf(snapshot).map(({ name }) => name)).toEqual([...rollupNames, "fact_sales"]);
  });

  it.each(rollupNames)("%s answers what the lines answer", async (name) => {
    const [lines] = sourcesOf(snapshot).slice(-1);
    const rollup = sourcesOf(snapshot).find((source) => source.name === name);
    if (!lines || !rollup) throw new Error(`There is no ${name}.`);
    let rows = 0;
    let totals = 0;
    await fc.assert(
      fc.asyncProperty(questionsOver(words), async ({ scope, request }) => {
        const asker: Asker = { warehouse: warehouse.read, snapshot, scope };
        const counted = { ...request, count: true };
        const { answer, traces, sources } = await traced(counted, { ...asker, sources: [rollup, lines] });
        if (!sources.includes(name)) return;
        const plain = await traced(counted, { ...asker, sources: [lines] });
        expect(plain.sources).toContain("fact_sales");
        expect(rollupNames.filter((other) => plain.sources.includes(other))).toEqual([]);
        expect(answer, traces.map(({ sql }) => sql).join("\n")).toEqual(plain.answer);
        rows += answer.rows.length;
        totals += Object.keys(answer.totals ?? {}).length;
      }),
      { seed: 361, numRuns: 250 },
    );
    expect(rows).toBeGreaterThan(300);
    expect(totals).toBeGreaterThan(30);
  });
});

const kpis: MeasureName[] = [
  ...(["grossRevenue", "netRevenue", "returnsValue", "productReturnsValue", "orders", "customers", "units"] as const),
  ...(["averageOrderValue", "revenuePerCustomer", "newCustomers", "repeatRate", "returnRate"] as const),
];
const byMonth: MeasureName[] = ["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "newCustomers"];
const byPlace: MeasureName[] = ["grossRevenue", "netRevenue", "orders", "customers", "units", "revenueShare"];

type Case = readonly [title: string, source: string, measures: MeasureName[], dimensions: DimensionName[], rest?: Rest];
type Rest = Omit<Partial<MetricsRequest>, "measures" | "dimensions">;

const cases: readonly Case[] = [
  ["kpis", "sales_cell", kpis, []],
  ["kpis of one month", "sales_cell", kpis, [], { where: { month: { eq: "2024-03" } } }],
  ["kpis of customers alone", "sales_cell", kpis, [], { where: { customerType: { eq: "IDENTIFIED" } } }],
  ["months", "sales_cell", byMonth, ["month"], { spine: true, totals: ["grossRevenue", "customers"], count: true }],
  ["some months", "sales_cell", byMonth, ["month"], { where: { month: { gte: "2024-02", lt: "2024-06" } } }],
  ["months and those before", "sales_cell", byMonth, ["month"], { earlier: [{ periods: 1, years: 0 }] }],
  ["months of a year", "sales_cell", byMonth, ["month"], { where: { year: { eq: "2024" } } }],
  ["quarters", "sales_cell", byMonth, ["quarter"]],
  ["years", "sales_cell", byMonth, ["year"]],
  ["countries", "sales_cell", byPlace, ["country"], { orderBy: [{ member: "grossRevenue", direction: "DESC" }] }],
  ["countries of one quarter", "sales_cell", byPlace, ["country"], { where: { quarter: { eq: "2024-Q2" } } }],
  ["segments", "sales_cell", [...byPlace, "newCustomers"], ["segment"], { having: [{ measure: "orders", gte: "1" }] }],
  ["segments of another scheme", "sales_cell", byPlace, ["segmentDetailed"]],
  ["months × countries × segments", "sales_cell", byPlace, ["month", "country", "segment"]],
  ["sums over several months", "sales_cell", ["grossRevenue", "lines"], [], { where: { month: { gte: "2024-02" } } }],
  ["customers", "customer_cell", ["lastPurchaseAt", "countries", "grossRevenue"], ["customer"]],
  [
    "customers by revenue",
    "customer_cell",
    ["orders", "grossRevenue", "lastPurchaseAt", "recencyDays"],
    ["customer"],
    { where: { customerType: { eq: "IDENTIFIED" } }, orderBy: [{ member: "grossRevenue", direction: "DESC" }] },
  ],
  [
    "one customer",
    "customer_cell",
    ["orders", "units"],
    ["customer", "month"],
    { where: { customer: { eq: "12004" } } },
  ],
  ["cohorts", "customer_cell", ["customers", "grossRevenue"], ["cohortMonth", "month"]],
  ["new customers of countries", "customer_cell", ["newCustomers"], ["country"]],
  ["latest countries", "sales_order", ["latestCountry"], ["customer"]],
  ["a year's trailing revenue", "sales_order", ["trailingNetRevenue"], ["customer"]],
  ["orders of several months together", "sales_order", ["orders"], [], { where: { month: { gte: "2024-02" } } }],
  ["weeks", "sales_order", byMonth, ["week"]],
  ["days", "sales_order", byMonth, ["day"], { spine: true }],
  ["weekdays", "sales_order", ["grossRevenue", "orders"], ["weekday"]],
  ["hours", "fact_sales", ["grossRevenue", "orders"], ["hour"]],
  ["products", "fact_sales", byPlace, ["product"]],
  ["categories", "fact_sales", byPlace, ["category"]],
  ["line types", "fact_sales", byPlace, [], { where: { lineType: { eq: "PRODUCT" } } }],
];

describe("the source that is taken", () => {
  let warehouse: TestWarehouse;
  let snapshot: SnapshotFacts;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.load(shopFile);
    snapshot = await readSnapshot(warehouse.read);
  });
  afterAll(() => warehouse.close());
  const scopes = [shopScopes.everything, shopScopes.twoCountries, shopScopes.winBack, shopScopes.both];

  it.each(cases.map((each) => [each[0], each[1], each] as const))("for %s: %s", async (_, source, each) => {
    const [, , measures, dimensions, rest] = each;
    const request: MetricsRequest = { kind: "metrics", measures, dimensions, ...rest };
    for (const scope of scopes as readonly Scope[]) {
      const { traces } = await traced(request, { warehouse: warehouse.read, snapshot, scope });
      expect(traces.length).toBe(request.totals || request.count ? 2 : 1);
      const [rows] = traces;
      expect(rows?.sources, scope.role).toContain(source);
      expect(rows?.sources.toSorted(), rows?.sql).toEqual(tablesIn(rows?.sql ?? ""));
      expect(rows?.sql).toContain(`FROM ${source} `);
      const smaller = [...rollupNames, "fact_sales"].slice(0, [...rollupNames, "fact_sales"].indexOf(source));
      expect([...new Set(rows?.notUsed.map((miss) => miss.source))]).toEqual(smaller);
    }
  });

  it("figures over customers come from another one beside them", async () => {
    const request: MetricsRequest = {
      kind: "metrics",
      measures: ["orders", "medianRecencyDays"],
      dimensions: ["segment"],
    };
    for (const scope of scopes) {
      const { traces } = await traced(request, { warehouse: warehouse.read, snapshot, scope });
      expect(traces.length).toBe(1);
      const [rows] = traces;
      expect(rows?.sources).toEqual(expect.arrayContaining(["sales_cell", "customer_cell"]));
      expect(rows?.sources.toSorted(), rows?.sql).toEqual(tablesIn(rows?.sql ?? ""));
      const others = [...rollupNames, "fact_sales"].filter((name) => !["sales_cell", "customer_cell"].includes(name));
      expect(others.filter((name) => rows?.sources.includes(name))).toEqual([]);
    }
  });

  it.each([
    [["grossRevenue"], { product: { eq: "22423" } }, ["product"], ["sales_cell", "customer_cell", "sales_order"]],
    [["grossRevenue"], { hour: { gte: "9" } }, ["hour"], ["sales_cell", "customer_cell", "sales_order"]],
    [["latestCountry"], {}, ["latestCountry"], ["customer_cell"]],
    [["orders"], { month: { gte: "2024-02" } }, ["orders", "month"], ["sales_cell"]],
    [["newCustomers"], { country: { eq: "France" } }, ["newCustomers", "country"], ["sales_cell"]],
    [["customers"], { week: { eq: "2024-W09" } }, ["week"], ["sales_cell", "customer_cell"]],
  ] as const)("names what keeps a smaller one from %j where %j", async (measures, where, named, misfits) => {
    const dimensions: DimensionName[] = measures[0] === "latestCountry" ? ["customer"] : [];
    const request: MetricsRequest = { kind: "metrics", measures, dimensions, where };
    for (const source of misfits) {
      const sources = sourcesOf(snapshot).filter(({ name }) => name === source || name === "fact_sales");
      const asker: Asker = { warehouse: warehouse.read, snapshot, scope: shopScopes.everything, sources };
      const { traces } = await traced(request, asker);
      const why = traces.flatMap(({ notUsed }) => notUsed).find((miss) => miss.source === source)?.why;
      for (const member of named) expect(why, source).toContain(member);
    }
  });
});

describe("a customer of more countries than cells can hold", () => {
  const places = mostPlaces + 1;
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    const lines = Array.from({ length: places }, (_, nth) => `${nth},P,p,1,3/13/2024 ${nth}:00,2,c,Country ${nth}`);
    const head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
    await warehouse.loadText([head, ...lines].join("\n"));
  });
  afterAll(() => warehouse.close());

  it("leaves the cells out, and questions go to the orders", async () => {
    const snapshot = await readSnapshot(warehouse.read);
    expect(snapshot.rollups).toContain("sales_order");
    expect(cellNames.length).toBeGreaterThan(1);
    expect(snapshot.rollups.filter((name) => cellNames.includes(name))).toEqual([]);
    const request: MetricsRequest = {
      kind: "metrics",
      measures: ["grossRevenue", "orders", "customers", "repeatRate"],
      dimensions: ["month"],
    };
    const asker = { warehouse: warehouse.read, snapshot, scope: shopScopes.everything };
    const { answer, sources } = await traced(request, asker);
    expect(sources).toContain("sales_order");
    expect(sources.filter((name) => name === "fact_sales" || cellNames.includes(name))).toEqual([]);
    const figures = { grossRevenue: String(2 * places), orders: places, customers: 1, repeatRate: 1 };
    expect(answer.rows).toEqual([{ month: "2024-03", ...figures }]);
  });
});

/** The tables that a statement names, those of its own expressions left out. */
function tablesIn(sql: string): string[] {
  const own = new Set([...sql.matchAll(/(?:WITH|,)\s+(\w+) AS \(/g)].map((match) => match[1]));
  const named = [...sql.matchAll(/(?:FROM|JOIN) ([a-z_][a-z_0-9]*)\b(?!\.)/g)].map((match) => String(match[1]));
  return [...new Set(named.filter((name) => !own.has(name) && !["generate_series", "unnest"].includes(name)))].sort();
}
