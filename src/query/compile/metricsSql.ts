// The SQL of a metrics question: rows are filtered, then aggregated at their own grain; figures over customers are aggregated apart
// and joined after, so that nothing fans out; then periods without rows are put in where they are asked for; what is derived is derived
// last.
import { type DimensionName, dimensionOf } from "../../model/dimensions.ts";
import { joinTo } from "../../model/joins.ts";
import { type Measure, type MeasureName, measureOf } from "../../model/measures.ts";
import type { MetricsPlan } from "../plan.ts";
import type { Where } from "../request.ts";
import { innerMeasureOf, type MeasureParts, partsOf } from "./measureParts.ts";
import type { Moment } from "./moment.ts";
import type { Parameters } from "./parameters.ts";
import { makeRowSet, type RowScope, type RowSet } from "./rowSet.ts";
import type { Reading } from "./source.ts";
import { earlierSpineSql, type Spine, spineSql } from "./spineSql.ts";

export type MetricsQuestion = Readonly<{
  measures: readonly MeasureName[];
  /** Those of them that are compared or ordered by in SQL: ratios are columns only then. */
  compared: readonly MeasureName[];
  dimensions: readonly DimensionName[];
  where: Where;
  /** Only rows of identified customers, which lets a customer's id be the plain column: simple to group and to index. */
  identifiedOnly: boolean;
  plan: Omit<MetricsPlan, "notUsed">;
  /** The periods that have rows even without lines; `earlier`: those of earlier rows, the period of the page moved so. */
  spine: Readonly<{ periods: Spine; earlier: string | null }> | null;
  moment: Moment;
  scope: RowScope;
  parameters: Parameters;
}>;

/** Common table expressions of a statement, by name, in order. */
export type Ctes = ReadonlyMap<string, string>;

/** The column of the answer that holds a member. */
export const memberColumn = (member: string) => `"${member}"`;
/** The column of the answer that holds the total of a measure over all its rows. */
const totalColumn = (measure: string) => `"total ${measure}"`;

export function withSql(ctes: Ctes): string {
  return `WITH ${[...ctes].map(([name, text]) => `${name} AS (\n${indent(text)}\n)`).join(", ")}`;
}

/**
 * Adds to `known` what leads to `answer` + suffix: one row per group, every part of every measure a column named after it. The suffix
 * tells several answers in one statement apart.
 */
export function metricsCtes(question: MetricsQuestion, known: Ctes = new Map(), suffix = ""): Ctes {
  const { measures, dimensions, plan } = question;
  const parts = partsOf(measures);
  const ready = parts.overCustomers.filter((name) => !plan.overCustomers?.names.includes(name));
  const aggregates = [...parts.aggregates, ...ready];
  const firstOrder = aggregates.some((name) => countsFirstOrders(name, plan.figures));
  const rows = makeRowSet({
    ...question,
    reading: plan.figures,
    orders: plan.orders,
    known,
    needsFirstOrder: firstOrder || dimensions.includes("cohortMonth"),
  });

  const ctes = new Map([...known, ...rows.with]);
  const names = ctesNamed(suffix);
  ctes.set(names.figures, figures(question, aggregates, rows));
  if (plan.overCustomers) {
    const customers = makeRowSet({
      ...question,
      reading: plan.overCustomers.reading,
      orders: plan.orders,
      identifiedOnly: true,
      known: ctes,
      needsFirstOrder: dimensions.includes("cohortMonth"),
    });
    for (const [name, text] of customers.with) ctes.set(name, text);
    ctes.set(names.perCustomer, perCustomer(question, plan.overCustomers, customers));
    ctes.set(names.overCustomers, overCustomers(question, plan.overCustomers.names, names));
  }
  const over = plan.overCustomers?.names ?? [];
  if (question.spine) {
    ctes.set(names.spine, spineText(question.spine, question, names));
    ctes.set(names.laidOut, laidOut(question, [...aggregates, ...over], names));
  }
  ctes.set(names.answer, answer(question, parts, question.spine ? [] : over, names));
  return ctes;
}

function spineText(
  { periods, earlier }: NonNullable<MetricsQuestion["spine"]>,
  { dimensions, parameters }: MetricsQuestion,
  { figures }: Names,
): string {
  return earlier === null
    ? spineSql(periods, dimensions, figures, parameters)
    : earlierSpineSql(periods, dimensions, figures, earlier, parameters);
}

type Names = Readonly<Record<"figures" | "perCustomer" | "overCustomers" | "spine" | "laidOut" | "answer", string>>;

const ctesNamed = (suffix: string): Names => ({
  figures: `figures${suffix}`,
  perCustomer: `per_customer${suffix}`,
  overCustomers: `over_customers${suffix}`,
  spine: `spine${suffix}`,
  laidOut: `laid_out${suffix}`,
  answer: `answer${suffix}`,
});

function countsFirstOrders(name: MeasureName, reading: Reading): boolean {
  const measure = measureOf(name);
  return measure.kind === "countDistinct" && measure.firstOrderInPeriod === true && !reading.holds(name);
}

function figures(question: MetricsQuestion, aggregates: readonly MeasureName[], rows: RowSet): string {
  const { dimensions, plan, moment } = question;
  const columns = [
    ...dimensions.map((name) => `${rows.dimension(name)} AS ${memberColumn(name)}`),
    ...aggregates.map((name) => {
      const also = countsFirstOrders(name, plan.figures) ? [rows.firstOrderInPeriod(dimensions)] : [];
      return `${plan.figures.measure(name, moment, also)} AS ${memberColumn(name)}`;
    }),
  ];
  // Without a measure and without a dimension there is still one row, as there is for any total.
  return `SELECT ${columns.length === 0 ? "count(*) AS nothing" : columns.join(",\n  ")}
${rows.from}${groupBy(dimensions.length)}`;
}

type OverCustomers = NonNullable<MetricsPlan["overCustomers"]>;

function perCustomer({ dimensions, moment }: MetricsQuestion, { names, reading }: OverCustomers, rows: RowSet): string {
  const inner = partsOf(names.map(innerMeasureOf)).aggregates;
  const columns = [
    ...dimensions.map((name) => `${rows.dimension(name)} AS ${memberColumn(name)}`),
    ...inner.map((name) => `${reading.measure(name, moment, [])} AS ${memberColumn(name)}`),
  ];
  return `SELECT ${columns.join(",\n  ")}
${rows.from}
GROUP BY ${[...dimensions.map((_, index) => index + 1), reading.customerKey].join(", ")}`;
}

function overCustomers(
  { dimensions, moment }: MetricsQuestion,
  measures: readonly MeasureName[],
  names: Names,
): string {
  const columns = [
    ...dimensions.map(memberColumn),
    ...measures.map((name) => {
      const measure = measureOf(name);
      const value = derivedSql(innerMeasureOf(name), moment, memberColumn);
      return `${overCustomersSql(measure, value)} AS ${memberColumn(name)}`;
    }),
  ];
  return `SELECT ${columns.join(",\n  ")}
FROM ${names.perCustomer}${groupBy(dimensions.length)}`;
}

function overCustomersSql(measure: Measure, value: string): string {
  switch (measure.kind) {
    case "customersWith":
      return `count(*) FILTER (WHERE ${value} >= ${measure.gte})`;
    case "medianOverCustomers":
      return `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${value})`;
    case "sumOverTopCustomers": {
      const some = ` FILTER (WHERE ${value} > 0)`;
      const most = "share" in measure.top ? `ceil(count(*)${some} * ${measure.top.share})::int` : measure.top.customers;
      return `(SELECT coalesce(sum(best), 0) FROM unnest((array_agg(${value} ORDER BY ${value} DESC)${some})[1:${most}]) AS best)`;
    }
    default:
      throw new Error(`${measure.label} is no figure over customers.`);
  }
}

/** Whether a part of a measure is 0 where there is no row. */
function isZeroWithoutRows(name: MeasureName): boolean {
  return ["sum", "count", "countDistinct", "customersWith", "sumOverTopCustomers"].includes(measureOf(name).kind);
}

/** Every part on the spine: 0 or empty in a period without rows, null outside of the data. */
function laidOut(question: MetricsQuestion, parts: readonly MeasureName[], names: Names): string {
  const over = question.plan.overCustomers?.names ?? [];
  const columns = [
    ...question.dimensions.map((name) => `s.${memberColumn(name)}`),
    "s.in_data",
    ...parts.map((name) => {
      const column = `${over.includes(name) ? "o" : "f"}.${memberColumn(name)}`;
      const empty = isZeroWithoutRows(name) ? "0" : measureOf(name).kind === "set" ? "ARRAY[]::text[]" : null;
      return empty === null
        ? column
        : `CASE WHEN s.in_data THEN coalesce(${column}, ${empty}) END AS ${memberColumn(name)}`;
    }),
  ];
  const joins = [
    `LEFT JOIN ${names.figures} f ON ${sameRow(question, "f", "s")}`,
    ...(over.length === 0 ? [] : [`LEFT JOIN ${names.overCustomers} o ON ${sameRow(question, "o", "s")}`]),
  ];
  return `SELECT ${columns.join(",\n  ")}\nFROM ${names.spine} s\n${joins.join("\n")}`;
}

/** `over`: figures over customers that are still to be joined. */
function answer(question: MetricsQuestion, parts: MeasureParts, over: readonly MeasureName[], names: Names): string {
  const { measures, compared, moment, spine } = question;
  /** A part of a measure as it is in the answer. */
  const part = (name: MeasureName): string => {
    if (!over.includes(name)) return memberColumn(name);
    const column = `o.${memberColumn(name)}`;
    return isZeroWithoutRows(name) ? `coalesce(${column}, 0)` : column;
  };
  const inSql = (name: MeasureName) => {
    const { kind } = measureOf(name);
    const onDemand = kind === "ratio" || kind === "shareOfTotal";
    return kind === "difference" || kind === "daysSince" || (onDemand && compared.includes(name));
  };
  const columns = [
    "f.*",
    ...over.map((name) => `${part(name)} AS ${memberColumn(name)}`),
    ...measures.filter(inSql).map((name) => `${derivedSql(name, moment, part)} AS ${memberColumn(name)}`),
    ...parts.totals.map((name) => `sum(${derivedSql(name, moment, part)}) OVER () AS ${totalColumn(name)}`),
  ];
  const from = `FROM ${spine ? names.laidOut : names.figures} f`;
  const join = over.length === 0 ? "" : `\nLEFT JOIN ${names.overCustomers} o ON ${sameRow(question, "o", "f")}`;
  return `SELECT ${columns.join(",\n  ")}\n${from}${join}`;
}

const sameRow = ({ dimensions, identifiedOnly }: MetricsQuestion, left: string, right: string) =>
  dimensions
    .map((name) => sameSql(name, `${left}.${memberColumn(name)}`, `${right}.${memberColumn(name)}`, identifiedOnly))
    .join(" AND ") || "true";

/**
 * Two values of a dimension are the same, nulls too: guests have no customer, who never bought has no cohort, and a joined row may be
 * missing or say nothing. Written with `=`, which PostgreSQL can hash; IS NOT DISTINCT FROM compares every row with every other.
 */
export function sameSql(name: DimensionName, left: string, right: string, identifiedOnly: boolean): string {
  const dimension = dimensionOf(name);
  const joined = dimension.kind === "column" && joinTo(dimension.column.entity) !== null;
  const isCustomer = dimension.kind === "customer" && !identifiedOnly;
  if (!joined && !isCustomer && dimension.kind !== "cohortMonth") return `${left} = ${right}`;
  const nothing = dimension.kind === "cohortMonth" ? "date '0001-01-01'" : "''";
  return `coalesce(${left}, ${nothing}) = coalesce(${right}, ${nothing}) AND (${left} IS NULL) = (${right} IS NULL)`;
}

/** Digits after the point of a ratio that is compared or ordered by. */
const comparedPlaces = 12;

/** A measure as an expression over its parts: for what is compared or ordered by in SQL. */
function derivedSql(name: MeasureName, moment: Moment, part: (name: MeasureName) => string): string {
  const measure = measureOf(name);
  const of = (inner: string) => derivedSql(inner as MeasureName, moment, part);
  switch (measure.kind) {
    case "difference":
      return `(${of(measure.of)} - ${of(measure.minus)})`;
    case "daysSince":
      return `(${moment.asOf} - ${of(measure.of)}::date)`;
    case "ratio":
      return `round((${of(measure.of)})::numeric / nullif(${of(measure.by)}, 0), ${comparedPlaces})`;
    case "shareOfTotal":
      return `round((${of(measure.of)})::numeric / nullif(sum(${of(measure.of)}) OVER (), 0), ${comparedPlaces})`;
    default:
      return part(name);
  }
}

const groupBy = (count: number) =>
  count === 0 ? "" : `\nGROUP BY ${Array.from({ length: count }, (_, index) => index + 1).join(", ")}`;

const indent = (text: string) => text.replace(/^/gm, "  ");
