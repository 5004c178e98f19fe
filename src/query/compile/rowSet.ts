// The rows that a question is about: which source, what is joined to it, and every condition on it: the moment, the scope (the
// first of the two locks) and what was asked. Facts are filtered here, before anything is aggregated.
import { addMonths, firstDayOf, type Month } from "../../kernel/calendar.ts";
import { storableOf } from "../../kernel/storableText.ts";
import { type DimensionName, dimensionOf } from "../../model/dimensions.ts";
import type { Scope } from "../../model/scope.ts";
import { DimProduct } from "../../warehouse/entities/DimProduct.ts";
import { RfmSegment } from "../../warehouse/entities/RfmSegment.ts";
import { columnName, tableName } from "../../warehouse/entityTables.ts";
import type { ValueCondition, Where } from "../request.ts";
import { aggregateOf } from "./measureParts.ts";
import type { Moment } from "./moment.ts";
import type { Parameters } from "./parameters.ts";
import { lineSource, type Source } from "./source.ts";

/** What of a scope decides which rows are kept. A view has none: the row policies of the session decide alone. */
export type RowScope = Pick<Scope, "countries" | "segments">;
export const noRowScope: RowScope = Object.freeze({ countries: null, segments: null });

export type RowSet = Readonly<{
  /** `FROM … JOIN … WHERE …`, complete. */
  from: string;
  /** Common table expressions that `from` needs, by name. */
  with: ReadonlyMap<string, string>;
  dimension(name: DimensionName): string;
  /** The row's customer's first order lies in the period that a group of these dimensions stands for. */
  firstOrderInPeriod(grouped: readonly DimensionName[]): string;
}>;

type Wanted = Readonly<{
  source: Source;
  moment: Moment;
  scope: RowScope;
  where: Where;
  /** Dimensions that are grouped by or filtered on; joins follow from them. */
  dimensions: readonly DimensionName[];
  needsFirstOrder: boolean;
  identifiedOnly: boolean;
  parameters: Parameters;
  /** The smallest source that knows every customer's orders, for the first one. */
  orders: Source;
  /** Common table expressions that the statement has already: written once, they are used by every row set. */
  known?: ReadonlyMap<string, string>;
}>;

/** Whether a source can answer for these dimensions, stored in its rows or joined to them. */
export function knowsDimensions(source: Source, names: readonly DimensionName[]): boolean {
  return names.every((name) => {
    const dimension = dimensionOf(name);
    if (dimension.kind === "segment") return source.storesSegments || source === lineSource;
    if (dimension.kind !== "column") return true;
    const joined = dimension.column.entity === DimProduct && source.dimension("product") !== null;
    return joined || source.dimension(name) !== null;
  });
}

export function makeRowSet(wanted: Wanted): RowSet {
  const { source, moment, parameters } = wanted;
  const touched = new Set<DimensionName>([...wanted.dimensions, ...(Object.keys(wanted.where) as DimensionName[])]);
  if (wanted.scope.segments !== null) touched.add("segment");
  const kinds = [...touched].map((name) => dimensionOf(name));

  const joins: string[] = [];
  if (!source.storesSegments && kinds.some((dimension) => dimension.kind === "segment"))
    joins.push(
      `LEFT JOIN ${tableName(RfmSegment)} s ON s.customer_key = ${source.customerKey} AND NOT ${source.guest} AND s.snapshot_id = ${moment.snapshot}`,
    );
  if (kinds.some((dimension) => dimension.kind === "column" && dimension.column.entity === DimProduct))
    joins.push(
      `LEFT JOIN ${tableName(DimProduct)} p ON p.product = ${source.dimension("product")} AND p.snapshot_id = ${moment.snapshot}`,
    );
  const ctes = new Map<string, string>();
  if (wanted.needsFirstOrder || touched.has("cohortMonth")) {
    ctes.set("first_order", wanted.known?.get("first_order") ?? firstOrders(wanted));
    joins.push(`LEFT JOIN first_order c ON c.customer_key = ${source.customerKey} AND NOT ${source.guest}`);
  }

  const dimension = (name: DimensionName) => dimensionSql(source, name, wanted.identifiedOnly);
  const conditions = [
    source.atMoment(moment),
    ...scopeConditions(source, wanted.scope, parameters),
    ...(wanted.identifiedOnly ? [`NOT ${source.guest}`] : []),
    ...Object.entries(wanted.where).flatMap(([name, condition]) =>
      whereConditions(source, name as DimensionName, condition, parameters),
    ),
  ];
  return {
    from: [`FROM ${source.table} ${source.alias}`, ...joins, `WHERE ${conditions.join("\n  AND ")}`].join("\n"),
    with: ctes,
    dimension,
    firstOrderInPeriod(grouped) {
      const tests = [
        ...(grouped.includes("day") ? [`c.first_at::date = ${dimension("day")}`] : []),
        ...(grouped.includes("month") ? [`date_trunc('month', c.first_at)::date = ${dimension("month")}`] : []),
        ...(["day", "month"] as const).flatMap((name) =>
          wanted.where[name] ? rangeConditions("c.first_at::date", name, wanted.where[name], parameters) : [],
        ),
      ];
      return tests.length === 0 ? "c.first_at IS NOT NULL" : tests.join(" AND ");
    },
  };
}

/** The first lock: the scope as conditions on the rows, whatever else is asked. */
export function scopeConditions(source: Source, scope: RowScope, parameters: Parameters): string[] {
  const conditions: string[] = [];
  if (scope.countries !== null)
    conditions.push(`${source.country} = ANY (${parameters.bind(storableOf(scope.countries), "text[]")})`);
  if (scope.segments !== null)
    conditions.push(
      `${dimensionSql(source, "segment", false)} = ANY (${parameters.bind(storableOf(scope.segments), "text[]")})`,
    );
  return conditions;
}

/** Each customer's first order among the lines of the scope, whatever the question filters. */
function firstOrders(wanted: Wanted): string {
  const { orders, moment, scope, parameters } = wanted;
  const first = orders.aggregate(aggregateOf("firstPurchaseAt"), moment, []);
  const conditions = [orders.atMoment(moment), ...scopeConditions(orders, scope, parameters), `NOT ${orders.guest}`];
  return `SELECT ${orders.customerKey} AS customer_key, ${first} AS first_at
FROM ${orders.table} ${orders.alias}
WHERE ${conditions.join("\n  AND ")}
GROUP BY ${orders.customerKey}`;
}

function dimensionSql(source: Source, name: DimensionName, identifiedOnly: boolean): string {
  const dimension = dimensionOf(name);
  switch (dimension.kind) {
    case "time":
      return dimension.grain === "day" ? source.day : `date_trunc('month', (${source.day})::timestamp)::date`;
    case "customer":
      return identifiedOnly ? source.customerKey : `CASE WHEN NOT ${source.guest} THEN ${source.customerKey} END`;
    case "customerType":
      return `CASE WHEN ${source.guest} THEN 'GUEST' ELSE 'IDENTIFIED' END`;
    case "cohortMonth":
      return "date_trunc('month', c.first_at)::date";
    case "segment":
      return source.storesSegments
        ? (source.dimension(name) as string)
        : `CASE WHEN ${source.guest} THEN 'GUEST' ELSE s.${columnName(dimension.column.entity, dimension.column.property)} END`;
    case "column":
      return source.dimension(name) ?? `p.${columnName(dimension.column.entity, dimension.column.property)}`;
  }
}

function whereConditions(
  source: Source,
  name: DimensionName,
  condition: ValueCondition,
  parameters: Parameters,
): string[] {
  const dimension = dimensionOf(name);
  if (dimension.kind === "time") return rangeConditions(source.day, name, condition, parameters);
  if (dimension.kind === "cohortMonth") return rangeConditions("c.first_at::date", "month", condition, parameters);
  const expression = dimensionSql(source, name, true);
  const onlyCustomers = dimension.kind === "customer" ? [`NOT ${source.guest}`] : [];
  const lists = [condition.eq === undefined ? undefined : [condition.eq], condition.in].filter(
    (list) => list !== undefined,
  );
  return lists.flatMap((list) => {
    const [only, ...more] = storableOf(list);
    const test =
      only !== undefined && more.length === 0
        ? `= ${parameters.bind(only, "text")}`
        : `= ANY (${parameters.bind(storableOf(list), "text[]")})`;
    return [...onlyCustomers, `${expression} ${test}`];
  });
}

/** Months and days as half-open ranges of days. */
function rangeConditions(day: string, grain: DimensionName, range: ValueCondition, parameters: Parameters): string[] {
  const start = (text: string) => (grain === "month" ? firstDayOf(text as Month) : text);
  const bind = (text: string) => parameters.bind(text, "date");
  const conditions: string[] = [];
  if (range.eq !== undefined && grain === "month") {
    const next = firstDayOf(addMonths(range.eq as Month, 1));
    conditions.push(`${day} >= ${bind(start(range.eq))}`, `${day} < ${bind(next)}`);
  } else if (range.eq !== undefined) conditions.push(`${day} = ${bind(range.eq)}`);
  if (range.in !== undefined) {
    const unit = grain === "month" ? `date_trunc('month', (${day})::timestamp)::date` : day;
    conditions.push(`${unit} = ANY (${parameters.bind(range.in.map(start), "date[]")})`);
  }
  if (range.gte !== undefined) conditions.push(`${day} >= ${bind(start(range.gte))}`);
  if (range.lt !== undefined) conditions.push(`${day} < ${bind(start(range.lt))}`);
  return conditions;
}
