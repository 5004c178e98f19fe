// What can be asked of the warehouse: one closed union of plain data. Names are the model's; nothing here knows SQL or GraphQL.
import type { DimensionName } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import type { SchemeName } from "../model/segmentSchemes.ts";
import type { LineColumn } from "./answer.ts";

/** A condition on a dimension: a value, one of a list, or a half-open range. Parts are anded. */
export type ValueCondition = Readonly<{ eq?: string; in?: readonly string[]; gte?: string; lt?: string }>;

/** Which lines count. Conditions on different dimensions are anded. */
export type Where = Readonly<Partial<Record<DimensionName, ValueCondition>>>;

/** A condition on a computed measure, after aggregation. Decimals and dates as text, counts as text too. */
export type Having = Readonly<{
  measure: MeasureName;
  eq?: string;
  gte?: string;
  lt?: string;
  /** The question's own, which its asker did not name: it is not judged as a member that the scope may use. */
  unasked?: true;
}>;

export type Member = MeasureName | DimensionName;
export type Order = Readonly<{ member: Member; direction: "ASC" | "DESC" }>;

/** A page of rows after a cursor that an earlier answer to the same question gave. */
export type Page = Readonly<{ first: number; after?: string | undefined }>;

/** How much earlier: by periods of the finest calendar unit that is asked for, and by years. */
export type Shift = Readonly<{ periods: number; years: number }>;

/** Figures by dimensions: facts are filtered, then aggregated. */
export type MetricsRequest = Readonly<{
  kind: "metrics";
  measures: readonly MeasureName[];
  dimensions: readonly DimensionName[];
  /** Its rows are single customers, for whoever may see those: the month in which each came is then part of who they are. */
  ofCustomers?: true | undefined;
  where?: Where | undefined;
  having?: readonly Having[] | undefined;
  /** Ties, and rows without an order, go by the dimensions that tell them apart, ascending. */
  orderBy?: readonly Order[] | undefined;
  /** Without a page every row comes back. */
  page?: Page | undefined;
  /** Whether the number of rows without paging is wanted. */
  count?: boolean | undefined;
  /** Every period of the finest calendar unit in the asked range has its rows, also where no line is. */
  spine?: boolean | undefined;
  /** Beside each row, the measures of the same row so much earlier; what was filtered by time is looked for so much earlier too. */
  earlier?: readonly Shift[] | undefined;
  /** Measures over everything asked, in one row: neither `having` nor the page narrows it. */
  totals?: readonly MeasureName[] | undefined;
  /** False where only totals or the count are wanted. */
  rows?: boolean | undefined;
}>;

/** What is known of single customers beside measures: the whole population's scores and segments, and the name. */
export type CustomerAttributesRequest = Readonly<{ kind: "customerAttributes"; ids: readonly string[] }>;

/**
 * What is expected of single customers, of whom the scope sees every line; in the order that they are asked for. Of any other customer there is
 * nothing.
 */
export type OutlooksRequest = Readonly<{ kind: "outlooks"; ids: readonly string[] }>;

/** Customers at risk, most to lose first, of whom the scope sees every line. Conditions pick customers by their whole figures. */
export type ChurnRiskRequest = Readonly<{
  kind: "churnRisk";
  where?: Where | undefined;
  having?: readonly Having[] | undefined;
  page: Page;
  count?: boolean | undefined;
}>;

/** What all customers at risk come to, of whom the scope sees every line. */
export type RevenueAtRiskRequest = Readonly<{ kind: "revenueAtRisk" }>;

/** How good the models of the snapshot are. */
export type ModelCardRequest = Readonly<{ kind: "modelCard" }>;

type LinesPage = Readonly<{
  where?: Where | undefined;
  page: Page;
  count?: boolean | undefined;
  /** Which lines of the page a cursor is wanted of: the first and the last one, or none; every one where it is left out. */
  cursors?: "ends" | "none" | undefined;
}>;

/** Single lines in a fixed order: by customer, then time. */
export type LinesRequest = LinesPage &
  Readonly<{
    kind: "lines";
    /** What is wanted of each line; all where it is left out. */
    columns?: readonly LineColumn[] | undefined;
  }>;

/** The same lines in the same order, as one list for each column. */
export type LineColumnsRequest = LinesPage & Readonly<{ kind: "lineColumns"; columns: readonly LineColumn[] }>;

/** The latest lines of several customers, each customer's own page. */
export type CustomerLinesRequest = Readonly<{
  kind: "customerLines";
  ids: readonly string[];
  page: Page;
  count?: boolean | undefined;
}>;

/** What products are called, and their category: facts of the whole population. */
export type ProductAttributesRequest = Readonly<{ kind: "productAttributes"; products: readonly string[] }>;

/** What is bought with each of some products: facts of the whole population, for whoever sees all of it. */
export type ProductPairsRequest = Readonly<{
  kind: "productPairs";
  products: readonly string[];
  /** How many for each product. */
  first: number;
}>;

/** Who went from which segment to which between two snapshots; each is named by a text, as it was given. */
export type SegmentMovementsRequest = Readonly<{
  kind: "segmentMovements";
  scheme: SchemeName;
  from?: string | undefined;
  to?: string | undefined;
}>;

export type Request =
  | MetricsRequest
  | CustomerAttributesRequest
  | LinesRequest
  | LineColumnsRequest
  | CustomerLinesRequest
  | OutlooksRequest
  | ChurnRiskRequest
  | RevenueAtRiskRequest
  | ModelCardRequest
  | ProductAttributesRequest
  | ProductPairsRequest
  | SegmentMovementsRequest;
