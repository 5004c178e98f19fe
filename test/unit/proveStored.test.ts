// The proofs of what is stored, joined and published: dimensions, joins, rollups, views and schemes, each broken on purpose.
import { describe, expect, it } from "vitest";
import { column } from "../../src/model/column.ts";
import { type Declarations, declarations } from "../../src/model/declarations.ts";
import type { Dimension } from "../../src/model/dimensions.ts";
import type { Join } from "../../src/model/joins.ts";
import type { Measure } from "../../src/model/measures.ts";
import {
  type CellRollup,
  customerCellRollup,
  type RowRollup,
  salesCellRollup,
  salesOrderRollup,
} from "../../src/model/rollups.ts";
import { segmentSchemes } from "../../src/model/segmentSchemes.ts";
import type { View } from "../../src/model/views.ts";
import { CustomerCell } from "../../src/warehouse/entities/CustomerCell.ts";
import { DimProduct } from "../../src/warehouse/entities/DimProduct.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { RevenueByMonth } from "../../src/warehouse/entities/RevenueByMonth.ts";
import { SalesCell } from "../../src/warehouse/entities/SalesCell.ts";
import { SalesOrder } from "../../src/warehouse/entities/SalesOrder.ts";
import { Snapshot } from "../../src/warehouse/entities/Snapshot.ts";
import { broken, figure, sort, withDimensions, without } from "./brokenModel.ts";

describe("a dimension has one value for each line", () => {
  const toProduct = declarations.joins.find((join) => join.to === DimProduct) as Join;
  const others = declarations.joins.filter((join) => join !== toProduct);
  it.each([
    [
      "a table without a join",
      broken({ joins: others }),
      /The dimension category lies in DimProduct, to which no many-to-one join leads: figures would fan out/,
    ],
    [
      "a new dimension without a join",
      withDimensions({ asOf: { ...sort, column: column(Snapshot, "asOf") } }),
      /The dimension asOf lies in Snapshot, to which no many-to-one join leads/,
    ],
    [
      "a join to many",
      broken({ joins: [...others, { ...toProduct, cardinality: "one-to-many" } as unknown as Join] }),
      /The join to DimProduct is one-to-many: one line would become several/,
    ],
    [
      "a join twice",
      broken({ joins: [...declarations.joins, { ...toProduct }] }),
      /The join to DimProduct is declared twice/,
    ],
    [
      "a join from elsewhere",
      broken({ joins: [...others, { ...toProduct, from: column(Snapshot, "snapshotId") }] }),
      /The join to DimProduct does not lead from a column of the lines/,
    ],
    [
      "a join to a key of elsewhere",
      broken({ joins: [...others, { ...toProduct, key: column(FactSale, "product") }] }),
      /The join to DimProduct does not lead from a column of the lines to a key of DimProduct/,
    ],
    [
      "a calendar unit twice",
      withDimensions({ fortnight: { ...sort, kind: "time", grain: "week" } }),
      /The dimensions week and fortnight are both the calendar unit week/,
    ],
    [
      "a calendar unit that is missing",
      broken({ dimensions: without(declarations.dimensions, "quarter") }),
      /No dimension is the calendar unit quarter/,
    ],
    [
      "a calendar unit under another name",
      broken({
        dimensions: { ...without(declarations.dimensions, "year"), annual: declarations.dimensions.year as Dimension },
      }),
      /The dimension annual is the calendar unit year and must be called so/,
    ],
    [
      "a scheme without a dimension",
      broken({ dimensions: without(declarations.dimensions, "segmentDetailed") }),
      /No dimension is the segments of the scheme DETAILED/,
    ],
    [
      "a second customer",
      withDimensions({ buyer: { ...sort, kind: "customer" } }),
      /The dimensions customer and buyer are both the kind customer/,
    ],
  ])("%s is found", (_, proof, message) => expect(proof).toThrow(message));
});

describe("a rollup holds what stays exact", () => {
  const rows = (change: Partial<RowRollup>) => broken({ rollups: [{ ...salesOrderRollup, ...change }] });
  const cells = (change: Partial<CellRollup>) => broken({ rollups: [{ ...salesCellRollup, ...change }] });
  const lines = column(SalesOrder, "lines");
  const cell = column(SalesCell, "lines");

  it.each([
    [
      "a table of another rollup",
      broken({ rollups: [salesOrderRollup, { ...salesOrderRollup, name: "again" }] }),
      /The rollup sales_order stands in SalesOrder, as does another one/,
    ],
    [
      "a dimension that does not exist",
      rows({ dimensions: { nothing: lines } as RowRollup["dimensions"], measures: {} }),
      /The rollup sales_order keeps the dimension nothing apart, which does not exist/,
    ],
    [
      "a set that does not exist",
      cells({ sets: { nothing: cell } as CellRollup["sets"], measures: {} }),
      /The rollup sales_cell keeps the dimension nothing apart/,
    ],
    [
      "a dimension as value and as set",
      cells({ dimensions: { country: cell }, measures: {} }),
      /The rollup sales_cell holds both single values and sets of country/,
    ],
    [
      "a measure that does not exist",
      rows({ measures: { figure: lines } as RowRollup["measures"] }),
      /The rollup sales_order stores the measure figure, which does not exist/,
    ],
    [
      "a column of another table",
      rows({ measures: { lines: cell } }),
      /The rollup sales_order names SalesCell\.lines, which is no column of SalesOrder/,
    ],
    [
      "a day of another table",
      rows({ day: column(FactSale, "orderedAt") }),
      /The rollup sales_order names FactSale\.orderedAt/,
    ],
    [
      "a column for two measures",
      rows({ measures: { lines, saleLines: lines } }),
      /The rollup sales_order holds two things in SalesOrder\.lines/,
    ],
    [
      "a measure in the column of a dimension",
      rows({ dimensions: { country: lines }, measures: { lines } }),
      /The rollup sales_order holds two things in SalesOrder\.lines/,
    ],
    [
      "a column that no member speaks of",
      rows({ lineColumns: { nothing: lines }, measures: {} }),
      /The rollup sales_order keeps the lines' column nothing apart, of which no member speaks/,
    ],
    [
      "a distinct count in rows",
      rows({ measures: { orders: lines } }),
      /The rollup sales_order stores the measure orders, which is not exact when rows are put together \(countDistinct\)/,
    ],
    [
      "a figure over customers in rows",
      rows({ measures: { repeatCustomers: lines } }),
      /The rollup sales_order stores the measure repeatCustomers/,
    ],
    [
      "a look back",
      rows({ measures: { trailingGrossRevenue: lines } }),
      /The rollup sales_order stores the measure trailingGrossRevenue/,
    ],
    [
      "a ratio",
      cells({ measures: { averageOrderValue: cell } }),
      /The rollup sales_cell stores the measure averageOrderValue, .* \(ratio\)/,
    ],
    ["a difference", cells({ measures: { netRevenue: cell } }), /The rollup sales_cell stores the measure netRevenue/],
    [
      "a median",
      cells({ measures: { medianRecencyDays: cell } }),
      /The rollup sales_cell stores the measure medianRecencyDays/,
    ],
    ["a set of texts", cells({ measures: { countries: cell } }), /The rollup sales_cell stores the measure countries/],
  ])("%s is found", (_, proof, message) => expect(proof).toThrow(message));

  it("a count of customers in rows of single customers is found", () => {
    const customerCell = column(CustomerCell, "lines");
    for (const name of ["customers", "repeatCustomers"] as const)
      expect(broken({ rollups: [{ ...customerCellRollup, measures: { [name]: customerCell } }] })).toThrow(
        `The rollup customer_cell stores the measure ${name}, which is not exact`,
      );
    expect(broken({ rollups: [{ ...customerCellRollup, measures: { orders: customerCell } }] })).not.toThrow();
  });

  it("a count of customers and guests by one key is found", () => {
    const { customers } = declarations.measures;
    const anyone = { ...customers, where: [] } as Measure;
    expect(broken({ measures: { ...declarations.measures, customers: anyone } })).toThrow(
      /The rollup sales_cell stores the measure customers, which is not exact/,
    );
  });

  it("a distinct count of anything but orders and customers is found", () => {
    const testProducts = {
      ...figure,
      label: "Test products",
      kind: "countDistinct",
      column: column(FactSale, "product"),
    };
    const model = {
      measures: { ...declarations.measures, testProducts } as Declarations["measures"],
      rollups: [{ ...salesCellRollup, measures: { testProducts: cell } as CellRollup["measures"] }],
    };
    expect(broken(model)).toThrow(/The rollup sales_cell stores the measure testProducts/);
    const measures = {
      ...declarations.measures,
      testProducts: { ...testProducts, column: column(FactSale, "invoice") },
    };
    expect(broken({ ...model, measures: measures as Declarations["measures"] })).not.toThrow();
  });
});

describe("a view publishes what exists", () => {
  it.each([
    [
      "a measure that does not exist",
      { measures: ["figure"] },
      /The view RevenueByMonth names the measure figure, which does not exist/,
    ],
    [
      "a dimension that does not exist",
      { dimensions: ["nothing"] },
      /The view RevenueByMonth names the dimension nothing, which does not exist/,
    ],
    [
      "a dimension as a measure",
      { measures: ["country"] },
      /The view RevenueByMonth names the measure country, which does not exist/,
    ],
    ["a member twice", { measures: ["orders", "orders"] }, /The view RevenueByMonth names orders twice/],
    [
      "a column of a member that it has not",
      { columns: { orders: "n" } },
      /The view RevenueByMonth names a column for orders, which it does not publish/,
    ],
    [
      "a personal measure by months",
      { measures: ["recencyDays"] },
      /The view RevenueByMonth publishes recencyDays, a figure of single customers, without the customer/,
    ],
  ])("%s is found", (_, change, message) =>
    expect(broken({ views: [{ ...view(), ...(change as Partial<View>) }] })).toThrow(message),
  );
  it("twice is found", () =>
    expect(broken({ views: [view(), view()] })).toThrow(/The view RevenueByMonth is declared twice/));
});

describe("a scheme", () => {
  it("that leaves a cell without a name is found", () =>
    expect(
      broken({ schemes: [{ ...segmentSchemes.CLASSIC, rules: segmentSchemes.CLASSIC.rules.slice(0, -1) }] }),
    ).toThrow(/Segment scheme CLASSIC has no rule for the cell R/));
});

function view(): View {
  return {
    entity: RevenueByMonth,
    description: "By month.",
    dimensions: ["month"],
    measures: ["units"],
    identifiedOnly: false,
  };
}
