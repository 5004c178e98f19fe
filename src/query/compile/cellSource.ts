// A stored aggregate of cells: rows by periods and by sets of values. Sums add up over anything; a count adds up over sets, but neither
// over periods nor over customers, so it is answered only where the question keeps those apart. See the header of model/rollups.ts.
import { assertNever } from "../../kernel/errors.ts";
import { type TimeGrain, timeGrains } from "../../kernel/period.ts";
import { catalogName } from "../../model/catalog.ts";
import { column, sameColumn } from "../../model/column.ts";
import { type DimensionName, dimensionOf, finestGrain } from "../../model/dimensions.ts";
import { type Aggregate, type MeasureName, measureOf } from "../../model/measures.ts";
import { type CellGrain, type CellRollup, cellGrains, everPeriod } from "../../model/rollups.ts";
import { FactSale } from "../../warehouse/entities/FactSale.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import type { Where } from "../request.ts";
import { filter, set } from "./aggregateText.ts";
import type { Moment } from "./moment.ts";
import { type Misfit, type Reading, type Shape, type Source, truncated } from "./source.ts";
import { storedMeasures } from "./storedMeasures.ts";

const alias = "o";
const guestColumn = column(FactSale, "guest");
const countryColumn = column(FactSale, "country");
const customerColumn = column(FactSale, "customerKey");

export function cellSource(rollup: CellRollup): Source {
  const { at, kept, like } = storedMeasures(rollup, alias);
  const period = at(rollup.period);
  const types = rollup.sets.customerType;
  const keptGuest = kept(guestColumn);
  /** Boolean: the row holds lines of guests. */
  const guest = keptGuest ? at(keptGuest) : types ? `('GUEST' = ANY (${at(types)}))` : "";
  if (guest === "") throw new Error(`The rollup ${rollup.name} must tell guests.`);
  const customer = rollup.dimensions.customer;
  const single = (name: DimensionName) => {
    const target = rollup.sets[name];
    return target ? [`cardinality(${at(target)}) = 1`] : [];
  };

  /** Tests on lines as tests on rows of one place; null where the rows cannot tell. */
  function testsOf({ where }: Aggregate): { onRows: string[]; rest: Aggregate["where"] } {
    const onRows = where.flatMap((test) =>
      sameColumn(test.column, guestColumn) ? [test.is === true ? guest : `NOT ${guest}`] : [],
    );
    return { onRows, rest: where.filter((test) => !sameColumn(test.column, guestColumn)) };
  }

  /** Over rows of one place, where sums, mins and maxes stand; null where it is not stored. */
  function aggregateText(aggregate: Aggregate, where: Where, alsoWhere: readonly string[]): string | null {
    const { onRows, rest } = testsOf(aggregate);
    switch (aggregate.kind) {
      case "sum":
      case "count": {
        if (aggregate.kind === "sum" && aggregate.trailingDays !== undefined) return null;
        const total = like(aggregate, rest);
        return total && `coalesce(sum(${total})${filter([...onRows, ...alsoWhere])}, 0)`;
      }
      case "min":
      case "max": {
        const total = like(aggregate, rest);
        return total && `${aggregate.kind}(${total})${filter([...onRows, ...alsoWhere])}`;
      }
      case "countDistinct": {
        if (!customer || !sameColumn(aggregate.column, customerColumn)) return null;
        const lines = rest.length === 0 ? null : like({ kind: "count", where: rest }, rest);
        if (rest.length > 0 && lines === null) return null;
        const tests = [...onRows, ...(lines === null ? [] : [`${lines} > 0`]), ...alsoWhere];
        return `count(DISTINCT ${at(customer)})${filter(tests)}`;
      }
      case "set": {
        const countries = rollup.sets.country;
        if (!countries || !sameColumn(aggregate.column, countryColumn) || rest.length > 0) return null;
        return set(`${at(countries)}[1]`, [...onRows, ...single("country"), ...alsoWhere]);
      }
      case "latest": {
        // Among lines of one country it is that one, where there is a line.
        const countries = rollup.sets.country;
        const lines = like({ kind: "count", where: rest }, rest);
        if (!countries || lines === null || !sameColumn(aggregate.column, countryColumn) || !isOfOneCountry(where))
          return null;
        return `max(${at(countries)}[1])${filter([...onRows, `${lines} > 0`, ...alsoWhere])}`;
      }
      default:
        return assertNever(aggregate);
    }
  }

  /** Why a question about these dimensions cannot be answered; null where it can. */
  function whyNotCut({ grouped, where }: Shape): string | null {
    for (const name of [...grouped, ...(Object.keys(where) as DimensionName[])]) {
      const { kind } = dimensionOf(name);
      const held = rollup.dimensions[name] ?? rollup.sets[name];
      if (kind === "time" ? isCellGrain(name) : kind === "cohortMonth" ? customer : held) continue;
      return `its rows do not keep ${catalogName(name)} apart`;
    }
    return null;
  }

  /** Why a count that stands in the rows cannot be summed for a question; null where it can. */
  function whyNotCounted(name: MeasureName, { grouped, where }: Shape): string | null {
    const shown = catalogName(name);
    const grain = grainOf(grouped, where);
    if (grain !== "ever" && !grouped.includes(grain) && where[grain]?.eq === undefined)
      return `${shown} is no sum over several periods: cut by ${grain} as well`;
    if (customer && !grouped.includes("customer") && where.customer?.eq === undefined)
      return `${shown} is no sum over customers`;
    const measure = measureOf(name);
    const countsFirst = measure.kind === "countDistinct" && measure.firstOrderInPeriod === true;
    if (countsFirst && (grouped.includes("country") || where.country !== undefined))
      return `${shown} looks at the first order in every country that may be seen, and country is asked for`;
    return null;
  }

  /** How a measure is read for a question: a count that stands in the rows, or an aggregate over them. */
  function howMeasured(name: MeasureName, shape: Shape): "counted" | "aggregated" | Misfit {
    const measure = measureOf(name);
    const isStored = rollup.measures[name] !== undefined;
    if (isStored && (measure.kind === "countDistinct" || measure.kind === "customersWith")) {
      const why = whyNotCounted(name, shape);
      if (why === null) return "counted";
      if (measure.kind === "customersWith" || aggregateText(measure, shape.where, []) === null) return { why };
    }
    if (!("where" in measure) || aggregateText(measure, shape.where, []) === null)
      return { why: `its rows cannot tell ${catalogName(name)}` };
    return "aggregated";
  }

  function readingFor(shape: Shape, counted: ReadonlySet<MeasureName>): Reading {
    const grain = grainOf(shape.grouped, shape.where);
    return Object.freeze({
      source: rollup.name,
      table: tableName(rollup.entity),
      alias,
      rows: (moment: Moment) => [
        `${alias}.snapshot_id = ${moment.snapshot}`,
        `${at(rollup.grain)} = '${grain}'`,
        // The one period of that grain: named, so that an index by period and customer is used.
        ...(grain === "ever" ? [`${period} = '${everPeriod}'`] : []),
        ...shape.grouped.flatMap(single),
      ],
      guest,
      customerKey: customer ? at(customer) : "NULL",
      line: (ref) => {
        const own = kept(ref);
        return own ? at(own) : null;
      },
      value(name) {
        const target = rollup.dimensions[name];
        if (target) return dimensionOf(name).kind === "customerType" ? null : at(target);
        const values = rollup.sets[name];
        return values ? `${at(values)}[1]` : null;
      },
      set(name) {
        const values = rollup.sets[name];
        return values ? at(values) : null;
      },
      period: (unit: TimeGrain) => (unit === grain ? period : truncated(unit, period)),
      day: period,
      clock(part) {
        throw new Error(`${rollup.name} does not keep ${part} apart.`);
      },
      holds: (name) => counted.has(name),
      measure(name, _moment, alsoWhere) {
        const target = rollup.measures[name];
        if (target && counted.has(name)) return `coalesce(sum(${at(target)}), 0)`;
        const text = aggregateText(measureOf(name) as Aggregate, shape.where, alsoWhere);
        if (text === null) throw new Error(`${rollup.name} was chosen, but cannot answer ${name}.`);
        return text;
      },
    } satisfies Reading);
  }

  return Object.freeze({
    name: rollup.name,
    read(shape: Shape): Reading | Misfit {
      const why = whyNotCut(shape);
      if (why !== null) return { why };
      const counted = new Set<MeasureName>();
      for (const name of shape.measures) {
        const how = howMeasured(name, shape);
        if (typeof how === "object") return how;
        if (how === "counted") counted.add(name);
      }
      return readingFor(shape, counted);
    },
  });
}

const isOfOneCountry = ({ country }: Where) => country?.eq !== undefined || country?.in?.length === 1;

const isCellGrain = (name: string): name is CellGrain & TimeGrain =>
  (cellGrains as readonly string[]).includes(name) && (timeGrains as readonly string[]).includes(name);

/** The grain whose rows a question is answered from. */
function grainOf(grouped: Shape["grouped"], where: Shape["where"]): "ever" | TimeGrain {
  return finestGrain([...grouped, ...(Object.keys(where) as DimensionName[])]) ?? "ever";
}
