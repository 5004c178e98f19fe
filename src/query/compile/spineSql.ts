// Every period of an asked range, beside every combination of the other dimensions that occurs: where rows are missing, a spine has
// their places.
import type { IsoDate } from "../../kernel/calendar.ts";
import { type TimeGrain, timeGrains } from "../../kernel/period.ts";
import type { DimensionName } from "../../model/dimensions.ts";
import type { Parameters } from "./parameters.ts";
import { truncated } from "./source.ts";

export type Spine = Readonly<{
  grain: TimeGrain;
  /** First days of the first and the last period. */
  first: IsoDate;
  last: IsoDate;
  dataFrom: IsoDate;
  dataThrough: IsoDate;
  /** How many combinations of the other dimensions it may have: with more, the statement fails with `tooManyCombinations`. */
  mostCombinations: number;
}>;

/** PostgreSQL's code of a division by zero: nothing else in our statements can divide by it. */
export const tooManyCombinations = "22012";

const steps: Readonly<Record<TimeGrain, string>> = Object.freeze({
  day: "1 day",
  week: "7 days",
  month: "1 month",
  quarter: "3 months",
  year: "1 year",
});

/** Dimensions that a period of a grain decides: coarser calendar units (a week decides none), and a day its weekday. */
export function decidedBy(grain: TimeGrain, name: DimensionName): boolean {
  if (name === grain) return true;
  if (name === "weekday") return grain === "day";
  const units: readonly string[] = grain === "week" ? [] : timeGrains.slice(timeGrains.indexOf(grain) + 1);
  return units.includes(name);
}

/** `figures`: the name of the table expression whose combinations count. */
export function spineSql(
  spine: Spine,
  dimensions: readonly DimensionName[],
  figures: string,
  parameters: Parameters,
): string {
  const { grain } = spine;
  const others = dimensions.filter((name) => !decidedBy(grain, name)).map((name) => `"${name}"`);
  const from = parameters.bind(spine.first, "timestamp");
  const to = parameters.bind(spine.last, "timestamp");
  const columns = [
    ...dimensions.map(
      (name) => `${decidedBy(grain, name) ? ofPeriod(grain, name, "p.period") : `k."${name}"`} AS "${name}"`,
    ),
    `${inData(spine, "p.period", parameters)} AS in_data`,
  ];
  const limit = others.length === 0 ? "" : parameters.bind(spine.mostCombinations + 1, "bigint");
  const distinct = `SELECT DISTINCT ${others.join(", ")} FROM ${figures} LIMIT ${limit}`;
  // Where there is one combination too many, this divides by zero instead of making rows without end.
  const guard = `WHERE 1 / (${limit} - (SELECT count(*) FROM (${distinct}) k)) IS NOT NULL`;
  const combinations = others.length === 0 ? "" : `\nCROSS JOIN (${distinct}) k\n${guard}`;
  return `SELECT ${columns.join(",\n  ")}
FROM (SELECT day::date AS period FROM generate_series(${from}, ${to}, interval '${steps[grain]}') AS day) p${combinations}`;
}

/** The places of earlier rows: those that have figures, and that of every row of the page. `earlier`: the page's period, so much earlier. */
export function earlierSpineSql(
  spine: Spine,
  dimensions: readonly DimensionName[],
  figures: string,
  earlier: string,
  parameters: Parameters,
): string {
  const { grain } = spine;
  const named = dimensions.map((name) => `"${name}"`).join(", ");
  const moved = dimensions.map((name) =>
    decidedBy(grain, name) ? `${ofPeriod(grain, name, "p.period")} AS "${name}"` : `page."${name}"`,
  );
  return `SELECT ${named},
  ${inData(spine, `"${grain}"`, parameters)} AS in_data
FROM (
  SELECT ${named} FROM ${figures}
  UNION
  SELECT ${moved.join(", ")}
  FROM page CROSS JOIN LATERAL (SELECT ${earlier} AS period) p
) places`;
}

/** A dimension that a period decides. */
function ofPeriod(grain: TimeGrain, name: DimensionName, period: string): string {
  if (name === "weekday") return `extract(isodow FROM ${period})::int`;
  return name === grain ? period : truncated(name as TimeGrain, period);
}

function inData({ grain, dataFrom, dataThrough }: Spine, period: string, parameters: Parameters): string {
  const [first, last] = [parameters.bind(dataFrom, "date"), parameters.bind(dataThrough, "date")];
  return `${period} <= ${last} AND ${period} + interval '${steps[grain]}' > ${first}`;
}
