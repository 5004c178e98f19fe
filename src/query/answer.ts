// What comes back: typed rows, decoded once. Money is an exact decimal text, counts are numbers, times are ISO text.
import type { DimensionName } from "../model/dimensions.ts";
import type { LineKind, LineType } from "../model/lineKinds.ts";
import type { MeasureName } from "../model/measures.ts";
import type { MoveCause } from "../model/segmentMoves.ts";
import type { SchemeName, SegmentKey } from "../model/segmentSchemes.ts";

/** A member's value: text (decimal, date, key, id), number (count, fraction, days), list of texts, or null. */
export type Value = string | number | readonly string[] | null;

/** One row: every member that was asked for, by its name in the model. */
export type MetricRow = Readonly<Partial<Record<MeasureName | DimensionName, Value>>>;

/** Cursors in the order of their rows; each is made once it is looked at, since most never are. */
export type Cursors = Pick<readonly string[], "length" | "at">;

export type AnswerPage = Readonly<{
  /** One per row; none where the request had no page. */
  cursors: Cursors;
  hasNextPage: boolean;
  /** Rows without paging; null where it was not asked for. */
  totalCount: number | null;
}>;

/** Rows of a page with a cursor each. */
export type RowPage<Row> = AnswerPage & Readonly<{ rows: readonly Row[] }>;

export type MetricsAnswer = RowPage<MetricRow> &
  Readonly<{
    /** For each shift that was asked for, the earlier row of each row; null where there is none. */
    earlier: readonly (readonly (MetricRow | null)[])[];
    /** The measures over everything asked; null where none were asked for. */
    totals: MetricRow | null;
    /** Months and segments whose rows are missing because the scope sees no figures of so few customers. Small countries are merged instead. */
    withheld: readonly string[];
  }>;

/** What an answer was computed from: one for each statement. */
export type QueryTrace = Readonly<{
  /** Tables that it reads, joined ones included. */
  sources: readonly string[];
  /** Smaller ones that could not, and why. */
  notUsed: readonly Readonly<{ source: string; why: string }>[];
  sql: string;
}>;

/** Scores and segments of the whole population; the name is null where the scope masks it. */
export type CustomerAttributes = Readonly<{
  id: string;
  name: string | null;
  /** Null for a customer without a SALE line. */
  scores: Readonly<{ recency: number; frequency: number; monetary: number }> | null;
  segments: Readonly<Record<SchemeName, SegmentKey>>;
}>;

/** What is expected of a customer of whom the scope sees every line. What the models do not say is null. */
export type Outlook = Readonly<{
  id: string;
  recencyDays: number;
  /** Days with an order after the first one. */
  repeats: number;
  /** Days between its orders on average; null where there is one day only. */
  usualInterval: number | null;
  daysOverdue: number | null;
  trailingNetRevenue: string;
  noOrder: number | null;
  alive: number | null;
  orders30: number | null;
  orders90: number | null;
  orders365: number | null;
  orderValue: string | null;
  lifetimeValue: string | null;
  revenueAtRisk: string | null;
}>;

/** What the customers at risk come to; `revenueAtRisk` is null where the list goes by recency. */
export type RevenueAtRisk = Readonly<{ customers: number; trailingNetRevenue: string; revenueAtRisk: string | null }>;

export type Line = Readonly<{
  id: string;
  invoice: string;
  /** YYYY-MM-DDTHH:MM:SS */
  orderedAt: string;
  /** YYYY-MM-DD */
  orderDate: string;
  product: string;
  description: string | null;
  category: string | null;
  kind: LineKind;
  lineType: LineType;
  quantity: number;
  unitPrice: string;
  amount: string;
  /** Null for a guest line. */
  customerId: string | null;
  country: string;
  segmentKey: SegmentKey;
}>;

/** A column of lines is named as the line's property is. */
export type LineColumn = keyof Line;

/** What was not asked for is not there. */
export type LinesAnswer = RowPage<Line>;

/** Columns of one length, in the order of the lines. What was not asked for is not there. */
export type LineColumns = { readonly [Name in LineColumn]?: readonly Line[Name][] };

export type LineColumnsAnswer = AnswerPage & Readonly<{ columns: LineColumns; count: number }>;

/** In the order of the ids asked for; a customer without a visible line has an empty page. */
export type CustomerLinesAnswer = readonly LinesAnswer[];

/** Null where the files say nothing. */
export type ProductAttributes = Readonly<{ product: string; description: string | null; category: string | null }>;

/** A product that is bought with another one, by counts of orders of the whole population. */
export type BoughtTogether = Readonly<{
  product: string;
  description: string | null;
  /** With both; with the one that is asked about; with this one; with any product. */
  together: number;
  askedOrders: number;
  orders: number;
  allOrders: number;
}>;

/** Customers who went the same way for the same cause; null: not there at that end, and a cause that is not told. */
export type SegmentMove = Readonly<{
  from: SegmentKey | null;
  to: SegmentKey | null;
  cause: MoveCause | null;
  customers: number;
  grossRevenueBefore: string;
  grossRevenueAfter: string;
  netRevenueBefore: string;
  netRevenueAfter: string;
}>;

export type Movements = Readonly<{
  from: number;
  to: number;
  fromAsOf: string;
  toAsOf: string;
  /** Whether the later snapshot has frozen cut-points. */
  isFrozen: boolean;
  moves: readonly SegmentMove[];
}>;
