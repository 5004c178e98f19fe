// Shows at start that the declarations hold together: every measure is made of measures that exist, in the end of aggregates, no
// name means two things, and each scheme names each of the 125 cells of scores exactly once.
import { isDimension } from "./dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "./measures.ts";
import { proveSegmentSchemes } from "./segmentSchemes.ts";
import { views } from "./views.ts";

/** Throws an Error that names the declaration at fault. */
export function proveModel(): void {
  proveSegmentSchemes();
  for (const name of measureNames) {
    if (isDimension(name)) throw new Error(`${name} is a measure and a dimension.`);
    proveMeasure(name, []);
  }
  for (const view of views) {
    const members = [...view.dimensions, ...view.measures];
    if (new Set(members).size !== members.length) throw new Error(`The view ${view.entity.name} names a member twice.`);
  }
}

function proveMeasure(name: MeasureName, above: readonly MeasureName[]): void {
  if (above.includes(name)) throw new Error(`The measure ${name} is made of itself.`);
  for (const part of partsOf(name)) {
    if (!(measureNames as readonly string[]).includes(part))
      throw new Error(`The measure ${name} is made of ${part}, which does not exist.`);
    proveMeasure(part as MeasureName, [...above, name]);
  }
}

function partsOf(name: MeasureName): string[] {
  const measure = measureOf(name);
  switch (measure.kind) {
    case "difference":
      return [measure.of, measure.minus];
    case "ratio":
      return [measure.of, measure.by];
    case "shareOfTotal":
    case "daysSince":
    case "medianOverCustomers":
      return [measure.of];
    case "customersWith":
      return [measure.measure];
    default:
      return [];
  }
}
