// What a measure is made of: the other measures that its declaration names.
import { assertNever } from "../kernel/errors.ts";
import type { Measure } from "./measures.ts";

/** Names as they are declared; empty for an aggregate over lines. */
export function madeOf(measure: Measure): readonly string[] {
  switch (measure.kind) {
    case "sum":
    case "count":
    case "countDistinct":
    case "min":
    case "max":
    case "latest":
    case "set":
      return [];
    case "difference":
      return [measure.of, measure.minus];
    case "ratio":
      return [measure.of, measure.by];
    case "shareOfTotal":
    case "daysSince":
    case "medianOverCustomers":
    case "sumOverTopCustomers":
      return [measure.of];
    case "customersWith":
      return [measure.measure];
    default:
      return assertNever(measure);
  }
}
