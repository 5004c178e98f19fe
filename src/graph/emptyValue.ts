// What a measure is where there is nothing to measure: a sum or a count of nothing is 0, a ratio of nothing is not a number.
import { assertNever } from "../kernel/errors.ts";
import { type MeasureName, measureOf } from "../model/measures.ts";
import type { Value } from "../query/answer.ts";

export function emptyValue(name: MeasureName): Value {
  const measure = measureOf(name);
  switch (measure.kind) {
    case "sum":
    case "count":
    case "countDistinct":
    case "customersWith":
    case "sumOverTopCustomers":
    case "difference":
      return measure.format === "currency" ? "0" : 0;
    case "set":
      return [];
    case "min":
    case "max":
    case "latest":
    case "ratio":
    case "shareOfTotal":
    case "daysSince":
    case "medianOverCustomers":
      return null;
    default:
      return assertNever(measure);
  }
}
