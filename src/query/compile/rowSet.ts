// The rows that a question is about: how a source is read, what is joined to it, and every condition on it: the moment, the scope (the
// first of the two locks) and what was asked. Facts are filtered here, before anything is aggregated.
import { beginOf, type TimeGrain, timeGrains } from "../../kernel/period.ts";
import { storableOf } from "../../kernel/storableText.ts";
import { type DimensionName, dimensionOf } from "../../model/dimensions.ts";
import { type Join, joins, joinTo } from "../../model/joins.ts";
import type { Scope } from "../../model/scope.ts";
import { columnName, tableName } from "../../warehouse/entityTables.ts";
import { daysOf } from "../calendarConditions.ts";
import type { ValueCondition, Where } from "../request.ts";
import type { Moment } from "./moment.ts";
import type { Parameters } from "./parameters.ts";
import { type Reading, truncated } from "./source.ts";

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
  reading: Reading;
  moment: Moment;
  scope: RowScope;
  where: Where;
  /** Dimensions that are grouped by; joins follow from them and from the filter. */
  dimensions: readonly DimensionName[];
  needsFirstOrder: boolean;
  identifiedOnly: boolean;
  parameters: Parameters;
  /** How the smallest source is read that knows every customer's orders, for the first one. */
  orders: Reading;
  /** Common table expressions that the statement has already: written once, they are used by every row set. */
  known?: ReadonlyMap<string, string>;
}>;

export function makeRowSet(wanted: Wanted): RowSet {
  const { reading, moment, parameters } = wanted;
  const touched = new Set<DimensionName>([...wanted.dimensions, ...(Object.keys(wanted.where) as DimensionName[])]);
  if (wanted.scope.segments !== null) touched.add("segment");

  const joined = joins.filter((join) => [...touched].some((name) => joinFor(reading, name) === join));
  const joinTexts = joined.map((join) => joinSql(join, reading, moment, parameters));
  const ctes = new Map<string, string>();
  if (wanted.needsFirstOrder || touched.has("cohortMonth")) {
    ctes.set("first_order", wanted.known?.get("first_order") ?? firstOrders(wanted));
    joinTexts.push(`LEFT JOIN first_order c ON c.customer_key = ${reading.customerKey} AND NOT ${reading.guest}`);
  }

  const dimension = (name: DimensionName) => dimensionSql(reading, name, wanted.identifiedOnly);
  const conditions = [
    ...reading.rows(moment),
    ...scopeConditions(reading, narrowed(wanted), parameters),
    ...(wanted.identifiedOnly ? [`NOT ${reading.guest}`] : []),
    ...Object.entries(wanted.where).flatMap(([name, condition]) =>
      isNarrowed(name, condition, wanted) ? [] : whereConditions(reading, name as DimensionName, condition, wanted),
    ),
  ];
  return {
    from: [
      `FROM ${parameters.read(reading.table)} ${reading.alias}`,
      ...joinTexts,
      `WHERE ${conditions.join("\n  AND ")}`,
    ].join("\n"),
    with: ctes,
    dimension,
    firstOrderInPeriod(grouped) {
      const tests = [
        ...timeGrains
          .filter((grain) => grouped.includes(grain))
          .map((grain) => `${grain === "day" ? "c.first_at::date" : firstIn(grain)} = ${dimension(grain)}`),
        ...timeGrains.flatMap((grain) => {
          const condition = wanted.where[grain];
          return condition ? rangeConditions("c.first_at::date", grain, condition, parameters) : [];
        }),
      ];
      return tests.length === 0 ? "c.first_at IS NOT NULL" : tests.join(" AND ");
    },
  };
}

const firstIn = (grain: TimeGrain) => `date_trunc('${grain}', c.first_at)::date`;

/** The join that a dimension needs: none where the rows hold its value. */
function joinFor(reading: Reading, name: DimensionName): Join | null {
  const dimension = dimensionOf(name);
  if (dimension.kind !== "column" && dimension.kind !== "segment") return null;
  return reading.value(name) === null ? joinTo(dimension.column.entity) : null;
}

function joinSql(
  { to, from, key, identifiedOnly }: Join,
  reading: Reading,
  moment: Moment,
  parameters: Parameters,
): string {
  const table = parameters.read(tableName(to));
  const identified = identifiedOnly ? ` AND NOT ${reading.guest}` : "";
  return `LEFT JOIN ${table} ON ${table}.${columnName(key.entity, key.property)} = ${reading.line(from)}${identified} AND ${table}.snapshot_id = ${moment.snapshot}`;
}

/** Lists that the scope keeps and the question narrows: one test on their common values is worth two. */
function narrowed({ scope, where }: Wanted): RowScope {
  return {
    countries: withinBoth(scope.countries, where.country),
    segments: withinBoth(scope.segments, where.segment),
  };
}

/** Never more than the scope's own. Null where it keeps all. */
function withinBoth<Value extends string>(
  kept: readonly Value[] | null,
  { eq, in: list }: ValueCondition = {},
): readonly Value[] | null {
  const isAsked = (value: string) => (eq === undefined || value === eq) && (list === undefined || list.includes(value));
  return kept?.filter(isAsked) ?? null;
}

/** Whether the condition is part of what the scope is narrowed to. */
function isNarrowed(name: string, { gte, lt }: ValueCondition, { scope }: Wanted): boolean {
  if (gte !== undefined || lt !== undefined) return false;
  return (name === "country" && scope.countries !== null) || (name === "segment" && scope.segments !== null);
}

/** The first lock: the scope as conditions on the rows, whatever else is asked. */
export function scopeConditions(reading: Reading, scope: RowScope, parameters: Parameters): string[] {
  return [
    ...(scope.countries === null
      ? []
      : [amongSql(reading, "country", parameters.bind(storableOf(scope.countries), "text[]"))]),
    ...(scope.segments === null
      ? []
      : [amongSql(reading, "segment", parameters.bind(storableOf(scope.segments), "text[]"))]),
  ];
}

/** A dimension's value is in a list; where the rows hold sets, all of the set is. */
function amongSql(reading: Reading, name: DimensionName, list: string): string {
  const values = reading.set(name);
  return values ? `${values} <@ ${list}` : `${dimensionSql(reading, name, true)} = ANY (${list})`;
}

/** Each customer's first order among the lines of the scope, whatever the question filters. */
function firstOrders(wanted: Wanted): string {
  const { orders, moment, scope, parameters } = wanted;
  const first = orders.measure("firstPurchaseAt", moment, []);
  const conditions = [...orders.rows(moment), ...scopeConditions(orders, scope, parameters), `NOT ${orders.guest}`];
  const join = scope.segments === null ? null : joinFor(orders, "segment");
  const table = parameters.read(orders.table);
  const from = [`FROM ${table} ${orders.alias}`, ...(join ? [joinSql(join, orders, moment, parameters)] : [])];
  return `SELECT ${orders.customerKey} AS customer_key, ${first} AS first_at
${from.join("\n")}
WHERE ${conditions.join("\n  AND ")}
GROUP BY ${orders.customerKey}`;
}

function dimensionSql(reading: Reading, name: DimensionName, identifiedOnly: boolean): string {
  const dimension = dimensionOf(name);
  switch (dimension.kind) {
    case "time":
      return reading.period(dimension.grain);
    case "clock":
      return reading.clock(dimension.part);
    case "customer":
      return identifiedOnly ? reading.customerKey : `CASE WHEN NOT ${reading.guest} THEN ${reading.customerKey} END`;
    case "customerType":
      return reading.value(name) ?? `CASE WHEN ${reading.guest} THEN 'GUEST' ELSE 'IDENTIFIED' END`;
    case "cohortMonth":
      return firstIn("month");
    case "segment":
    case "column": {
      const stored = reading.value(name);
      if (stored !== null) return stored;
      const { entity, property } = dimension.column;
      const joined = `${tableName(entity)}.${columnName(entity, property)}`;
      return dimension.kind === "segment" ? `CASE WHEN ${reading.guest} THEN 'GUEST' ELSE ${joined} END` : joined;
    }
  }
}

function whereConditions(
  reading: Reading,
  name: DimensionName,
  condition: ValueCondition,
  { parameters, identifiedOnly }: Pick<Wanted, "parameters" | "identifiedOnly">,
): string[] {
  const dimension = dimensionOf(name);
  switch (dimension.kind) {
    case "time":
      return rangeConditions(reading.day, dimension.grain, condition, parameters);
    case "cohortMonth":
      return rangeConditions("c.first_at::date", "month", condition, parameters);
    case "clock":
      return numberConditions(reading.clock(dimension.part), condition, parameters);
    case "customer": {
      const asked = valueConditions(reading, name, condition, parameters);
      return identifiedOnly || asked.length === 0 ? asked : [`NOT ${reading.guest}`, ...asked];
    }
    case "customerType":
      // Said already.
      if (identifiedOnly && condition.eq === "IDENTIFIED" && condition.in === undefined) return [];
      return valueConditions(reading, name, condition, parameters);
    default:
      return valueConditions(reading, name, condition, parameters);
  }
}

function valueConditions(
  reading: Reading,
  name: DimensionName,
  condition: ValueCondition,
  parameters: Parameters,
): string[] {
  const lists = [condition.eq === undefined ? undefined : [condition.eq], condition.in].filter(
    (list) => list !== undefined,
  );
  return lists.flatMap((list) => {
    const [only, ...more] = storableOf(list);
    if (reading.set(name) !== null || only === undefined || more.length > 0)
      return [amongSql(reading, name, parameters.bind(storableOf(list), "text[]"))];
    return [`${dimensionSql(reading, name, true)} = ${parameters.bind(only, "text")}`];
  });
}

function numberConditions(number: string, condition: ValueCondition, parameters: Parameters): string[] {
  const bind = (text: string) => parameters.bind(text, "integer");
  return [
    ...(condition.eq === undefined ? [] : [`${number} = ${bind(condition.eq)}`]),
    ...(condition.in === undefined ? [] : [`${number} = ANY (${parameters.bind([...condition.in], "integer[]")})`]),
    ...(condition.gte === undefined ? [] : [`${number} >= ${bind(condition.gte)}`]),
    ...(condition.lt === undefined ? [] : [`${number} < ${bind(condition.lt)}`]),
  ];
}

/** Calendar units as half-open ranges of days. */
function rangeConditions(day: string, grain: TimeGrain, range: ValueCondition, parameters: Parameters): string[] {
  const bind = (bound: string) => parameters.bind(bound, "date");
  const { from, before } = daysOf(grain, range);
  const begins = range.in?.map((period) => beginOf(grain, period));
  return [
    ...(from === null ? [] : [`${day} >= ${bind(from)}`]),
    ...(before === null ? [] : [`${day} < ${bind(before)}`]),
    ...(begins ? [`${truncated(grain, day)} = ANY (${parameters.bind(begins, "date[]")})`] : []),
  ];
}
