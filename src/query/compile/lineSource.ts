// The lines: every dimension and every aggregate is exact here.
import { assertNever } from "../../kernel/errors.ts";
import type { ColumnRef } from "../../model/column.ts";
import { dimensionOf } from "../../model/dimensions.ts";
import type { Aggregate, LineTest } from "../../model/measures.ts";
import { FactSale } from "../../warehouse/entities/FactSale.ts";
import { columnName, tableName } from "../../warehouse/entityTables.ts";
import { filter, latest, literal, set, trailing } from "./aggregateText.ts";
import { aggregateOf } from "./measureParts.ts";
import type { Moment } from "./moment.ts";
import { type Reading, type Source, truncated } from "./source.ts";

const at = (ref: ColumnRef) => `f.${columnName(ref.entity, ref.property)}`;
const test = (lineTest: LineTest) => `${at(lineTest.column)} = ${literal(lineTest.is)}`;
const day = "f.ordered_at::date";

/** An aggregate of the model over lines, under the alias `f`. */
export function lineAggregate(aggregate: Aggregate, moment: Moment, alsoWhere: readonly string[]): string {
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
}

/** How lines are read, whatever is asked. */
export const lineReading: Reading = Object.freeze({
  source: "fact_sales",
  table: tableName(FactSale),
  alias: "f",
  rows: (moment: Moment) => [
    `f.generation = ${moment.generation}`,
    `f.born <= ${moment.snapshot}`,
    `f.died > ${moment.snapshot}`,
  ],
  guest: "f.guest",
  customerKey: "f.customer_key",
  line: at,
  value(name) {
    const dimension = dimensionOf(name);
    return dimension.kind === "column" && dimension.column.entity === FactSale ? at(dimension.column) : null;
  },
  set: () => null,
  period: (grain) => truncated(grain, day),
  day,
  clock: (part) => (part === "hour" ? "extract(hour FROM f.ordered_at)::int" : `extract(isodow FROM ${day})::int`),
  holds: () => false,
  measure: (name, moment, alsoWhere) => lineAggregate(aggregateOf(name), moment, alsoWhere),
} satisfies Reading);

export const lineSource: Source = Object.freeze({ name: "fact_sales", read: () => lineReading });
