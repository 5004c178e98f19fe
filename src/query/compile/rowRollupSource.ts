// A stored aggregate whose rows sum lines. An aggregate of the model is exact over it where its rows keep apart what is counted and tested.
import { assertNever } from "../../kernel/errors.ts";
import { catalogName } from "../../model/catalog.ts";
import { column } from "../../model/column.ts";
import { type DimensionName, dimensionOf } from "../../model/dimensions.ts";
import { joinTo } from "../../model/joins.ts";
import type { Aggregate, MeasureName } from "../../model/measures.ts";
import { measureOf } from "../../model/measures.ts";
import type { RowRollup } from "../../model/rollups.ts";
import { FactSale } from "../../warehouse/entities/FactSale.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import { filter, latest, set, trailing } from "./aggregateText.ts";
import type { Moment } from "./moment.ts";
import { type Misfit, type Reading, type Shape, type Source, truncated } from "./source.ts";
import { type StoredMeasures, storedMeasures } from "./storedMeasures.ts";

const alias = "o";

export type RowRollupSource = Source &
  Readonly<{
    /** An aggregate of the model over the rows, under the alias `o`; null where it would not be exact. */
    aggregate(aggregate: Aggregate, moment: Moment, alsoWhere: readonly string[]): string | null;
  }>;

export function rollupSource(rollup: RowRollup): RowRollupSource {
  const stored = storedMeasures(rollup, alias);
  const { at, kept } = stored;
  const guest = kept(column(FactSale, "guest"));
  const customerKey = kept(column(FactSale, "customerKey"));
  if (!guest || !customerKey || !rollup.dimensions.country)
    throw new Error(`The rollup ${rollup.name} must keep customer, guest and country apart.`);
  const day = at(rollup.day);
  const aggregate = (wanted: Aggregate, moment: Moment, also: readonly string[]) =>
    aggregateOver(stored, day, wanted, moment, also);

  const reading: Reading = Object.freeze({
    source: rollup.name,
    table: tableName(rollup.entity),
    alias,
    rows: (moment: Moment) => [`${alias}.snapshot_id = ${moment.snapshot}`],
    guest: at(guest),
    customerKey: at(customerKey),
    line: (ref) => {
      const own = kept(ref);
      return own ? at(own) : null;
    },
    value(name: DimensionName) {
      const target = rollup.dimensions[name];
      return target && dimensionOf(name).kind !== "customerType" ? at(target) : null;
    },
    set: () => null,
    period: (grain) => truncated(grain, day),
    day,
    clock(part) {
      if (part === "weekday") return `extract(isodow FROM ${day})::int`;
      throw new Error(`${rollup.name} does not keep hours apart.`);
    },
    holds: () => false,
    measure(name, moment, also) {
      const text = aggregate(measureOf(name) as Aggregate, moment, also);
      if (text === null) throw new Error(`${rollup.name} was chosen, but cannot answer ${name}.`);
      return text;
    },
  } satisfies Reading);

  function keeps(name: DimensionName): boolean {
    const dimension = dimensionOf(name);
    switch (dimension.kind) {
      case "time":
      case "cohortMonth":
        return true;
      case "clock":
        return name !== "hour";
      case "column":
      case "segment": {
        const join = joinTo(dimension.column.entity);
        return rollup.dimensions[name] !== undefined || (join !== null && kept(join.from) !== undefined);
      }
      default:
        return rollup.dimensions[name] !== undefined;
    }
  }

  function answers(name: MeasureName): boolean {
    const measure = measureOf(name);
    return "where" in measure && aggregate(measure, anyMoment, []) !== null;
  }

  return Object.freeze({
    name: rollup.name,
    aggregate,
    read({ measures, grouped, where }: Shape): Reading | Misfit {
      const names = [...grouped, ...(Object.keys(where) as DimensionName[])];
      const lost = names.find((name) => !keeps(name));
      if (lost) return { why: `its rows do not keep ${catalogName(lost)} apart` };
      const unknown = measures.find((name) => !answers(name));
      return unknown ? { why: `its rows cannot tell ${catalogName(unknown)}` } : reading;
    },
  });
}

/** Whether an aggregate can be answered does not depend on the moment. */
const anyMoment: Moment = Object.freeze({ snapshot: "0", generation: "0", asOf: "current_date" });

function aggregateOver(
  { at, kept, split, like, anyLine }: StoredMeasures,
  day: string,
  aggregate: Aggregate,
  moment: Moment,
  alsoWhere: readonly string[],
): string | null {
  switch (aggregate.kind) {
    case "sum": {
      const { onRows, rest } = split(aggregate.where);
      const total = like(aggregate, rest);
      const tests = [...onRows, ...trailing(day, aggregate.trailingDays, moment), ...alsoWhere];
      return total && `coalesce(sum(${total})${filter(tests)}, 0)`;
    }
    case "count": {
      const { onRows, rest } = split(aggregate.where);
      const total = like(aggregate, rest);
      return total && `coalesce(sum(${total})${filter([...onRows, ...alsoWhere])}, 0)`;
    }
    case "min":
    case "max": {
      const { onRows, rest } = split(aggregate.where);
      const total = like(aggregate, rest);
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
        return same ? at(same) : like({ kind: "max", column: ref, where: aggregate.where }, aggregate.where);
      });
      if (!target || !tests || by.includes(null)) return null;
      return latest(at(target), by as string[], [...tests, ...alsoWhere]);
    }
    default:
      return assertNever(aggregate);
  }
}
