// Stored aggregates: which dimensions their rows keep apart and in which columns they hold which measures. The load fills them from
// these declarations, and the planner answers from the smallest one that is exact, else from the lines.
//
// Distinct counts are not additive: a customer who buys in two countries counts once in both together. Cells make them additive. A cell
// stands for a set of values in each dimension and holds, of a count g, Σ over the subsets U of its set of (−1)^(|set|−|U|) · g(U); then
// g of any selection is the plain sum over the cells within it (Möbius inversion). A cell's value depends on the lines of its own set
// alone, so who may see only France sees only cells of France, and nothing in them tells of what happened elsewhere.
import { CustomerCell } from "../warehouse/entities/CustomerCell.ts";
import { SalesCell } from "../warehouse/entities/SalesCell.ts";
import { SalesOrder } from "../warehouse/entities/SalesOrder.ts";
import { type ColumnRef, column } from "./column.ts";
import type { DimensionName } from "./dimensions.ts";
import type { MeasureName } from "./measures.ts";

type Stored = Readonly<{
  name: string;
  description: string;
  entity: ColumnRef["entity"];
  /** Where the rows hold one value of a dimension. */
  dimensions: Readonly<Partial<Record<DimensionName, ColumnRef>>>;
  /** Columns of the lines that the rows keep apart, by their property in `FactSale`: distinct counts over these stay exact. */
  lineColumns: Readonly<Record<string, ColumnRef>>;
  measures: Readonly<Partial<Record<MeasureName, ColumnRef>>>;
}>;

/** Lines summed to rows. Measures are sums, counts, mins and maxes of the lines of one row. */
export type RowRollup = Stored & Readonly<{ kind: "rows"; day: ColumnRef }>;

export const cellGrains = ["ever", "year", "quarter", "month"] as const;
export type CellGrain = (typeof cellGrains)[number];

/** What stands for the period of the grain `ever`. */
export const everPeriod = "0001-01-01";

/** Rows by periods of several grains and by sets of values. Measures may be distinct counts. */
export type CellRollup = Stored &
  Readonly<{
    kind: "cells";
    grain: ColumnRef;
    period: ColumnRef;
    /** Where the rows hold a set of values of a dimension. */
    sets: Readonly<Partial<Record<DimensionName, ColumnRef>>>;
  }>;

export type Rollup = RowRollup | CellRollup;

/** One row per invoice, customer, country and day. */
export const salesOrderRollup: RowRollup = Object.freeze({
  kind: "rows",
  name: "sales_order",
  description: "Lines summed by invoice, customer, country and day.",
  entity: SalesOrder,
  day: column(SalesOrder, "orderedOn"),
  dimensions: {
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

/** Each customer in each period; guests together. */
export const customerCellRollup: CellRollup = Object.freeze({
  kind: "cells",
  name: "customer_cell",
  description: "Each customer by period and by sets of countries; guests together.",
  entity: CustomerCell,
  grain: column(CustomerCell, "grain"),
  period: column(CustomerCell, "period"),
  dimensions: {
    customer: column(CustomerCell, "customerKey"),
    customerType: column(CustomerCell, "guest"),
    segment: column(CustomerCell, "segment"),
    segmentExecutive: column(CustomerCell, "segmentExecutive"),
    segmentDetailed: column(CustomerCell, "segmentDetailed"),
  },
  lineColumns: { customerKey: column(CustomerCell, "customerKey"), guest: column(CustomerCell, "guest") },
  sets: { country: column(CustomerCell, "countries") },
  measures: {
    lines: column(CustomerCell, "lines"),
    saleLines: column(CustomerCell, "saleLines"),
    units: column(CustomerCell, "units"),
    grossRevenue: column(CustomerCell, "grossRevenue"),
    returnsValue: column(CustomerCell, "returnsValue"),
    productReturnsValue: column(CustomerCell, "productReturnsValue"),
    firstPurchaseAt: column(CustomerCell, "firstSaleAt"),
    lastPurchaseAt: column(CustomerCell, "lastSaleAt"),
    orders: column(CustomerCell, "orders"),
  },
});

/** The whole business in each period. */
export const salesCellRollup: CellRollup = Object.freeze({
  kind: "cells",
  name: "sales_cell",
  description: "The business by period and by sets of countries, segments and customer types.",
  entity: SalesCell,
  grain: column(SalesCell, "grain"),
  period: column(SalesCell, "period"),
  dimensions: {},
  lineColumns: {},
  sets: {
    country: column(SalesCell, "countries"),
    segment: column(SalesCell, "segments"),
    segmentExecutive: column(SalesCell, "segmentsExecutive"),
    segmentDetailed: column(SalesCell, "segmentsDetailed"),
    customerType: column(SalesCell, "customerTypes"),
  },
  measures: {
    lines: column(SalesCell, "lines"),
    saleLines: column(SalesCell, "saleLines"),
    units: column(SalesCell, "units"),
    grossRevenue: column(SalesCell, "grossRevenue"),
    returnsValue: column(SalesCell, "returnsValue"),
    productReturnsValue: column(SalesCell, "productReturnsValue"),
    orders: column(SalesCell, "orders"),
    customers: column(SalesCell, "customers"),
    newCustomers: column(SalesCell, "newCustomers"),
    repeatCustomers: column(SalesCell, "repeatCustomers"),
  },
});

/** Smallest first. */
export const rollups: readonly Rollup[] = Object.freeze([salesCellRollup, customerCellRollup, salesOrderRollup]);

/**
 * n places have 2ⁿ − 1 sets. An owner of counts (a customer, an invoice) that is in more places than this (countries, or countries,
 * segments and customer types) makes too many: cells are not stored for a snapshot that holds one, and the planner goes on to the next
 * rollup.
 */
export const mostPlaces = 10;

/**
 * The most work for the sets of a snapshot's customers, or of its invoices: beyond it cells are not stored either. One unit is a row that
 * is counted or taken back. Over the owners in several places, an owner in p places in a period costs rows × 2ᵖ⁻¹ + 3ᵖ.
 */
export const mostSetWork = 4_000_000;
