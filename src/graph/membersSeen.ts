// Which members of the model a viewer is told of: those that the scope may use, and of those, where a smallest cell leaves three tables
// alone, the ones that the query floor lets these show.
import { mayUseMember } from "../model/catalog.ts";
import { type DimensionName, isDimension } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import type { Scope } from "../model/scope.ts";
import { fixedTables } from "../query/fixedTables.ts";

export function seesMember(name: MeasureName | DimensionName, scope: Scope): boolean {
  if (!mayUseMember(name, scope)) return false;
  return (
    scope.minimumCustomers === null ||
    fixedTables.some(({ dimension, measures }) => (isDimension(name) ? dimension === name : measures.includes(name)))
  );
}

/** Whether a viewer who sees both may see the measure by the dimension. */
export function seesCut(measure: MeasureName, dimension: DimensionName, scope: Scope): boolean {
  return (
    scope.minimumCustomers === null ||
    fixedTables.some((table) => table.dimension === dimension && table.measures.includes(measure))
  );
}
