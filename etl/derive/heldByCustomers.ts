// What the cells of customers already say of a measure of the whole business: of each customer in each country and period its totals, and
// what it counts for. So the business's cells are summed from these rows, and no order is read for them a second time.
import { column, sameColumn } from "../../src/model/column.ts";
import { type Aggregate, type MeasureName, measureOf } from "../../src/model/measures.ts";
import { customerCellRollup } from "../../src/model/rollups.ts";
import { storedMeasures } from "../../src/query/compile/storedMeasures.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";

const cells = storedMeasures(customerCellRollup, "c");
const customerKey = column(FactSale, "customerKey");
const orderedAt = column(FactSale, "orderedAt");

/**
 * An expression over one customer's cell `c` of one country: the total or count that stands there, 1 or 0 for a count of customers, or, of a
 * count of first orders, the time at which the customer's begins. Throws an Error where the cells do not tell.
 */
export function heldByCustomer(name: MeasureName): string {
  const target = customerCellRollup.measures[name];
  if (target) return cells.at(target);
  const measure = measureOf(name);
  const text =
    measure.kind === "customersWith"
      ? reaches(measure.measure as MeasureName, measure.gte)
      : measure.kind === "countDistinct" && sameColumn(measure.column, customerKey)
        ? countsFor(measure)
        : "where" in measure
          ? filtered(measure)
          : null;
  if (text === null)
    throw new Error(`${customerCellRollup.name} cannot tell ${name}, from which the cells of the business are summed.`);
  return text;
}

function reaches(name: MeasureName, least: number): string {
  return `(NOT c.guest AND ${heldByCustomer(name)} >= ${least})::int`;
}

function countsFor({ where, firstOrderInPeriod }: Extract<Aggregate, { kind: "countDistinct" }>): string | null {
  if (firstOrderInPeriod) return filtered({ kind: "min", column: orderedAt, where });
  const tests = cells.anyLine(where);
  return tests && `(${tests.length === 0 ? "true" : tests.join(" AND ")})::int`;
}

/** A total of lines under tests, some of which the cell answers as a whole. */
function filtered(aggregate: Aggregate): string | null {
  const { onRows, rest } = cells.split(aggregate.where);
  const total = cells.like(aggregate, rest);
  if (total === null) return null;
  return onRows.length === 0 ? total : `CASE WHEN ${onRows.join(" AND ")} THEN ${total} END`;
}
