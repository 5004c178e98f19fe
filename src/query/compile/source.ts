// What a question is answered from: the lines themselves, or a stored aggregate of them. A source says in SQL where each dimension
// and each aggregate of the model stands, or that it cannot say it exactly; the planner takes the smallest source that can.
import { assertNever } from "../../kernel/errors.ts";
import { type ColumnRef, column, sameColumn } from "../../model/column.ts";
import { type DimensionName, dimensionOf } from "../../model/dimensions.ts";
import { type Aggregate, type LineTest, type MeasureName, measureNames, measureOf } from "../../model/measures.ts";
import type { Rollup } from "../../model/rollups.ts";
import { FactSale } from "../../warehouse/entities/FactSale.ts";
import { columnName, tableName } from "../../warehouse/entityTables.ts";
import type { Moment } from "./moment.ts";

export type Source = Readonly<{
  name: string;
  table: string;
  alias: string;
  /** The rows of one snapshot. */
  atMoment(moment: Moment): string;
  /** Boolean: the row belongs to no customer. */
  guest: string;
  customerKey: string;
  country: string;
  /** The day of the row, as a date; null where the rows do not keep days apart. */
  day: string;
  /** A column of the lines or of what hangs on them; null where the rows do not keep it apart. */
  dimension(name: DimensionName): string | null;
  /** Whether the segments stand in the rows; else they are joined. */
  storesSegments: boolean;
  /** An aggregate of the model over the rows of a group, with further tests on the row; null where it would not be exact. */
  aggregate(aggregate: Aggregate, moment: Moment, alsoWhere: readonly string[]): string | null;
}>;

const literal = (value: string | boolean) => (typeof value === "string" ? `'${value}'` : value ? "true" : "false");
const filter = (tests: readonly string[]) => (tests.length === 0 ? "" : ` FILTER (WHERE ${tests.join(" AND ")})`);
const trailing = (day: string, days: number | undefined, moment: Moment) =>
  days === undefined ? [] : [`${day} >= ${moment.asOf} - ${days}`];

/** The lines: every dimension and every aggregate is exact here. */
export const lineSource: Source = (() => {
  const at = (ref: ColumnRef) => `f.${columnName(ref.entity, ref.property)}`;
  const test = (lineTest: LineTest) => `${at(lineTest.column)} = ${literal(lineTest.is)}`;
  const day = "f.ordered_at::date";
  return {
    name: "fact_sales",
    table: tableName(FactSale),
    alias: "f",
    atMoment: (moment) =>
      `f.generation = ${moment.generation} AND f.born <= ${moment.snapshot} AND f.died > ${moment.snapshot}`,
    guest: "f.guest",
    customerKey: "f.customer_key",
    country: "f.country",
    day,
    storesSegments: false,
    dimension(name) {
      const dimension = dimensionOf(name);
      return dimension.kind === "column" && dimension.column.entity === FactSale ? at(dimension.column) : null;
    },
    aggregate(aggregate, moment, alsoWhere) {
      const tests = [...aggregate.where.map(test), ...alsoWhere];
      switch (aggregate.kind) {
        case "sum": {
          const all = filter([...tests, ...trailing(day, aggregate.trailingDays, moment)]);
          return `${aggregate.negate ? "-" : ""}coalesce(sum(${at(aggregate.column)})${all}, 0)`;
        }
        case "count":
          return `count(*)${filter(tests)}`;
        case "countDistinct":
          return `count(DISTINCT ${at(aggregate.column)})${filter(tests)}`;
        case "min":
        case "max":
          return `${aggregate.kind}(${at(aggregate.column)})${filter(tests)}`;
        case "latest":
          return latest(at(aggregate.column), aggregate.by.map(at), tests);
        case "set":
          return set(at(aggregate.column), tests);
        default:
          return assertNever(aggregate);
      }
    },
  };
})();

/** A stored aggregate. An aggregate of the model is exact over it where its rows keep apart what is counted and tested. */
export function rollupSource(rollup: Rollup): Source {
  const alias = "o";
  const at = (ref: ColumnRef) => `${alias}.${columnName(ref.entity, ref.property)}`;
  const stored = (name: MeasureName) => rollup.measures[name];
  /** Where the rows keep a column of the lines apart. */
  const kept = (ref: ColumnRef) => (ref.entity === FactSale ? rollup.lineColumns[ref.property] : undefined);
  const day = rollup.dimensions.day;
  if (!day || !kept(customerKeyColumn) || !kept(guestColumn) || !kept(countryColumn))
    throw new Error(`The rollup ${rollup.name} must keep day, customer, guest and country apart.`);

  /** Splits tests on lines into tests on the rows and the rest, which only a stored aggregate with the same tests can answer. */
  function split(tests: readonly LineTest[]) {
    const onRows = tests.filter((test) => kept(test.column));
    const rest = tests.filter((test) => !kept(test.column));
    return { onRows: onRows.map((test) => `${at(kept(test.column) as ColumnRef)} = ${literal(test.is)}`), rest };
  }

  /** The stored column that aggregates the same thing under exactly these tests. */
  function storedLike(wanted: Aggregate, tests: readonly LineTest[]): string | null {
    for (const name of measureNames) {
      const target = stored(name);
      const candidate = measureOf(name);
      if (!target || !("where" in candidate) || candidate.kind !== wanted.kind) continue;
      if (!sameTests(candidate.where, tests)) continue;
      if ("column" in candidate && "column" in wanted && !sameColumn(candidate.column, wanted.column)) continue;
      if (candidate.kind === "sum" && wanted.kind === "sum" && Boolean(candidate.negate) !== Boolean(wanted.negate))
        continue;
      return at(target);
    }
    return null;
  }

  /** Tests that are true of a row where at least one of its lines passes `tests`. */
  function anyLine(tests: readonly LineTest[]): string[] | null {
    const { onRows, rest } = split(tests);
    if (rest.length === 0) return onRows;
    const count = storedLike({ kind: "count", where: rest }, rest);
    return count === null ? null : [...onRows, `${count} > 0`];
  }

  return {
    name: rollup.name,
    table: tableName(rollup.entity),
    alias,
    atMoment: (moment) => `${alias}.snapshot_id = ${moment.snapshot}`,
    guest: at(kept(guestColumn) as ColumnRef),
    customerKey: at(kept(customerKeyColumn) as ColumnRef),
    country: at(kept(countryColumn) as ColumnRef),
    day: at(day),
    storesSegments: rollup.dimensions.segment !== undefined,
    dimension(name) {
      const target = rollup.dimensions[name];
      return target ? at(target) : null;
    },
    aggregate(aggregate, moment, alsoWhere) {
      switch (aggregate.kind) {
        case "sum": {
          const { onRows, rest } = split(aggregate.where);
          const total = storedLike(aggregate, rest);
          const tests = [...onRows, ...trailing(at(day), aggregate.trailingDays, moment), ...alsoWhere];
          return total && `coalesce(sum(${total})${filter(tests)}, 0)`;
        }
        case "count": {
          const { onRows, rest } = split(aggregate.where);
          const total = storedLike(aggregate, rest);
          return total && `coalesce(sum(${total})${filter([...onRows, ...alsoWhere])}, 0)`;
        }
        case "min":
        case "max": {
          const { onRows, rest } = split(aggregate.where);
          const total = storedLike(aggregate, rest);
          return total && `${aggregate.kind}(${total})${filter([...onRows, ...alsoWhere])}`;
        }
        case "countDistinct": {
          const target = kept(aggregate.column);
          const tests = anyLine(aggregate.where);
          return target && tests ? `count(DISTINCT ${at(target)})${filter([...tests, ...alsoWhere])}` : null;
        }
        case "set": {
          const target = kept(aggregate.column);
          const tests = anyLine(aggregate.where);
          return target && tests ? set(at(target), [...tests, ...alsoWhere]) : null;
        }
        case "latest": {
          const target = kept(aggregate.column);
          const tests = anyLine(aggregate.where);
          const by = aggregate.by.map((ref) => {
            const same = kept(ref);
            return same ? at(same) : storedLike({ kind: "max", column: ref, where: aggregate.where }, aggregate.where);
          });
          if (!target || !tests || by.includes(null)) return null;
          return latest(at(target), by as string[], [...tests, ...alsoWhere]);
        }
        default:
          return assertNever(aggregate);
      }
    },
  };
}

const customerKeyColumn = column(FactSale, "customerKey");
const guestColumn = column(FactSale, "guest");
const countryColumn = column(FactSale, "country");

function sameTests(a: readonly LineTest[], b: readonly LineTest[]): boolean {
  const within = (x: LineTest, list: readonly LineTest[]) =>
    list.some((y) => y.is === x.is && sameColumn(x.column, y.column));
  return a.length === b.length && a.every((test) => within(test, b));
}

/** The value of the row that is last in order; ties by the value itself, so that the answer does not depend on storage. */
function latest(value: string, by: readonly string[], tests: readonly string[]): string {
  const order = [...by, value].map((key) => `${key} DESC`).join(", ");
  return `(array_agg(${value} ORDER BY ${order})${filter(tests)})[1]`;
}

function set(value: string, tests: readonly string[]): string {
  return `coalesce(array_agg(DISTINCT ${value} ORDER BY ${value})${filter(tests)}, ARRAY[]::text[])`;
}
