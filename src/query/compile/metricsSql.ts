// The SQL of a metrics question: rows are filtered, then aggregated at their own grain; figures over customers are aggregated apart
// and joined after, so that nothing fans out; what is derived is derived last.
import { type DimensionName, dimensionOf } from "../../model/dimensions.ts";
import { type MeasureName, measureOf } from "../../model/measures.ts";
import type { Where } from "../request.ts";
import { aggregateOf, innerMeasureOf, partsOf } from "./measureParts.ts";
import type { Moment } from "./moment.ts";
import type { Parameters } from "./parameters.ts";
import { makeRowSet, type RowScope, type RowSet } from "./rowSet.ts";
import type { Source } from "./source.ts";

export type MetricsQuestion = Readonly<{
  measures: readonly MeasureName[];
  dimensions: readonly DimensionName[];
  where: Where;
  /** Only rows of identified customers, which lets a customer's id be the plain column: simple to group and to index. */
  identifiedOnly: boolean;
  source: Source;
  orders: Source;
  moment: Moment;
  scope: RowScope;
  parameters: Parameters;
}>;

/** The column of the answer that holds a member. */
export const memberColumn = (member: string) => `"${member}"`;
/** The column of the answer that holds the total of a measure over all its rows. */
const totalColumn = (measure: string) => `"total ${measure}"`;

/** `WITH … , answer AS (…)`: one row per group, every part of every measure a column named after it. */
export function metricsSql(question: MetricsQuestion): string {
  const { measures, dimensions, moment } = question;
  const parts = partsOf(measures);
  const firstOrder = parts.aggregates.some(countsFirstOrders);
  const rows = makeRowSet({
    ...question,
    needsFirstOrder: firstOrder || dimensions.includes("cohortMonth"),
  });

  const ctes = new Map(rows.with);
  ctes.set("figures", figures(question, parts.aggregates, rows));
  if (parts.overCustomers.length > 0) {
    const customers = makeRowSet({
      ...question,
      identifiedOnly: true,
      known: rows.with,
      needsFirstOrder: dimensions.includes("cohortMonth"),
    });
    ctes.set("per_customer", perCustomer(question, parts.overCustomers, customers));
    ctes.set("over_customers", overCustomers(parts.overCustomers, dimensions, moment));
  }
  ctes.set("answer", answer(question, parts));
  return `WITH ${[...ctes].map(([name, text]) => `${name} AS (\n${indent(text)}\n)`).join(", ")}`;
}

function countsFirstOrders(name: MeasureName): boolean {
  const aggregate = aggregateOf(name);
  return aggregate.kind === "countDistinct" && aggregate.firstOrderInPeriod === true;
}

function figures(question: MetricsQuestion, aggregates: readonly MeasureName[], rows: RowSet): string {
  const { dimensions, source, moment } = question;
  const columns = [
    ...dimensions.map((name) => `${rows.dimension(name)} AS ${memberColumn(name)}`),
    ...aggregates.map((name) => {
      const also = countsFirstOrders(name) ? [rows.firstOrderInPeriod(dimensions)] : [];
      return `${exact(source.aggregate(aggregateOf(name), moment, also), name)} AS ${memberColumn(name)}`;
    }),
  ];
  // Without a measure and without a dimension there is still one row, as there is for any total.
  return `SELECT ${columns.length === 0 ? "count(*) AS nothing" : columns.join(",\n  ")}
${rows.from}${groupBy(dimensions.length)}`;
}

function perCustomer(question: MetricsQuestion, figuresOverCustomers: readonly MeasureName[], rows: RowSet): string {
  const { dimensions, source, moment } = question;
  const inner = partsOf(figuresOverCustomers.map(innerMeasureOf)).aggregates;
  const columns = [
    ...dimensions.map((name) => `${rows.dimension(name)} AS ${memberColumn(name)}`),
    ...inner.map((name) => `${exact(source.aggregate(aggregateOf(name), moment, []), name)} AS ${memberColumn(name)}`),
  ];
  return `SELECT ${columns.join(",\n  ")}
${rows.from}
GROUP BY ${[...dimensions.map((_, index) => index + 1), source.customerKey].join(", ")}`;
}

function overCustomers(names: readonly MeasureName[], dimensions: readonly DimensionName[], moment: Moment): string {
  const columns = [
    ...dimensions.map(memberColumn),
    ...names.map((name) => {
      const measure = measureOf(name);
      const value = derivedSql(innerMeasureOf(name), moment);
      const text =
        measure.kind === "customersWith"
          ? `count(*) FILTER (WHERE ${value} >= ${measure.gte})`
          : `percentile_cont(0.5) WITHIN GROUP (ORDER BY ${value})`;
      return `${text} AS ${memberColumn(name)}`;
    }),
  ];
  return `SELECT ${columns.join(",\n  ")}
FROM per_customer${groupBy(dimensions.length)}`;
}

function answer(question: MetricsQuestion, parts: ReturnType<typeof partsOf>): string {
  const { dimensions, measures, moment } = question;
  const derived = measures.filter((name) => ["difference", "daysSince"].includes(measureOf(name).kind));
  const over = parts.overCustomers.map((name) => {
    const column = `o.${memberColumn(name)}`;
    return `${measureOf(name).kind === "customersWith" ? `coalesce(${column}, 0)` : column} AS ${memberColumn(name)}`;
  });
  const columns = [
    "f.*",
    ...over,
    ...derived.map((name) => `${derivedSql(name, moment)} AS ${memberColumn(name)}`),
    ...parts.totals.map((name) => `sum(${memberColumn(name)}) OVER () AS ${totalColumn(name)}`),
  ];
  const same = dimensions.map(
    (name) => `o.${memberColumn(name)} ${canBeNull(name) ? "IS NOT DISTINCT FROM" : "="} f.${memberColumn(name)}`,
  );
  const join =
    parts.overCustomers.length === 0
      ? ""
      : `\nLEFT JOIN over_customers o ON ${same.length === 0 ? "true" : same.join(" AND ")}`;
  return `SELECT ${columns.join(",\n  ")}\nFROM figures f${join}`;
}

/** Guests have no customer and no cohort, and a product may have no category. Comparing nulls cannot be hashed, so it is not done idly. */
function canBeNull(name: DimensionName): boolean {
  const { kind } = dimensionOf(name);
  return kind === "customer" || kind === "cohortMonth" || name === "category";
}

/** A measure as an expression over columns named after its parts: for what is compared or ordered by in SQL. */
function derivedSql(name: MeasureName, moment: Moment): string {
  const measure = measureOf(name);
  switch (measure.kind) {
    case "difference":
      return `(${derivedSql(measure.of as MeasureName, moment)} - ${derivedSql(measure.minus as MeasureName, moment)})`;
    case "daysSince":
      return `(${moment.asOf} - ${derivedSql(measure.of as MeasureName, moment)}::date)`;
    default:
      return memberColumn(name);
  }
}

function exact(sql: string | null, name: MeasureName): string {
  if (sql === null) throw new Error(`The planner chose a source that cannot answer ${name}.`);
  return sql;
}

const groupBy = (count: number) =>
  count === 0 ? "" : `\nGROUP BY ${Array.from({ length: count }, (_, index) => index + 1).join(", ")}`;

const indent = (text: string) => text.replace(/^/gm, "  ");
