// Cells hold what is declared of them: a new total or count needs no new code, and what they cannot hold is refused by name.
import { describe, expect, test } from "vitest";
import { cellMeasuresOf, totalOverOrders } from "../../etl/derive/cellMeasures.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import { type CellRollup, customerCellRollup, salesCellRollup } from "../../src/model/rollups.ts";

const moment = { snapshot: "1", generation: "1", asOf: "date '2024-01-01'" };
/** A rollup that holds one measure, in some column. */
const holding = (rollup: CellRollup, measure: MeasureName): CellRollup => ({
  ...rollup,
  measures: { [measure]: rollup.measures.lines },
});

describe("what the model declares today", () => {
  test.each([salesCellRollup, customerCellRollup])("$name holds all of it", (rollup) => {
    const { totals, counts } = cellMeasuresOf(rollup);
    expect([...totals, ...counts].map(({ measure }) => measure).sort()).toEqual(Object.keys(rollup.measures).sort());
    for (const { measure } of totals) expect(totalOverOrders(measure, moment)).toContain("o.");
    for (const { figure } of counts) expect(figure(moment)).toContain("o.");
  });
});

test.each<[MeasureName, string, string]>([
  ["identifiedGrossRevenue", "sum", "coalesce(sum(o.gross_revenue) FILTER (WHERE o.guest = false), 0)"],
  ["saleLines", "sum", "coalesce(sum(o.sale_lines), 0)"],
  ["firstPurchaseAt", "min", "min(o.first_sale_at)"],
  ["lastPurchaseAt", "max", "max(o.last_sale_at)"],
])("%s would be a total, put together by %s", (measure, put, text) => {
  const { totals, counts } = cellMeasuresOf(holding(salesCellRollup, measure));
  expect(totals).toMatchObject([{ measure, put, column: "lines" }]);
  expect(counts).toEqual([]);
  expect(totalOverOrders(measure, moment)).toBe(text);
});

test.each<[MeasureName, CellRollup, RegExp]>([
  ["latestCountry", salesCellRollup, /^sales_cell cannot hold latestCountry \(latest\): cells hold sums/],
  ["countries", salesCellRollup, /^sales_cell cannot hold countries \(set\)/],
  ["averageOrderValue", salesCellRollup, /^sales_cell cannot hold averageOrderValue \(ratio\)/],
  ["medianRecencyDays", salesCellRollup, /^sales_cell cannot hold medianRecencyDays \(medianOverCustomers\)/],
  ["customers", customerCellRollup, /^customer_cell cannot hold customers: its rows are single customers/],
])("%s is refused", (measure, rollup, message) => {
  expect(() => cellMeasuresOf(holding(rollup, measure))).toThrow(message);
});
