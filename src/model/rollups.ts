// Stored aggregates: which dimensions their rows keep apart and in which columns they hold which measures.
// The planner answers from a rollup where that is exact, else from the lines.
import { SalesOrder } from "../warehouse/entities/SalesOrder.ts";
import { type ColumnRef, column } from "./column.ts";
import type { DimensionName } from "./dimensions.ts";
import type { MeasureName } from "./measures.ts";

export type Rollup = Readonly<{
  name: string;
  entity: ColumnRef["entity"];
  /** Where each dimension that the rows keep apart is stored. */
  dimensions: Readonly<Partial<Record<DimensionName, ColumnRef>>>;
  /** Columns of the lines that the rows keep apart, by their property in `FactSale`: distinct counts over these stay exact. */
  lineColumns: Readonly<Record<string, ColumnRef>>;
  /** Stored aggregates: a sum, count, min or max of the lines of one row. */
  measures: Readonly<Partial<Record<MeasureName, ColumnRef>>>;
}>;

/** One row per invoice, customer, country and day. */
export const salesOrderRollup: Rollup = Object.freeze({
  name: "sales_order",
  entity: SalesOrder,
  dimensions: {
    day: column(SalesOrder, "orderedOn"),
    month: column(SalesOrder, "orderedOn"),
    country: column(SalesOrder, "country"),
    customer: column(SalesOrder, "customerKey"),
    customerType: column(SalesOrder, "guest"),
    segment: column(SalesOrder, "segment"),
    segmentExecutive: column(SalesOrder, "segmentExecutive"),
    segmentDetailed: column(SalesOrder, "segmentDetailed"),
  },
  lineColumns: {
    customerKey: column(SalesOrder, "customerKey"),
    guest: column(SalesOrder, "guest"),
    invoice: column(SalesOrder, "invoice"),
    country: column(SalesOrder, "country"),
  },
  measures: {
    lines: column(SalesOrder, "lines"),
    saleLines: column(SalesOrder, "saleLines"),
    units: column(SalesOrder, "units"),
    grossRevenue: column(SalesOrder, "grossRevenue"),
    returnsValue: column(SalesOrder, "returnsValue"),
    productReturnsValue: column(SalesOrder, "productReturnsValue"),
    firstPurchaseAt: column(SalesOrder, "firstSaleAt"),
    lastPurchaseAt: column(SalesOrder, "lastSaleAt"),
  },
});

/** Smallest first. */
export const rollups: readonly Rollup[] = Object.freeze([salesOrderRollup]);
