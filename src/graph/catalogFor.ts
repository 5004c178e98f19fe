// The catalogue as one viewer sees it: what the scope may not use is not named in it, nor in the lists of what it may.
import { catalogDimensions, catalogMeasures, mayUseMember } from "../model/catalog.ts";
import type { DimensionName } from "../model/dimensions.ts";
import { personalFields, type Scope } from "../model/scope.ts";
import type { Catalog } from "./types/Catalog.ts";

export function catalogFor(scope: Scope): Catalog {
  const dimensions = catalogDimensions.filter(({ name }) => mayUseMember(name, scope));
  const known = new Set(dimensions.map(({ name }) => name));
  const shown = (names: readonly DimensionName[]) => names.filter((name) => known.has(name));
  return {
    measures: catalogMeasures
      .filter(({ name }) => mayUseMember(name, scope))
      .map(({ name, shownAs, label, description, formula, format, sensitivity, cutBy, alwaysBy, sumsOver }) => ({
        name: shownAs,
        member: name,
        label,
        description,
        formula,
        format,
        sensitivity,
        dimensions: shown(cutBy),
        alwaysBy: shown(alwaysBy),
        sumsOver: shown(sumsOver),
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
 * Names of the members that the scope may not use, in the order of the catalogue, then those of the fields that it does not see as they
 * are. Who sees no single customer has no use for a customer's name either, and it is not named.
 */
export function membersHiddenFrom(scope: Scope): string[] {
  const members = [...catalogDimensions, ...catalogMeasures].filter(({ name }) => !mayUseMember(name, scope));
  return [
    ...members.map(({ shownAs }) => shownAs),
    ...personalFields.filter((field) => scope.masks[field] !== undefined),
  ];
}
