// The formulas in words: as the definitions say them, and computed for a declaration that nobody has seen before.
import { describe, expect, it } from "vitest";
import { column } from "../../src/model/column.ts";
import { describeFormula, formulaOf } from "../../src/model/formula.ts";
import { type Measure, type MeasureName, measureNames } from "../../src/model/measures.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";

// Written from the definitions of the measures.
const formulas: readonly (readonly [MeasureName, string])[] = [
  ["grossRevenue", "sum of amount over lines of kind SALE"],
  ["returnsValue", "− sum of amount over lines of kind RETURN"],
  ["productReturnsValue", "− sum of amount over lines of kind RETURN and line type PRODUCT"],
  ["netRevenue", "Gross revenue − Returns"],
  ["returnRate", "Returns ÷ Gross revenue"],
  ["orders", "number of different invoices with a line of kind SALE"],
  ["units", "sum of quantity over lines of kind SALE"],
  ["customers", "number of different customers with a line of kind SALE, guests left out"],
  ["averageOrderValue", "Gross revenue ÷ Orders"],
  [
    "newCustomers",
    "number of different customers with a line of kind SALE, guests left out, whose first order falls in the period",
  ],
  ["repeatCustomers", "number of customers whose own Orders ≥ 2"],
  ["repeatRate", "Repeat customers ÷ Customers"],
  ["revenueShare", "Gross revenue ÷ Gross revenue of everything asked"],
  ["lines", "number of lines"],
  ["saleLines", "number of lines of kind SALE"],
  ["firstPurchaseAt", "earliest time of lines of kind SALE"],
  ["lastPurchaseAt", "latest time of lines of kind SALE"],
  ["recencyDays", "asOf − Last purchase, in days"],
  ["medianRecencyDays", "median, over the customers, of each one's Recency"],
  ["latestCountry", "country of the last line of kind SALE, by time, then invoice"],
  ["countries", "different countries of lines"],
  ["trailingReturnsValue", "− sum of amount over lines of kind RETURN, in the 365 days before asOf"],
];

describe("a formula", () => {
  it.each(formulas)("of %s is %j", (name, formula) => expect(formulaOf(name)).toBe(formula));

  it("is one phrase for every measure, and no two measures share one", () => {
    const all = measureNames.map(formulaOf);
    for (const formula of all) expect(formula).toMatch(/^\S.*[^.\s]$/);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("a declaration that is new", () => {
  const words = { label: "New", description: "New.", format: "count", sensitivity: "commercial" } as const;
  const say = (declared: object) => describeFormula({ ...words, ...declared } as Measure, (name) => name.toUpperCase());
  const lineNo = column(FactSale, "lineNo");
  const guest = column(FactSale, "guest");

  it.each([
    ["a sum", { kind: "sum", column: lineNo, where: [] }, "sum of line no over lines"],
    ["guests", { kind: "count", where: [{ column: guest, is: true }] }, "number of lines, guests only"],
    [
      "several tests",
      {
        kind: "count",
        where: [
          { column: column(FactSale, "lineType"), is: "FEE" },
          { column: guest, is: false },
        ],
      },
      "number of lines of line type FEE, guests left out",
    ],
    [
      "a distinct count",
      { kind: "countDistinct", column: column(FactSale, "country"), where: [] },
      "number of different countries with a line",
    ],
    ["a smallest number", { kind: "min", column: lineNo, where: [] }, "smallest line no of lines"],
    ["a largest number", { kind: "max", column: lineNo, where: [] }, "largest line no of lines"],
    ["a bound", { kind: "customersWith", measure: "units", gte: 10 }, "number of customers whose own UNITS ≥ 10"],
    ["a share", { kind: "shareOfTotal", of: "units" }, "UNITS ÷ UNITS of everything asked"],
  ])("%s is put into words", (_, declared, formula) => expect(say(declared)).toBe(formula));
});
