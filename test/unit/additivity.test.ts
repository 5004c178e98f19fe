// Over what the rows of a measure add up to the whole: as the declaration has it, also for declarations that nobody has seen before, and
// as lines added up in memory have it.
import { describe, expect, it } from "vitest";
import { addsUp, sumsOver } from "../../src/model/additivity.ts";
import { column } from "../../src/model/column.ts";
import { cutBy } from "../../src/model/cutBy.ts";
import { type DimensionName, dimensionNames, dimensionOf } from "../../src/model/dimensions.ts";
import { type Measure, type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Where } from "../../src/query/request.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { evaluate } from "../oracle/evaluate.ts";
import { readMixedLines } from "../oracle/mixedShop.ts";
import { shopScopes } from "../oracle/shopLines.ts";

/** Those that the lists below are written of; others may come. */
const known: readonly DimensionName[] = [
  ...(["day", "week", "month", "quarter", "year", "weekday", "hour", "country"] as const),
  ...(["segment", "segmentExecutive", "segmentDetailed", "customer", "product", "category", "lineType"] as const),
  ...(["customerType", "cohortMonth"] as const),
];
const ofCustomers = ["segment", "segmentExecutive", "segmentDetailed", "customer", "customerType", "cohortMonth"];

describe("rows add up", () => {
  it.each([
    "grossRevenue",
    "returnsValue",
    "netRevenue",
    "units",
    "lines",
    "trailingNetRevenue",
    "revenueShare",
  ] satisfies MeasureName[])("of %s over everything", (name) => expect(sumsOver(name)).toEqual(dimensionNames));

  it.each([
    "orders",
    "returnRate",
    "averageOrderValue",
    "repeatRate",
    "firstPurchaseAt",
    "lastPurchaseAt",
    "recencyDays",
    "medianRecencyDays",
    "latestCountry",
    "countries",
  ] satisfies MeasureName[])("of %s over nothing", (name) =>
    expect(sumsOver(name).filter((dimension) => known.includes(dimension))).toEqual([]),
  );

  it.each(["customers", "newCustomers", "repeatCustomers"] satisfies MeasureName[])(
    "of %s over what a customer has one of",
    (name) => expect(sumsOver(name).filter((dimension) => known.includes(dimension))).toEqual(ofCustomers),
  );
});

describe("a declaration that is new", () => {
  const words = { label: "New", description: "New.", format: "count", sensitivity: "commercial" } as const;
  const kind = { column: column(FactSale, "kind"), is: "SALE" };
  const product = { column: column(FactSale, "lineType"), is: "PRODUCT" };
  const guest = (is: boolean) => ({ column: column(FactSale, "guest"), is });
  const parts: Readonly<Record<string, object>> = {
    sum: { kind: "sum", column: column(FactSale, "amount"), where: [] },
    orders: { kind: "countDistinct", column: column(FactSale, "invoice"), where: [kind] },
    customers: { kind: "countDistinct", column: column(FactSale, "customerKey"), where: [guest(false)] },
    goods: { kind: "countDistinct", column: column(FactSale, "invoice"), where: [kind, product] },
  };
  const partOf = (name: string) => ({ ...words, ...parts[name] }) as Measure;
  const over = (declared: object) =>
    known.filter((name) => addsUp({ ...words, ...declared } as Measure, dimensionOf(name), partOf));
  const distinct = (property: keyof FactSale & string, ...where: object[]) =>
    over({ kind: "countDistinct", column: column(FactSale, property), where });

  it("that counts products adds up over what a product has one of", () =>
    expect(distinct("product")).toEqual(["product", "category"]));
  it("that counts a column adds up over the dimension of that column", () =>
    expect(distinct("country", kind)).toEqual(["country"]));
  it("with a condition adds up over what the condition holds fixed", () =>
    expect(distinct("invoice", product)).toEqual(["lineType"]));
  it("that counts keys of customers and guests alike, which may be equal, adds up over nothing", () =>
    expect(distinct("customerKey", kind)).toEqual([]));
  it("that counts keys of customers, or guests' alone, adds up over what they have one of", () => {
    expect(distinct("customerKey", guest(false))).toEqual(ofCustomers);
    expect(distinct("customerKey", guest(true))).toEqual(ofCustomers);
  });
  it("that counts invoices of customers adds up over who has one, of guests over what all guests share", () => {
    expect(distinct("invoice", guest(false))).toEqual(["customerType"]);
    expect(distinct("invoice", guest(true))).toEqual(ofCustomers);
  });
  it("that counts customers by what they did adds up over what they have one of, and over what the condition holds fixed", () => {
    const reach = (measure: string, gte = 2) => over({ kind: "customersWith", measure, gte });
    expect(reach("orders")).toEqual(ofCustomers);
    expect(reach("goods")).toEqual(known.filter((name) => [...ofCustomers, "lineType"].includes(name)));
    // Who bought nothing of a line type would count in its row.
    expect(reach("goods", 0)).toEqual(ofCustomers);
  });
  it("that takes one from the other adds up over what both do", () => {
    expect(over({ kind: "difference", of: "sum", minus: "sum" })).toEqual(known);
    expect(over({ kind: "difference", of: "sum", minus: "customers" })).toEqual(ofCustomers);
    expect(over({ kind: "difference", of: "orders", minus: "customers" })).toEqual([]);
    expect(over({ kind: "shareOfTotal", of: "customers" })).toEqual(ofCustomers);
    expect(over({ kind: "ratio", of: "sum", by: "sum" })).toEqual([]);
  });
});

/** Whether the rows of a measure, cut by `dimension` and `beside`, add up to those cut by `beside` alone. */
function addUp(
  measure: MeasureName,
  dimension: DimensionName,
  beside: readonly DimensionName[],
  where: Where,
): boolean {
  const totals = (dimensions: readonly DimensionName[]) => {
    const found = new Map<string, number>();
    for (const row of evaluate(
      { kind: "metrics", measures: [measure], dimensions, where },
      shopScopes.everything,
      lines,
    )) {
      const key = JSON.stringify(beside.map((name) => row[name]));
      found.set(key, (found.get(key) ?? 0) + Number(row[measure]));
    }
    return found;
  };
  const parts = totals([...beside, dimension]);
  return [...totals(beside)].every(([key, whole]) => Math.abs((parts.get(key) ?? 0) - whole) < 1e-9);
}

const lines = readMixedLines();
const filters: readonly Where[] = [
  {},
  { lineType: { eq: "PRODUCT" } },
  { country: { in: ["France", "Belgium"] } },
  { month: { gte: "2011-01", lt: "2011-09" }, product: { in: ["A", "POST"] } },
];

describe("over lines of every kind of oddity", () => {
  it.each(measureNames.filter((name) => sumsOver(name).length > 0))("rows of %s add up as it says", (measure) => {
    const always: DimensionName[] = measureOf(measure).sensitivity === "personal" ? ["customer"] : [];
    for (const where of filters)
      for (const dimension of sumsOver(measure).filter(
        (name) => cutBy(measure).includes(name) && !always.includes(name),
      ))
        for (const beside of [always, [...always, "country"], [...always, "month"]] as DimensionName[][])
          if (!beside.includes(dimension))
            expect(addUp(measure, dimension, beside, where), `${dimension} ${JSON.stringify([beside, where])}`).toBe(
              true,
            );
  });

  it.each(["orders", "customers", "newCustomers", "repeatCustomers"] satisfies MeasureName[])(
    "rows of %s do not add up over anything else",
    (measure) => {
      const others = cutBy(measure).filter((name) => !sumsOver(measure).includes(name) && known.includes(name));
      // No line of the fixture has a category.
      for (const dimension of others.filter((name) => name !== "category"))
        expect(
          filters.some((where) => !addUp(measure, dimension, [], where)),
          dimension,
        ).toBe(true);
    },
  );
});
