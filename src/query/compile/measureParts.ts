// What must be computed for a set of measures: derived measures are taken apart until only aggregates over rows and figures over
// customers remain. The answer puts them together again.
import { assertNever } from "../../kernel/errors.ts";
import { type Aggregate, type MeasureName, measureOf } from "../../model/measures.ts";

export type MeasureParts = Readonly<{
  /** Aggregates over the rows of a group. */
  aggregates: readonly MeasureName[];
  /** Figures over the customers of a group, each with a value of its own first. */
  overCustomers: readonly MeasureName[];
  /** Measures whose total over all groups is wanted. */
  totals: readonly MeasureName[];
}>;

export function partsOf(measures: readonly MeasureName[]): MeasureParts {
  const aggregates = new Set<MeasureName>();
  const overCustomers = new Set<MeasureName>();
  const totals = new Set<MeasureName>();
  const visit = (name: MeasureName): void => {
    const measure = measureOf(name);
    switch (measure.kind) {
      case "sum":
      case "count":
      case "countDistinct":
      case "min":
      case "max":
      case "latest":
      case "set":
        aggregates.add(name);
        return;
      case "customersWith":
      case "medianOverCustomers":
      case "sumOverTopCustomers":
        overCustomers.add(name);
        return;
      case "difference":
        visit(measure.of as MeasureName);
        visit(measure.minus as MeasureName);
        return;
      case "ratio":
        visit(measure.of as MeasureName);
        visit(measure.by as MeasureName);
        return;
      case "shareOfTotal":
        visit(measure.of as MeasureName);
        totals.add(measure.of as MeasureName);
        return;
      case "daysSince":
        visit(measure.of as MeasureName);
        return;
      default:
        assertNever(measure);
    }
  };
  measures.forEach(visit);
  return { aggregates: [...aggregates], overCustomers: [...overCustomers], totals: [...totals] };
}

/** The measure of single customers that a figure over customers is made from. */
export function innerMeasureOf(name: MeasureName): MeasureName {
  const measure = measureOf(name);
  if (measure.kind === "customersWith") return measure.measure as MeasureName;
  if (measure.kind === "medianOverCustomers" || measure.kind === "sumOverTopCustomers")
    return measure.of as MeasureName;
  throw new Error(`${name} is not a figure over customers.`);
}

/** The declaration of a measure that is an aggregate over rows. */
export function aggregateOf(name: MeasureName): Aggregate {
  const measure = measureOf(name);
  if ("where" in measure) return measure;
  throw new Error(`${name} is not an aggregate over rows.`);
}
