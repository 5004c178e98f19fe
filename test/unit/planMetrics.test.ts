// Which source a question is answered from, and why smaller ones are not: only an exact answer counts.
import { describe, expect, it } from "vitest";
import { type DimensionName, dimensionNames } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import { rollups } from "../../src/model/rollups.ts";
import { ordersOf, planMetrics, sourcesOf } from "../../src/query/plan.ts";
import type { Where } from "../../src/query/request.ts";

/** Smallest first. Rollups that are declared beside these may take what is theirs. */
const known = ["sales_cell", "customer_cell", "sales_order"];
const all = sourcesOf({ rollups: known });
const everySource = sourcesOf({ rollups: rollups.map(({ name }) => name) });

const plan = (measures: readonly MeasureName[], dimensions: readonly DimensionName[], where: Where = {}) =>
  planMetrics({ measures, dimensions, where }, all);
const sourceOf = (...asked: Parameters<typeof plan>) => plan(...asked).figures.source;
const whyNot = (source: string, ...asked: Parameters<typeof plan>) =>
  plan(...asked).notUsed.find((miss) => miss.source === source)?.why;

const kpis: readonly MeasureName[] = [
  "grossRevenue",
  "netRevenue",
  "returnsValue",
  "productReturnsValue",
  "orders",
  "customers",
  "units",
  "averageOrderValue",
  "revenuePerCustomer",
  "newCustomers",
  "repeatRate",
  "returnRate",
];

/** Measures that those hold, or from which they are made. One that is declared beside these may need the lines. */
const stored: readonly MeasureName[] = [
  ...kpis,
  ...(["identifiedGrossRevenue", "repeatCustomers", "revenueShare", "lines", "saleLines"] as const),
  ...(["firstPurchaseAt", "lastPurchaseAt", "recencyDays", "medianRecencyDays", "latestCountry", "countries"] as const),
  ...(["topFifthRevenue", "topFifthShare", "topTenRevenue", "topTenShare"] as const),
  ...(["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"] as const),
];

describe("cells of the whole business", () => {
  it("answer the key figures of everything, and by year, quarter and month", () => {
    for (const cut of [[], ["year"], ["quarter"], ["month"], ["year", "month"]] as const)
      expect(sourceOf(kpis, cut), cut.join()).toBe("sales_cell");
    expect(plan(kpis, []).overCustomers).toBeNull();
  });

  it("answer counts by country, segment and customer type, and under filters on them", () => {
    const counts: readonly MeasureName[] = ["orders", "customers", "repeatCustomers"];
    for (const cut of ["country", "segment", "segmentExecutive", "segmentDetailed", "customerType"] as const)
      expect(sourceOf(counts, ["month", cut]), cut).toBe("sales_cell");
    expect(sourceOf(counts, ["month"], { country: { in: ["France", "Germany"] } })).toBe("sales_cell");
    expect(sourceOf(counts, ["month"], { month: { gte: "2011-02" }, year: { eq: "2011" } })).toBe("sales_cell");
    expect(sourceOf(counts, [], { month: { eq: "2011-02" } })).toBe("sales_cell");
    expect(sourceOf(counts, ["year"], { month: { eq: "2011-02" } })).toBe("sales_cell");
  });

  it("do not add counts up over periods", () => {
    expect(sourceOf(["customers"], [], { month: { gte: "2011-02" } })).toBe("customer_cell");
    expect(sourceOf(["orders"], [], { month: { gte: "2011-02" } })).toBe("sales_order");
    expect(sourceOf(["orders"], ["year"], { month: { lt: "2011-02" } })).toBe("sales_order");
    expect(whyNot("sales_cell", ["orders"], [], { month: { gte: "2011-02" } })).toBe(
      "orders is no sum over several periods: cut by month as well",
    );
    expect(sourceOf(["grossRevenue", "units"], [], { month: { gte: "2011-02" } })).toBe("sales_cell");
  });

  it("do not tell a first order by country, which another country may have had before", () => {
    expect(sourceOf(["newCustomers"], ["month", "segment"])).toBe("sales_cell");
    expect(sourceOf(["newCustomers"], ["month", "country"])).toBe("customer_cell");
    expect(sourceOf(["newCustomers"], ["month"], { country: { eq: "France" } })).toBe("customer_cell");
    expect(whyNot("sales_cell", ["newCustomers"], ["country"])).toMatch(/first order in every country/);
  });

  it("know neither weeks, days and hours nor what was sold", () => {
    expect(sourceOf(["grossRevenue"], ["week"])).toBe("sales_order");
    expect(sourceOf(["grossRevenue"], ["weekday"])).toBe("sales_order");
    expect(sourceOf(["grossRevenue"], ["hour"])).toBe("fact_sales");
    expect(sourceOf(["grossRevenue"], [], { day: { gte: "2011-02-01" } })).toBe("sales_order");
    for (const cut of ["product", "category", "lineType"] as const)
      expect(sourceOf(["grossRevenue"], [cut]), cut).toBe("fact_sales");
    expect(whyNot("sales_order", ["grossRevenue"], ["product"])).toBe("its rows do not keep product apart");
  });
});

describe("cells of customers", () => {
  it("answer what is asked of each customer", () => {
    const identified: Where = { customerType: { eq: "IDENTIFIED" } };
    expect(
      sourceOf(["orders", "grossRevenue", "netRevenue", "recencyDays", "countries"], ["customer"], identified),
    ).toBe("customer_cell");
    expect(sourceOf(["orders"], ["customer", "month"], { ...identified, country: { in: ["France"] } })).toBe(
      "customer_cell",
    );
    expect(sourceOf(["orders"], [], { customer: { eq: "12417" } })).toBe("customer_cell");
    expect(sourceOf(["grossRevenue"], ["customer"])).toBe("customer_cell");
    expect(sourceOf(["orders"], ["customer"])).toBe("customer_cell");
    expect(sourceOf(["customers", "grossRevenue"], ["cohortMonth", "month"])).toBe("customer_cell");
    expect(sourceOf(["latestCountry"], ["customer"])).toBe("sales_order");
    expect(sourceOf(["trailingNetRevenue"], ["customer"])).toBe("sales_order");
  });

  it("do not add orders up over customers, who may share an invoice", () => {
    expect(sourceOf(["orders"], ["cohortMonth"])).toBe("sales_order");
    expect(whyNot("customer_cell", ["orders"], ["cohortMonth"])).toBe("orders is no sum over customers");
  });

  it("give the figures over customers beside those of the whole business", () => {
    const asked = plan(["customers", "medianRecencyDays"], ["segment"]);
    expect(asked.figures.source).toBe("sales_cell");
    expect(asked.overCustomers?.reading.source).toBe("customer_cell");
    expect(asked.notUsed).toEqual([
      { source: "sales_cell", why: "over customers, its rows do not keep customerId apart" },
    ]);
  });
});

describe("the planner", () => {
  it("answers every measure by every dimension, and says of every smaller source why it could not be taken", () => {
    const names = everySource.map(({ name }) => name);
    for (const measure of measureNames)
      for (const dimension of dimensionNames) {
        const { figures, overCustomers, notUsed } = planMetrics(
          { measures: [measure], dimensions: [dimension] },
          everySource,
        );
        const largest = Math.max(
          ...[figures, overCustomers?.reading ?? figures].map(({ source }) => names.indexOf(source)),
        );
        expect(
          notUsed.map(({ source }) => source),
          `${measure} by ${dimension}`,
        ).toEqual(names.slice(0, largest));
        for (const { why } of notUsed) expect(why).toMatch(/\w+ \w+/);
      }
  });

  it("takes the lines only where a dimension needs them", () => {
    const onLines: readonly DimensionName[] = ["product", "category", "lineType", "hour"];
    const onRollups: readonly DimensionName[] = [
      ...(["day", "week", "month", "quarter", "year", "weekday", "country", "customer", "customerType"] as const),
      ...(["segment", "segmentExecutive", "segmentDetailed", "cohortMonth"] as const),
    ];
    for (const measure of stored) {
      for (const dimension of onLines) expect(sourceOf([measure], [dimension]), measure).toBe("fact_sales");
      for (const dimension of onRollups)
        expect(known, `${measure} by ${dimension}`).toContain(sourceOf([measure], [dimension]));
    }
  });

  it("takes no rollup that the snapshot does not have", () => {
    const old = sourcesOf({ rollups: ["sales_order"] });
    expect(old.map(({ name }) => name)).toEqual(["sales_order", "fact_sales"]);
    for (const measure of stored)
      expect(planMetrics({ measures: [measure], dimensions: [] }, old).figures.source, measure).toBe("sales_order");
    expect(ordersOf(old).source).toBe("sales_order");
    expect(ordersOf(all).source).toBe("customer_cell");
    expect(sourcesOf({ rollups: [] }).map(({ name }) => name)).toEqual(["fact_sales"]);
    expect(ordersOf(sourcesOf({ rollups: [] })).source).toBe("fact_sales");
  });

  it("reads the parts of derived measures from one source", () => {
    const ratios = stored.filter((name) => measureOf(name).kind === "ratio");
    expect(ratios).toEqual(
      expect.arrayContaining(["averageOrderValue", "revenuePerCustomer", "repeatRate", "returnRate"]),
    );
    for (const measure of ratios) expect(plan([measure], ["month"]).figures.source, measure).toBe("sales_cell");
  });
});
