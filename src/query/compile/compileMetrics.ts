// The statements of a metrics request: one for its rows, with having, order and keyset page, and one for the number of rows.
import { decidingDimensions, dimensionOf, isDimension } from "../../model/dimensions.ts";
import { type MeasureName, measureOf } from "../../model/measures.ts";
import type { Statement } from "../../warehouse/openReadWarehouse.ts";
import type { MetricsPlan } from "../plan.ts";
import type { Having, Member, MetricsRequest, Order, Where } from "../request.ts";
import type { SnapshotFacts } from "../snapshotFacts.ts";
import { type MetricsQuestion, memberColumn, metricsSql } from "./metricsSql.ts";
import { momentOf } from "./moment.ts";
import { makeParameters, type Parameters } from "./parameters.ts";
import type { RowScope } from "./rowSet.ts";

/** Values of the order's keys at a row, as PostgreSQL prints them. */
export type Position = readonly (string | null)[];

/** At which snapshot, under which scope, from which source. */
type Setting = Readonly<{ snapshot: SnapshotFacts; scope: RowScope; plan: MetricsPlan }>;

/** The keys that make a request's order total: what it orders by, then the dimensions that tell rows apart. */
export function orderKeys(request: MetricsRequest): Order[] {
  const asked = request.orderBy ?? [];
  const named = new Set(asked.map((order) => order.member));
  const rest = decidingDimensions(request.dimensions).filter((name) => !named.has(name));
  return [...asked, ...rest.map((member): Order => ({ member, direction: "ASC" }))];
}

/** Members that must be computed although nobody selected them, because they are compared or ordered by. */
export function allMeasures(request: MetricsRequest): MeasureName[] {
  const compared = [
    ...(request.having ?? []).map((having) => having.measure),
    ...orderKeys(request).map((key) => key.member),
  ];
  return [...new Set([...request.measures, ...compared.filter((name): name is MeasureName => !isDimension(name))])];
}

/** One row more than the page, so that it is known whether another page follows. */
export function compileMetricRows(request: MetricsRequest, setting: Setting, after: Position | null): Statement {
  const { question, parameters } = begin(request, setting);
  const keys = orderKeys(request);
  const text = metricsSql(question);
  const conditions = [
    ...havingConditions(request.having ?? [], parameters),
    ...(after ? [keysetCondition(keys, after, parameters)] : []),
  ];
  const order = keys.map((key) => `${memberColumn(key.member)} ${key.direction} NULLS LAST`);
  return {
    text: [
      text,
      "SELECT *",
      "FROM answer",
      ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join("\n  AND ")}`]),
      ...(order.length === 0 ? [] : [`ORDER BY ${order.join(", ")}`]),
      ...(request.page ? [`LIMIT ${parameters.bind(request.page.first + 1, "bigint")}`] : []),
    ].join("\n"),
    values: parameters.values(),
  };
}

export function compileMetricCount(request: MetricsRequest, setting: Setting): Statement {
  const counted = { ...request, measures: (request.having ?? []).map((having) => having.measure), orderBy: [] };
  const { question, parameters } = begin(counted, setting);
  const text = metricsSql(question);
  const conditions = havingConditions(request.having ?? [], parameters);
  return {
    text: [
      text,
      "SELECT count(*) AS count",
      "FROM answer",
      ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join("\n  AND ")}`]),
    ].join("\n"),
    values: parameters.values(),
  };
}

function begin(request: MetricsRequest, setting: Setting): { question: MetricsQuestion; parameters: Parameters } {
  const parameters = makeParameters();
  return {
    parameters,
    question: {
      measures: allMeasures(request),
      dimensions: request.dimensions,
      where: request.where ?? {},
      identifiedOnly: onlyIdentified(request.where ?? {}),
      source: setting.plan.source,
      orders: setting.plan.orders,
      moment: momentOf(setting.snapshot, parameters),
      scope: setting.scope,
      parameters,
    },
  };
}

function onlyIdentified(where: Where): boolean {
  const { customer, customerType } = where;
  return customer?.eq !== undefined || customer?.in !== undefined || customerType?.eq === "IDENTIFIED";
}

function havingConditions(having: readonly Having[], parameters: Parameters): string[] {
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

function keyType(member: Member): string {
  if (isDimension(member)) {
    const { kind } = dimensionOf(member);
    return kind === "time" || kind === "cohortMonth" ? "date" : "text";
  }
  const { format } = measureOf(member);
  return format === "date" ? "timestamp" : format === "text" ? "text" : "numeric";
}
