// Turns the columns of a metrics answer into values: exact decimals stay text, counts become numbers, ratios are divided here, once,
// from the sums that came back.
import { type IsoDate, monthOf } from "../kernel/calendar.ts";
import { type Decimal, divideDecimals, fractionOf, subtractDecimals, toDecimal } from "../kernel/decimal.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { periodOf } from "../kernel/period.ts";
import { type DimensionName, dimensionOf } from "../model/dimensions.ts";
import { type MeasureName, measureOf } from "../model/measures.ts";
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { MetricRow, Value } from "./answer.ts";

/** Ratios of money are rounded half-even to this many places. */
const moneyPlaces = 4;

export function decodeMetricRow(
  row: StoredRow,
  dimensions: readonly DimensionName[],
  measures: readonly MeasureName[],
  prefix = "",
): MetricRow {
  const at: ColumnAt = (column) => row[prefix + column];
  const decoded: Record<string, Value> = {};
  for (const name of dimensions) decoded[name] = decodeDimension(name, at(name));
  for (const name of measures) decoded[name] = decodeMeasure(name, at);
  return decoded;
}

/** A stored value by the name of its column in the answer. */
type ColumnAt = (column: string) => unknown;

function decodeDimension(name: DimensionName, stored: unknown): Value {
  if (stored === null || stored === undefined) return null;
  const text = String(stored);
  const dimension = dimensionOf(name);
  switch (dimension.kind) {
    case "time": {
      const period = periodOf(dimension.grain, text as IsoDate);
      return dimension.grain === "year" ? Number(period) : period;
    }
    case "cohortMonth":
      return monthOf(text as IsoDate);
    case "clock":
      return Number(text);
    default:
      return text;
  }
}

/** The row so much earlier that stands beside a row, in columns with a prefix; null where there is none. */
export function decodeEarlierRow(
  row: StoredRow,
  prefix: string,
  dimensions: readonly DimensionName[],
  measures: readonly MeasureName[],
): MetricRow | null {
  return row[`${prefix}there`] === true ? decodeMetricRow(row, dimensions, measures, prefix) : null;
}

/** PostgreSQL's `YYYY-MM-DD HH:MM:SS` as `YYYY-MM-DDTHH:MM:SS`. */
export const decodeTime = (stored: unknown) => String(stored).replace(" ", "T");

function decodeMeasure(name: MeasureName, at: ColumnAt): Value {
  const measure = measureOf(name);
  switch (measure.kind) {
    case "ratio": {
      const of = amountOf(measure.of as MeasureName, at);
      const by = amountOf(measure.by as MeasureName, at);
      if (of === null || by === null) return null;
      return measure.format === "currency" ? divideDecimals(of, by, moneyPlaces) : fractionOf(of, by);
    }
    case "shareOfTotal": {
      const of = amountOf(measure.of as MeasureName, at);
      return of === null ? null : fractionOf(of, toDecimal(String(at(`total ${measure.of}`) ?? "0")));
    }
    case "difference":
      return amountOf(name, at);
    default: {
      const stored = at(name);
      if (stored === null || stored === undefined) return null;
      if (measure.kind === "set") return stored as readonly string[];
      if (measure.format === "currency") return toDecimal(String(stored));
      if (measure.format === "date") return decodeTime(stored);
      if (measure.format === "text") return String(stored);
      if (measure.format === "count") return countOf(name, stored);
      return Number(stored);
    }
  }
}

const largestCount = 2_147_483_647;

/** Counts are GraphQL's `Int`, 32 bits: a larger one is refused by name, never wrapped or rounded. */
function countOf(name: MeasureName, stored: unknown): number {
  const count = Number(stored);
  if (Math.abs(count) <= largestCount) return count;
  throw new Consumer360Error(
    "BAD_USER_INPUT",
    `\`${name}\` is ${stored}, which is more than a count can be (${largestCount}).`,
    {
      remedy: "Ask for less at once: a shorter range, or one country at a time.",
    },
  );
}

/** The exact value of a sum, a count or a difference of them; null where there can be none, as outside of the data. */
function amountOf(name: MeasureName, at: ColumnAt): Decimal | null {
  const measure = measureOf(name);
  if (measure.kind === "difference") {
    const of = amountOf(measure.of as MeasureName, at);
    const minus = amountOf(measure.minus as MeasureName, at);
    return of === null || minus === null ? null : subtractDecimals(of, minus);
  }
  const stored = at(name);
  return stored === null || stored === undefined ? null : toDecimal(String(stored));
}
