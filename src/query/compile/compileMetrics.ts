// The statement for the rows of a metrics request, with having, order, keyset page, and the earlier rows beside them.
import type { TimeGrain } from "../../kernel/period.ts";
import { decidingDimensions, dimensionOf, finestGrain, isDimension } from "../../model/dimensions.ts";
import { type MeasureName, measureOf } from "../../model/measures.ts";
import { whereEarlier } from "../calendarConditions.ts";
import { type MetricsPlan, onlyIdentified } from "../plan.ts";
import type { KeyType, Position } from "../position.ts";
import type { Having, Member, MetricsRequest, Order, Shift } from "../request.ts";
import type { SnapshotFacts } from "../snapshotFacts.ts";
import { partsOf } from "./measureParts.ts";
import { type Ctes, type MetricsQuestion, memberColumn, metricsCtes, sameSql, withSql } from "./metricsSql.ts";
import { momentOf } from "./moment.ts";
import { makeParameters, type Parameters, type WrittenStatement, written } from "./parameters.ts";
import type { RowScope } from "./rowSet.ts";
import { decidedBy, type Spine } from "./spineSql.ts";

/** At which snapshot, under which scope. */
export type Setting = Readonly<{ snapshot: SnapshotFacts; scope: RowScope }>;

/** How each part of a question is answered. */
export type RowsPlan = Readonly<{ rows: MetricsPlan; earlier: readonly MetricsPlan[]; spine: Spine | null }>;

/** The keys that make a request's order total: what it orders by, then the dimensions that tell rows apart. */
export function orderKeys(request: MetricsRequest): Order[] {
  const asked = request.orderBy ?? [];
  const named = new Set(asked.map((order) => order.member));
  const rest = decidingDimensions(request.dimensions).filter((name) => !named.has(name));
  return [...asked, ...rest.map((member): Order => ({ member, direction: "ASC" }))];
}

/** Measures that SQL compares or orders by. */
export function comparedMeasures(request: MetricsRequest): MeasureName[] {
  const members = [
    ...(request.having ?? []).map((having) => having.measure),
    ...orderKeys(request).map((key) => key.member),
  ];
  return [...new Set(members.filter((name): name is MeasureName => !isDimension(name)))];
}

/** Members that must be computed although nobody selected them, because they are compared or ordered by. */
export function allMeasures(request: MetricsRequest): MeasureName[] {
  return [...new Set([...request.measures, ...comparedMeasures(request)])];
}

/** One row more than the page, so that it is known whether another page follows. */
export function compileMetricRows(
  request: MetricsRequest,
  setting: Setting,
  plan: RowsPlan,
  after: Position | null,
): WrittenStatement {
  const parameters = makeParameters();
  const asked = questionOf(request, setting, plan.rows, parameters);
  const question: MetricsQuestion = {
    ...asked,
    measures: allMeasures(request),
    compared: comparedMeasures(request),
    spine: plan.spine && { periods: plan.spine, earlier: null },
  };
  const ctes = metricsCtes(question);
  const keys = orderKeys(request);
  const conditions = [
    ...havingConditions(request.having ?? [], parameters),
    ...(after ? [keysetCondition(keys, after, parameters)] : []),
  ];
  const order = (of: string) => keys.map((key) => `${of}${memberColumn(key.member)} ${key.direction} NULLS LAST`);
  const page = [
    "SELECT *",
    "FROM answer",
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join("\n  AND ")}`]),
    ...(keys.length === 0 ? [] : [`ORDER BY ${order("").join(", ")}`]),
    ...(request.page ? [`LIMIT ${parameters.bind(request.page.first + 1, "bigint")}`] : []),
  ].join("\n");

  const grain = finestGrain(request.dimensions);
  if (!request.earlier?.length || grain === null) {
    const isLookup = request.where?.customer !== undefined && plan.spine === null;
    return written(`${withSql(ctes)}\n${page}`, parameters, isLookup);
  }

  let all: Ctes = new Map([...ctes, ["page", page]]);
  const joins = request.earlier.map((shift, at) => {
    const where = whereEarlier(question.where, grain, shift);
    const period = earlierPeriod(grain, shift);
    const spine = plan.spine && { periods: plan.spine, earlier: period };
    const earlier = { ...asked, measures: request.measures, where, spine, plan: plan.earlier[at] as MetricsPlan };
    all = metricsCtes(earlier, all, `_${at + 1}`);
    return `LEFT JOIN answer_${at + 1} e${at + 1} ON ${earlierRow(`e${at + 1}`, grain, period, question)}`;
  });
  const columns = request.earlier.flatMap((_, at) => [
    // On a spine there is a row for every period; outside of the data it is none.
    `${plan.spine ? `e${at + 1}.in_data` : `e${at + 1}.${memberColumn(grain)} IS NOT NULL`} AS ${earlierColumn(at, "there")}`,
    ...request.dimensions.map((name) => `e${at + 1}.${memberColumn(name)} AS ${earlierColumn(at, name)}`),
    ...answerColumns(request.measures).map((name) => `e${at + 1}.${memberColumn(name)} AS ${earlierColumn(at, name)}`),
  ]);
  const text = [
    withSql(all),
    `SELECT page.*,\n  ${columns.join(",\n  ")}`,
    `FROM page\n${joins.join("\n")}`,
    ...(keys.length === 0 ? [] : [`ORDER BY ${order("page.").join(", ")}`]),
  ].join("\n");
  return written(text, parameters);
}

/** What the name of a column of an earlier row begins with. */
export const earlierPrefix = (at: number) => `earlier ${at + 1} `;
const earlierColumn = (at: number, column: string) => memberColumn(`${earlierPrefix(at)}${column}`);

/** The columns of an answer that its measures are decoded from. */
function answerColumns(measures: readonly MeasureName[]): string[] {
  const parts = partsOf(measures);
  const derived = measures.filter((name) => ["difference", "daysSince"].includes(measureOf(name).kind));
  const totals = parts.totals.map((name) => `total ${name}`);
  return [...new Set([...parts.aggregates, ...parts.overCustomers, ...derived, ...totals])];
}

/** The period of a row of the page, so much earlier. */
function earlierPeriod(grain: TimeGrain, { periods, years }: Shift): string {
  const period = `page.${memberColumn(grain)}`;
  if (grain === "week") return `${period} - ${7 * periods + 364 * years}`;
  if (grain === "day") return `(${period} - ${periods} - interval '${years} years')::date`;
  const months = { month: 1, quarter: 3, year: 12 };
  return `(${period} - interval '${months[grain] * periods + 12 * years} months')::date`;
}

/** The earlier row of a row of the page: the same in every other dimension. */
function earlierRow(alias: string, grain: TimeGrain, period: string, question: MetricsQuestion): string {
  const others = question.dimensions
    .filter((name) => !decidedBy(grain, name))
    .map((name) =>
      sameSql(name, `${alias}.${memberColumn(name)}`, `page.${memberColumn(name)}`, question.identifiedOnly),
    );
  return [`${alias}.${memberColumn(grain)} = ${period}`, ...others].join(" AND ");
}

/** A request as a question of its where and dimensions; what is to be computed is added. */
export function questionOf(
  { dimensions, where = {} }: MetricsRequest,
  { snapshot, scope }: Setting,
  plan: MetricsPlan,
  parameters: Parameters,
): MetricsQuestion {
  return {
    measures: [],
    compared: [],
    dimensions,
    where,
    identifiedOnly: onlyIdentified(where),
    plan,
    spine: null,
    moment: momentOf(snapshot, parameters),
    scope,
    parameters,
  };
}

export function havingConditions(having: readonly Having[], parameters: Parameters): string[] {
  const operators = [
    ["eq", "="],
    ["gte", ">="],
    ["lt", "<"],
  ] as const;
  return having.flatMap((condition) => {
    const isDate = measureOf(condition.measure).format === "date";
    const column = `${memberColumn(condition.measure)}${isDate ? "::date" : ""}`;
    return operators.flatMap(([part, operator]) => {
      const value = condition[part];
      return value === undefined
        ? []
        : [`${column} ${operator} ${parameters.bind(value, isDate ? "date" : "numeric")}`];
    });
  });
}

/** Rows that come after a position, nulls last: past it in the first key, or level with it and past it in the next. */
function keysetCondition(keys: readonly Order[], position: Position, parameters: Parameters): string {
  const bound = keys.map((key, index) => {
    const value = position[index] ?? null;
    return value === null ? null : parameters.bind(value, keyType(key.member));
  });
  const alternatives = keys.flatMap((key, index) => {
    const value = bound[index];
    const column = memberColumn(key.member);
    if (value === null || value === undefined) return [];
    const level = keys.slice(0, index).map((earlier, at) => {
      const same = bound[at];
      return same === null ? `${memberColumn(earlier.member)} IS NULL` : `${memberColumn(earlier.member)} = ${same}`;
    });
    const past = `(${column} ${key.direction === "ASC" ? ">" : "<"} ${value} OR ${column} IS NULL)`;
    return [[...level, past].join(" AND ")];
  });
  return alternatives.length === 0 ? "false" : `(${alternatives.join("\n    OR ")})`;
}

/** The PostgreSQL type of a key of the order. */
export function keyType(member: Member): KeyType {
  if (isDimension(member)) {
    const { kind } = dimensionOf(member);
    return kind === "time" || kind === "cohortMonth" ? "date" : kind === "clock" ? "integer" : "text";
  }
  const { format } = measureOf(member);
  return format === "date" ? "timestamp" : format === "text" ? "text" : "numeric";
}
