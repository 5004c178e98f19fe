// Which members of the model a viewer is told of: those that the scope may use, and of those, where a smallest cell leaves three tables
// alone, the ones that these show. The tables are read off their types.
import { mayUseMember } from "../model/catalog.ts";
import { type DimensionName, segmentDimensions } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import type { Scope } from "../model/scope.ts";
import { measuresShownBy } from "./MeasureField.ts";
import { RevenueByCountry } from "./types/RevenueByCountry.ts";
import { RevenueByMonth } from "./types/RevenueByMonth.ts";
import { Segment } from "./types/Segment.ts";

/** The tables of a scope with a smallest cell, and what tells the rows of each apart. */
const fixedTables = Object.freeze([
  { dimension: "month", type: RevenueByMonth },
  { dimension: "country", type: RevenueByCountry },
  { dimension: segmentDimensions.CLASSIC, type: Segment },
] as const satisfies readonly { dimension: DimensionName; type: new () => object }[]);

/** By each measure that a table shows, what it is shown by. */
const shownCuts: ReadonlyMap<MeasureName, ReadonlySet<DimensionName>> = cutsOfTables();

function cutsOfTables(): Map<MeasureName, Set<DimensionName>> {
  const cuts = new Map<MeasureName, Set<DimensionName>>();
  for (const { dimension, type } of fixedTables)
    for (const measure of measuresShownBy(type).values())
      cuts.set(measure, (cuts.get(measure) ?? new Set()).add(dimension));
  return cuts;
}

export function seesMember(name: MeasureName | DimensionName, scope: Scope): boolean {
  if (!mayUseMember(name, scope)) return false;
  if (scope.minimumCustomers === null) return true;
  return shownCuts.has(name as MeasureName) || fixedTables.some(({ dimension }) => dimension === name);
}

/** Whether a viewer who sees both may see the measure by the dimension. */
export function seesCut(measure: MeasureName, dimension: DimensionName, scope: Scope): boolean {
  return scope.minimumCustomers === null || shownCuts.get(measure)?.has(dimension) === true;
}
