// What cells hold of each measure that they declare, and how it is computed from the stored orders: totals, which any grouping of rows
// gives again, and counts of invoices or customers, which sets of places make additive.
import { column, sameColumn } from "../../src/model/column.ts";
import { type Aggregate, type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import { type CellRollup, salesOrderRollup } from "../../src/model/rollups.ts";
import { aggregateOf } from "../../src/query/compile/measureParts.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import { rollupSource } from "../../src/query/compile/rowRollupSource.ts";
import { storedMeasures } from "../../src/query/compile/storedMeasures.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { columnName } from "../../src/warehouse/entityTables.ts";

const orders = rollupSource(salesOrderRollup);
const { anyLine } = storedMeasures(salesOrderRollup, "o");
const invoice = column(FactSale, "invoice");
const customerKey = column(FactSale, "customerKey");
const guest = column(FactSale, "guest");
const orderedAt = column(FactSale, "orderedAt");

type Held = Readonly<{
  measure: MeasureName;
  /** Of the rollup's table. */
  column: string;
}>;

/** How totals of several rows are put together. */
export type Total = Held & Readonly<{ put: "sum" | "min" | "max" }>;

/**
 * `among` is true of the orders `o` with a line that counts. `figure` is an aggregate over the orders of one customer or one invoice in
 * a period: the count itself, or 1 where it counts; where `first`, the time at which a customer's own counting begins.
 */
export type Count = Held &
  Readonly<{ of: "invoices" | "customers"; among: string; figure(moment: Moment): string; first: boolean }>;

export type CellMeasures = Readonly<{ totals: readonly Total[]; counts: readonly Count[] }>;

/** Throws an Error for a measure that cells cannot hold. */
export function cellMeasuresOf(rollup: CellRollup): CellMeasures {
  const totals: Total[] = [];
  const counts: Count[] = [];
  for (const measure of measureNames) {
    const target = rollup.measures[measure];
    if (!target) continue;
    const held = { measure, column: columnName(target.entity, target.property) };
    const put = putOf(measure);
    if (put) totals.push({ ...held, put });
    else counts.push({ ...held, ...countOf(rollup, measure) });
    if (rollup.dimensions.customer && counts.at(-1)?.of === "customers")
      throw new Error(`${rollup.name} cannot hold ${measure}: its rows are single customers, which it would count.`);
  }
  return Object.freeze({ totals, counts });
}

/** An aggregate of the model over orders `o`. Throws where the orders cannot tell it. */
function overOrders(what: string, aggregate: Aggregate, moment: Moment): string {
  const text = orders.aggregate(aggregate, moment, []);
  if (text === null) throw new Error(`${salesOrderRollup.name} cannot tell ${what}, so that no cell can hold it.`);
  return text;
}

export const totalOverOrders = (measure: MeasureName, moment: Moment) =>
  overOrders(measure, aggregateOf(measure), moment);

function putOf(name: MeasureName): Total["put"] | null {
  const { kind } = measureOf(name);
  switch (kind) {
    case "sum":
    case "count":
      return "sum";
    case "min":
    case "max":
      return kind;
    default:
      return null;
  }
}

function countOf(rollup: CellRollup, name: MeasureName): Omit<Count, keyof Held> {
  const measure = measureOf(name);
  if (measure.kind === "countDistinct" && sameColumn(measure.column, invoice) && !measure.firstOrderInPeriod)
    return {
      of: "invoices",
      among: amongOrders(name, measure),
      figure: (moment) => totalOverOrders(name, moment),
      first: false,
    };
  const identified = "where" in measure && measure.where.some((test) => sameColumn(test.column, guest) && !test.is);
  if (measure.kind === "countDistinct" && sameColumn(measure.column, customerKey) && identified) {
    const among = amongOrders(name, measure);
    const { where, firstOrderInPeriod: first = false } = measure;
    const begins: Aggregate = { kind: "min", column: orderedAt, where };
    const figure = (moment: Moment) => (first ? overOrders(name, begins, moment) : `bool_or(${among})::int`);
    return { of: "customers", among, figure, first };
  }
  if (measure.kind === "customersWith") {
    const inner = measure.measure as MeasureName;
    const counted = measureOf(inner);
    if (counted.kind === "countDistinct" && sameColumn(counted.column, invoice))
      return {
        of: "customers",
        among: amongOrders(inner, counted),
        figure: (moment) => `(NOT bool_or(o.guest) AND ${totalOverOrders(inner, moment)} >= ${measure.gte})::int`,
        first: false,
      };
  }
  throw new Error(
    `${rollup.name} cannot hold ${name} (${measure.kind}): cells hold sums, counts of lines, mins, maxes, and counts of invoices and of identified customers.`,
  );
}

function amongOrders(name: MeasureName, { where }: Aggregate): string {
  const tests = anyLine(where);
  if (tests === null) throw new Error(`${salesOrderRollup.name} cannot tell ${name}, so that no cell can hold it.`);
  return tests.length === 0 ? "true" : `(${tests.join(" AND ")})`;
}
