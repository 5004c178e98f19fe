// The model is proved at start: the declarations hold, and each proof is shown to fail on a declaration that is broken on purpose.
import { describe, expect, it } from "vitest";
import { column } from "../../src/model/column.ts";
import { declarations } from "../../src/model/declarations.ts";
import type { Measure } from "../../src/model/measures.ts";
import { proveModel } from "../../src/model/proveModel.ts";
import { customerCellRollup, salesCellRollup, salesOrderRollup } from "../../src/model/rollups.ts";
import { segmentSchemes } from "../../src/model/segmentSchemes.ts";
import { type View, views } from "../../src/model/views.ts";
import { DimProduct } from "../../src/warehouse/entities/DimProduct.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { Snapshot } from "../../src/warehouse/entities/Snapshot.ts";
import { broken, figure, sort, withDimensions, without } from "./brokenModel.ts";

const withMeasures = (added: Record<string, unknown>) =>
  broken({ measures: { ...declarations.measures, ...(added as Record<string, Measure>) } });

const [firstView] = views as [View];
/** The words of a measure that is made of others. */
const made = {
  label: "Test figure",
  description: "Made of others.",
  format: "count",
  sensitivity: "commercial",
};

describe("the model", () => {
  it("holds", () => expect(() => proveModel()).not.toThrow());
  it("holds with a measure and a dimension more", () => {
    expect(withMeasures({ figure })).not.toThrow();
    expect(withDimensions({ sort })).not.toThrow();
    expect(
      withDimensions({ product2: { ...sort, label: "Test cut", column: column(DimProduct, "description") } }),
    ).not.toThrow();
  });
});

describe("a name means one thing", () => {
  it.each([
    [
      "a measure as a dimension",
      withMeasures({ country: figure }),
      /The dimension country is called country, as is the measure country\./,
    ],
    [
      "a measure as a shown dimension",
      withMeasures({ customerId: figure }),
      /The dimension customer is called customerId, as is the measure customerId/,
    ],
    [
      "in another case",
      withMeasures({ grossrevenue: figure }),
      /The measure grossrevenue is called grossrevenue, as is the measure grossRevenue/,
    ],
    [
      "a dimension as it is shown",
      withDimensions({ sort: { ...sort, shownAs: "orders" } }),
      /The dimension sort is called orders, as is the measure orders/,
    ],
    [
      "two dimensions as they are shown",
      withDimensions({ sort: { ...sort, shownAs: "customer" } }),
      /The dimension sort is called customer, as is the dimension customer/,
    ],
    [
      "a field of the graph's rows",
      withMeasures({ previous: figure }),
      /The measure previous is called previous, as is the field previous of the graph's rows/,
    ],
    [
      "another field of the graph's rows",
      withDimensions({ yearAgo: sort }),
      /The dimension yearAgo is called yearAgo, as is the field yearAgo/,
    ],
    [
      "no name for a field",
      withMeasures({ "figure-units": figure }),
      /The measure figure-units is called "figure-units": a name is letters and digits/,
    ],
    ["a name with a capital", withMeasures({ Figure: figure }), /The measure Figure is called "Figure"/],
    ["a name that is reserved", withMeasures({ __typename: figure }), /The measure __typename/],
    [
      "a label without its capital",
      withMeasures({ figure: { ...figure, label: "units" } }),
      /The measure figure has the label "units"/,
    ],
    [
      "a label in another case",
      withMeasures({ figure: { ...figure, label: "GROSS revenue" } }),
      /The measure figure has the label GROSS revenue, as has the measure grossRevenue/,
    ],
    [
      "a label of a dimension",
      withMeasures({ figure: { ...figure, label: "Country" } }),
      /The dimension country has the label Country, as has the measure figure/,
    ],
    [
      "two rollups of one name",
      broken({ rollups: [salesCellRollup, { ...customerCellRollup, name: "sales_cell" }] }),
      /Two rollups are called "sales_cell"/,
    ],
  ])("%s is found", (_, proof, message) => expect(proof).toThrow(message));
});

describe("what is named says what it is", () => {
  it.each([
    ["no label", withMeasures({ figure: { ...figure, label: "" } }), /The measure figure has the label ""/],
    [
      "a label that ends in a full stop",
      withDimensions({ sort: { ...sort, label: "Test cut." } }),
      /The dimension sort has the label "Test cut\."/,
    ],
    [
      "a label with a blank at its end",
      withMeasures({ figure: { ...figure, label: "Test " } }),
      /The measure figure has the label "Test "/,
    ],
    [
      "no description",
      withMeasures({ figure: { ...figure, description: "" } }),
      /The measure figure has the description ""/,
    ],
    [
      "a description of a blank",
      withDimensions({ sort: { ...sort, description: " " } }),
      /The dimension sort has the description " "/,
    ],
    [
      "a description without its full stop",
      withDimensions({ sort: { ...sort, description: "What a line is" } }),
      /The dimension sort has the description "What a line is"/,
    ],
    [
      "a rollup without a description",
      broken({ rollups: [{ ...salesOrderRollup, description: "" }] }),
      /The rollup sales_order has the description ""/,
    ],
    [
      "a view without a description",
      broken({ views: [{ ...firstView, description: "" }] }),
      /The view Customer360 has the description ""/,
    ],
    [
      "a segment without a description",
      broken({ schemes: [scheme({ description: "" })] }),
      /The segment CHAMPIONS of the scheme CLASSIC has the description ""/,
    ],
    [
      "a segment without a name",
      broken({ schemes: [scheme({ name: "" })] }),
      /The segment CHAMPIONS of the scheme CLASSIC has the label ""/,
    ],
    [
      "two segments of one name",
      broken({ schemes: [scheme({ name: "Loyal Customers" })] }),
      /Two segments of the scheme CLASSIC are called "Loyal Customers"/,
    ],
  ])("%s is found", (_, proof, message) => expect(proof).toThrow(message));
});

describe("a measure comes down to the lines", () => {
  const orders = declarations.measures.orders as Measure;
  it.each([
    [
      "a part that is missing",
      withMeasures({ figure: { ...made, kind: "ratio", of: "units", by: "nothing" } }),
      /The measure figure is made of nothing, which does not exist/,
    ],
    [
      "a part that was removed",
      broken({ measures: without(declarations.measures, "returnsValue") }),
      /is made of returnsValue, which does not exist/,
    ],
    [
      "a measure of itself",
      withMeasures({ figure: { ...made, kind: "ratio", of: "units", by: "figure" } }),
      /The measure figure is made of itself: figure, figure/,
    ],
    [
      "a circle",
      withMeasures({
        figure: { ...made, kind: "ratio", of: "units", by: "kept" },
        kept: { ...made, label: "Test figure kept", kind: "difference", of: "units", minus: "figure" },
      }),
      /made of itself: figure, kept, figure/,
    ],
    [
      "a column of another table",
      withMeasures({ figure: { ...figure, column: column(Snapshot, "asOf") } }),
      /The measure figure looks at Snapshot\.asOf, which is no column of the lines/,
    ],
    [
      "a test on another table",
      withMeasures({ figure: { ...figure, where: [{ column: column(DimProduct, "category"), is: "Toys" }] } }),
      /The measure figure looks at DimProduct\.category/,
    ],
    [
      "an order by another table",
      withMeasures({ figure: { ...figure, kind: "latest", by: [column(DimProduct, "product")] } }),
      /The measure figure looks at DimProduct\.product/,
    ],
    [
      "a condition that rules itself out",
      withMeasures({
        figure: { ...figure, where: [...figure.where, { column: column(FactSale, "kind"), is: "SALE" }] },
      }),
      /The measure figure tests FactSale\.kind twice/,
    ],
    [
      "no days to look back",
      withMeasures({ figure: { ...figure, trailingDays: 0 } }),
      /The measure figure looks back 0 days/,
    ],
    [
      "a first order of invoices",
      withMeasures({ figure: { ...orders, label: "Test figure", firstOrderInPeriod: true } }),
      /The measure figure counts FactSale\.invoice by a first order/,
    ],
    [
      "days since a number",
      withMeasures({ figure: { ...made, format: "days", kind: "daysSince", of: "units" } }),
      /The measure figure counts days since units, which is no date/,
    ],
    [
      "a difference of unlike things",
      withMeasures({ figure: { ...made, kind: "difference", of: "units", minus: "grossRevenue" } }),
      /The measure figure is a count, but grossRevenue, which it is made of, is a currency/,
    ],
    [
      "a text divided",
      withMeasures({
        figure: { ...made, sensitivity: "personal", kind: "ratio", of: "latestCountry", by: "units" },
      }),
      /The measure figure computes with latestCountry, which is a text/,
    ],
    [
      "a median of medians",
      withMeasures({ figure: { ...made, kind: "medianOverCustomers", of: "medianRecencyDays" } }),
      /The measure figure wants a value of medianRecencyDays for each customer/,
    ],
    [
      "customers by a share",
      withMeasures({ figure: { ...made, kind: "customersWith", measure: "revenueShare", gte: 1 } }),
      /The measure figure wants a value of revenueShare for each customer/,
    ],
    [
      "a personal figure shown as a commercial one",
      withMeasures({ figure: { ...made, kind: "ratio", of: "trailingNetRevenue", by: "units" } }),
      /The measure figure is commercial, but shows trailingNetRevenue, which is personal/,
    ],
    [
      "a sum for whoever may not see figures",
      withMeasures({ figure: { ...figure, sensitivity: "personal" } }),
      /The measure figure is a figure of the business, and does not need commercial/,
    ],
    [
      "a figure made of sums for whoever may not see figures",
      withMeasures({ figure: { ...made, sensitivity: "personal", kind: "ratio", of: "units", by: "orders" } }),
      /The measure figure shows units, which needs commercial, and does not need it itself/,
    ],
  ])("%s is found", (_, proof, message) => expect(proof).toThrow(message));
});

/** CLASSIC, its first segment changed. */
function scheme(change: Partial<(typeof segmentSchemes.CLASSIC.rules)[number]>) {
  const [first, ...rest] = segmentSchemes.CLASSIC.rules;
  if (!first) throw new Error("CLASSIC has no rules.");
  return { ...segmentSchemes.CLASSIC, rules: [{ ...first, ...change }, ...rest] };
}
