// Every dimension, declared once: what figures can be cut and filtered by, and where its value is stored.
import { DimProduct } from "../warehouse/entities/DimProduct.ts";
import { FactSale } from "../warehouse/entities/FactSale.ts";
import { RfmSegment } from "../warehouse/entities/RfmSegment.ts";
import { type ColumnRef, column } from "./column.ts";
import type { SchemeName } from "./segmentSchemes.ts";

type Described = Readonly<{
  label: string;
  description: string;
  /** What may be asked of it in a filter: any of a list of values, or a range. */
  filter: "values" | "range";
}>;

export type Dimension = Described &
  Readonly<
    | { kind: "column"; column: ColumnRef }
    /** The calendar unit of the line's time. */
    | { kind: "time"; grain: "day" | "month" }
    /** The segment of the line's customer in a scheme; GUEST for a line without one. */
    | { kind: "segment"; scheme: SchemeName; column: ColumnRef }
    /** IDENTIFIED or GUEST. */
    | { kind: "customerType" }
    /** The id of an identified customer; guests have none. */
    | { kind: "customer" }
    /** The month of the customer's first order among the lines of the scope, whatever is filtered. */
    | { kind: "cohortMonth" }
  >;

export const dimensions = Object.freeze({
  day: {
    label: "Day",
    description: "Day of the line, in the store's local time.",
    filter: "range",
    kind: "time",
    grain: "day",
  },
  month: {
    label: "Month",
    description: "Calendar month of the line, in the store's local time.",
    filter: "range",
    kind: "time",
    grain: "month",
  },
  country: {
    label: "Country",
    description: "Country of the line as the file gives it.",
    filter: "values",
    kind: "column",
    column: column(FactSale, "country"),
  },
  segment: {
    label: "Segment",
    description: "The customer's segment in the CLASSIC scheme; GUEST where the line has no customer.",
    filter: "values",
    kind: "segment",
    scheme: "CLASSIC",
    column: column(RfmSegment, "classic"),
  },
  segmentExecutive: {
    label: "Segment (executive)",
    description: "The customer's segment in the EXECUTIVE scheme; GUEST where the line has no customer.",
    filter: "values",
    kind: "segment",
    scheme: "EXECUTIVE",
    column: column(RfmSegment, "executive"),
  },
  segmentDetailed: {
    label: "Segment (detailed)",
    description: "The customer's segment in the DETAILED scheme; GUEST where the line has no customer.",
    filter: "values",
    kind: "segment",
    scheme: "DETAILED",
    column: column(RfmSegment, "detailed"),
  },
  customer: {
    label: "Customer",
    description: "The customer's id. Guest lines have none.",
    filter: "values",
    kind: "customer",
  },
  product: {
    label: "Product",
    description: "Product code (stock code) of the line.",
    filter: "values",
    kind: "column",
    column: column(FactSale, "product"),
  },
  category: {
    label: "Category",
    description: "Category of the product, where the file names one.",
    filter: "values",
    kind: "column",
    column: column(DimProduct, "category"),
  },
  lineType: {
    label: "Line type",
    description: "What was sold: goods (PRODUCT), or postage, fees, discounts and the like.",
    filter: "values",
    kind: "column",
    column: column(FactSale, "lineType"),
  },
  customerType: {
    label: "Customer type",
    description: "IDENTIFIED where the line names a customer, GUEST where it does not.",
    filter: "values",
    kind: "customerType",
  },
  cohortMonth: {
    label: "Cohort",
    description: "Month of the customer's first order among the lines that the viewer may see.",
    filter: "range",
    kind: "cohortMonth",
  },
} as const satisfies Record<string, Dimension>);

export type DimensionName = keyof typeof dimensions;
export const dimensionNames = Object.freeze(Object.keys(dimensions)) as readonly DimensionName[];

export function isDimension(name: string): name is DimensionName {
  return Object.hasOwn(dimensions, name);
}

export function dimensionOf(name: DimensionName): Dimension {
  return dimensions[name];
}

/** The dimension that holds the segments of a scheme. */
export const segmentDimensions: Readonly<Record<SchemeName, DimensionName>> = Object.freeze({
  CLASSIC: "segment",
  EXECUTIVE: "segmentExecutive",
  DETAILED: "segmentDetailed",
});

/** Dimensions that have one value for each customer: beside `customer` they split nothing. */
const onePerCustomer: readonly DimensionName[] = ["customerType", "cohortMonth", ...Object.values(segmentDimensions)];

/** The dimensions that tell the rows of a question apart: without those that another one decides. */
export function decidingDimensions(names: readonly DimensionName[]): DimensionName[] {
  return names.includes("customer") ? names.filter((name) => !onePerCustomer.includes(name)) : [...names];
}
