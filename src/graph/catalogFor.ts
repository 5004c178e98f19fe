// The catalogue as one viewer sees it: what the scope has no use for is not named in it, nor in the lists of what it may.
import { catalogDimensions, catalogMeasures } from "../model/catalog.ts";
import type { DimensionName } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import { personalFields, type Scope } from "../model/scope.ts";
import { seesCut, seesMember } from "./membersSeen.ts";
import type { Catalog } from "./types/Catalog.ts";

export function catalogFor(scope: Scope): Catalog {
  const dimensions = catalogDimensions.filter(({ name }) => seesMember(name, scope));
  const known = new Set(dimensions.map(({ name }) => name));
  const shown = (measure: MeasureName, names: readonly DimensionName[]) =>
    names.filter((name) => known.has(name) && seesCut(measure, name, scope));
  return {
    measures: catalogMeasures
      .filter(({ name }) => seesMember(name, scope))
      .map(({ name, shownAs, label, description, formula, format, sensitivity, cutBy, alwaysBy, sumsOver }) => ({
        name: shownAs,
        member: name,
        label,
        description,
        formula,
        format,
        sensitivity,
        dimensions: shown(name, cutBy),
        alwaysBy: shown(name, alwaysBy),
        sumsOver: shown(name, sumsOver),
      })),
    dimensions: dimensions.map(({ name, shownAs, label, description, sensitivity }) => ({
      name: shownAs,
      member: name,
      label,
      description,
      sensitivity,
    })),
  };
}

/**
 * Names of the members that the scope has no use for, in the order of the catalogue, then those of the fields that it does not see as they
 * are. Who sees no single customer has no use for a customer's name either, and it is not named.
 */
export function membersHiddenFrom(scope: Scope): string[] {
  const members = [...catalogDimensions, ...catalogMeasures].filter(({ name }) => !seesMember(name, scope));
  return [
    ...members.map(({ shownAs }) => shownAs),
    ...personalFields.filter((field) => scope.masks[field] !== undefined),
  ];
}
