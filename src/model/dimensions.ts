// Every dimension, declared once: what figures can be cut and filtered by, and where its value is stored.
import { type TimeGrain, timeGrains } from "../kernel/period.ts";
import { DimProduct } from "../warehouse/entities/DimProduct.ts";
import { FactSale } from "../warehouse/entities/FactSale.ts";
import { RfmSegment } from "../warehouse/entities/RfmSegment.ts";
import { type ColumnRef, column } from "./column.ts";
import type { Described } from "./described.ts";
import { lineTypes } from "./lineKinds.ts";
import type { SchemeName } from "./segmentSchemes.ts";

type Filtered = Readonly<{
  /** What may be asked of it in a filter: any of a list of values, or a range. */
  filter: "values" | "range";
  /** Its name where it is not that of the declaration. */
  shownAs?: string;
  /** The name of its filter, where that is another. */
  filteredAs?: string;
  /** All values that it can have, where these are known. */
  values?: readonly string[];
}>;

export type ClockPart = "weekday" | "hour";

export type Dimension = Described &
  Filtered &
  Readonly<
    | { kind: "column"; column: ColumnRef }
    /** The calendar unit of the line's time: one period after the other. */
    | { kind: "time"; grain: TimeGrain }
    /** A part of the line's time that comes round again: days of the week, 1 (Monday) to 7, or hours of the day, 0 to 23. */
    | { kind: "clock"; part: ClockPart }
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
    sensitivity: "public",
    description: "Day of the line, in the store's local time: 2011-01-31.",
    filter: "range",
    filteredAs: "date",
    kind: "time",
    grain: "day",
  },
  week: {
    label: "Week",
    sensitivity: "public",
    description: "ISO week of the line, from Monday, in the store's local time: 2011-W05.",
    filter: "range",
    kind: "time",
    grain: "week",
  },
  month: {
    label: "Month",
    sensitivity: "public",
    description: "Calendar month of the line, in the store's local time: 2011-01.",
    filter: "range",
    kind: "time",
    grain: "month",
  },
  quarter: {
    label: "Quarter",
    sensitivity: "public",
    description: "Calendar quarter of the line, in the store's local time: 2011-Q1.",
    filter: "range",
    kind: "time",
    grain: "quarter",
  },
  year: {
    label: "Year",
    sensitivity: "public",
    description: "Calendar year of the line, in the store's local time: 2011.",
    filter: "range",
    kind: "time",
    grain: "year",
  },
  weekday: {
    label: "Weekday",
    sensitivity: "public",
    description: "Day of the week of the line, in the store's local time: 1 is Monday, 7 is Sunday.",
    filter: "range",
    kind: "clock",
    part: "weekday",
  },
  hour: {
    label: "Hour",
    sensitivity: "public",
    description: "Hour of the day of the line, in the store's local time: 0 to 23.",
    filter: "range",
    kind: "clock",
    part: "hour",
  },
  country: {
    label: "Country",
    sensitivity: "commercial",
    description: "Country of the line, as the file gives it. A customer may buy in several.",
    filter: "values",
    kind: "column",
    column: column(FactSale, "country"),
  },
  segment: {
    label: "Segment",
    sensitivity: "public",
    description:
      "The customer's segment in the CLASSIC scheme, over the whole population at asOf; GUEST where the line has no customer, UNSCORED where the customer never bought.",
    filter: "values",
    kind: "segment",
    scheme: "CLASSIC",
    column: column(RfmSegment, "classic"),
  },
  segmentExecutive: {
    label: "Segment (executive)",
    sensitivity: "public",
    description:
      "The customer's segment in the EXECUTIVE scheme, over the whole population at asOf; GUEST where the line has no customer, UNSCORED where the customer never bought.",
    filter: "values",
    kind: "segment",
    scheme: "EXECUTIVE",
    column: column(RfmSegment, "executive"),
  },
  segmentDetailed: {
    label: "Segment (detailed)",
    sensitivity: "public",
    description:
      "The customer's segment in the DETAILED scheme, over the whole population at asOf; GUEST where the line has no customer, UNSCORED where the customer never bought.",
    filter: "values",
    kind: "segment",
    scheme: "DETAILED",
    column: column(RfmSegment, "detailed"),
  },
  customer: {
    label: "Customer",
    sensitivity: "personal",
    description: "The customer's id; empty for guests, all in one row.",
    filter: "values",
    shownAs: "customerId",
    kind: "customer",
  },
  product: {
    label: "Product",
    sensitivity: "commercial",
    description: "Product code (stock code) of the line. Postage and fees have codes too.",
    filter: "values",
    kind: "column",
    column: column(FactSale, "product"),
  },
  category: {
    label: "Category",
    sensitivity: "commercial",
    description: "Category of the product; empty where the file names none.",
    filter: "values",
    kind: "column",
    column: column(DimProduct, "category"),
  },
  lineType: {
    label: "Line type",
    sensitivity: "public",
    description: "What was sold: goods (PRODUCT), or postage, fees, discounts and the like.",
    filter: "values",
    values: lineTypes,
    kind: "column",
    column: column(FactSale, "lineType"),
  },
  customerType: {
    label: "Customer type",
    sensitivity: "public",
    description: "IDENTIFIED where the line names a customer, GUEST where it does not.",
    filter: "values",
    values: ["IDENTIFIED", "GUEST"],
    kind: "customerType",
  },
  cohortMonth: {
    label: "Cohort",
    sensitivity: "commercial",
    description:
      "Month of the customer's first order among the lines that the viewer may see, whatever is filtered: 2011-01. Empty for guests and for customers who never bought.",
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

/** The calendar units, finest first. */
export const timeDimensions: readonly Extract<DimensionName, TimeGrain>[] = timeGrains;

/** The finest calendar unit among some dimensions: what one period of a row is; null where there is none. */
export function finestGrain(names: readonly DimensionName[]): TimeGrain | null {
  return timeGrains.find((grain) => names.includes(grain)) ?? null;
}
