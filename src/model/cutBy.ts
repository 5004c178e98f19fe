// By which dimensions a measure may be cut, computed from its declaration.
import { type DimensionName, dimensionNames, dimensionOf } from "./dimensions.ts";
import { madeOf } from "./madeOf.ts";
import { type Measure, type MeasureName, measureOf } from "./measures.ts";

const cuts = new Map<MeasureName, readonly DimensionName[]>();

/** In the order in which the dimensions are declared. A personal measure needs the customer beside any of them. */
export function cutBy(measure: MeasureName): readonly DimensionName[] {
  const known = cuts.get(measure);
  if (known) return known;
  // Days of the week and hours come round again: a first order falls in none of them for good.
  const bound = countsFirstOrders(measureOf(measure));
  const found = Object.freeze(dimensionNames.filter((name) => !(bound && dimensionOf(name).kind === "clock")));
  cuts.set(measure, found);
  return found;
}

/** What a measure must always be cut by, beside anything else: the customer, where it is about a single one. */
export function alwaysBy(measure: MeasureName): readonly DimensionName[] {
  return measureOf(measure).sensitivity === "personal" ? customerDimensions : never;
}

const customerDimensions = Object.freeze(dimensionNames.filter((name) => dimensionOf(name).kind === "customer"));
const never: readonly DimensionName[] = Object.freeze([]);

function countsFirstOrders(measure: Measure): boolean {
  if (measure.kind === "countDistinct") return measure.firstOrderInPeriod === true;
  return madeOf(measure).some((part) => countsFirstOrders(measureOf(part as MeasureName)));
}
