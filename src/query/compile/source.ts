// What a question can be answered from: the lines themselves, or a stored aggregate of them. A source says how it is read for a question
// so that the answer is exact, or why it cannot be; the planner takes the smallest source that can.
import type { TimeGrain } from "../../kernel/period.ts";
import type { ColumnRef } from "../../model/column.ts";
import type { ClockPart, DimensionName } from "../../model/dimensions.ts";
import type { MeasureName } from "../../model/measures.ts";
import type { Where } from "../request.ts";
import type { Moment } from "./moment.ts";

/** What a question needs of its rows. */
export type Shape = Readonly<{
  /** Aggregates over rows, and figures over customers that a source may hold ready. */
  measures: readonly MeasureName[];
  grouped: readonly DimensionName[];
  /** Which conditions there are, without their values: for each an empty one, for each list none, one or two. */
  where: Where;
}>;

export type Source = Readonly<{
  name: string;
  read(shape: Shape): Reading | Misfit;
}>;

/** Why a source cannot answer exactly: for operators. */
export type Misfit = Readonly<{ why: string }>;

/** How the rows of a source stand for the lines that a question is about. Texts are SQL over the rows' alias. */
export type Reading = Readonly<{
  source: string;
  table: string;
  alias: string;
  /** Conditions that pick the rows of a moment. */
  rows(moment: Moment): readonly string[];
  /** Boolean: the row belongs to no customer. */
  guest: string;
  customerKey: string;
  /** A column of the lines, where the rows keep it apart; null where they do not. */
  line(column: ColumnRef): string | null;
  /** Where the rows hold one value of a dimension; null where it is joined or computed. */
  value(name: DimensionName): string | null;
  /** Where the rows hold a set of values of a dimension, as an array; they count where the whole set is kept. */
  set(name: DimensionName): string | null;
  /** The first day of the row's calendar unit; of the row's day, where its rows keep days apart. */
  period(grain: TimeGrain): string;
  /** A day within the row's period, for ranges. */
  day: string;
  clock(part: ClockPart): string;
  /** Whether a measure stands in the rows ready to be summed, although it is no sum of lines: first orders and customers are counted in it. */
  holds(name: MeasureName): boolean;
  /** A measure over the rows of a group, with further tests on the row. */
  measure(name: MeasureName, moment: Moment, alsoWhere: readonly string[]): string;
}>;

export function isMisfit(found: Reading | Misfit): found is Misfit {
  return "why" in found;
}

/** The first day of a calendar unit of a day. */
export function truncated(grain: TimeGrain, day: string): string {
  return grain === "day" ? day : `date_trunc('${grain}', (${day})::timestamp)::date`;
}
