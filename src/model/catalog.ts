// The catalogue: every member with all that is known of it, for whoever asks by name. All of it derives from the declarations.
import { sumsOver } from "./additivity.ts";
import { alwaysBy, cutBy } from "./cutBy.ts";
import { type Described, type Format, needsOf, type Sensitivity } from "./described.ts";
import { type Dimension, type DimensionName, dimensionNames, dimensionOf, isDimension } from "./dimensions.ts";
import { formulaOf } from "./formula.ts";
import { type MeasureName, measureNames, measureOf } from "./measures.ts";
import type { Scope } from "./scope.ts";

export type CatalogMeasure = Described &
  Readonly<{
    name: MeasureName;
    /** The field's name, in the graph and in answers. */
    shownAs: string;
    format: Format;
    /** In words. */
    formula: string;
    /** What it may be cut by. */
    cutBy: readonly DimensionName[];
    /** What it must always be cut by. */
    alwaysBy: readonly DimensionName[];
    /** Over which of these its rows add up to the whole, whatever is filtered. */
    sumsOver: readonly DimensionName[];
  }>;

export type CatalogDimension = Described &
  Readonly<{ name: DimensionName; shownAs: string; filter: Dimension["filter"]; filteredAs: string }>;

/** The name under which a member is shown. */
export function catalogName(name: MeasureName | DimensionName): string {
  return (isDimension(name) ? dimensionOf(name).shownAs : undefined) ?? name;
}

/** The member that is shown under a name; null where none is. */
export function memberNamed(shown: string): MeasureName | DimensionName | null {
  return [...measureNames, ...dimensionNames].find((name) => catalogName(name) === shown) ?? null;
}

/** A shown name as a value of an enum: CUSTOMER_ID for customerId. */
export function memberEnumName(shown: string): string {
  return shown.replace(/([a-z0-9])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$1$2_").toUpperCase();
}

/** Whether whoever asks under this scope may use what is so sensitive. Personal is what customers are seen by, so each needs the other. */
export function mayUse(sensitivity: Sensitivity, scope: Scope): boolean {
  return scope.members.includes(sensitivity) && (sensitivity !== "personal" || scope.customerLevel);
}

export function mayUseMember(name: MeasureName | DimensionName, scope: Scope): boolean {
  return memberNeeds(name).every((sensitivity) => mayUse(sensitivity, scope));
}

/** All that whoever uses a member must be allowed. */
export function memberNeeds(name: MeasureName | DimensionName): readonly Sensitivity[] {
  return needsOf(isDimension(name) ? dimensionOf(name) : measureOf(name));
}

/** In the order of declaration. */
export const catalogMeasures: readonly CatalogMeasure[] = Object.freeze(
  measureNames.map((name) => {
    const { label, description, sensitivity, format } = measureOf(name);
    return Object.freeze({
      name,
      shownAs: catalogName(name),
      label,
      description,
      sensitivity,
      format,
      formula: formulaOf(name),
      cutBy: cutBy(name),
      alwaysBy: alwaysBy(name),
      sumsOver: sumsOver(name),
    });
  }),
);

/** In the order of declaration. */
export const catalogDimensions: readonly CatalogDimension[] = Object.freeze(
  dimensionNames.map((name) => {
    const { label, description, sensitivity, filter, filteredAs = catalogName(name) } = dimensionOf(name);
    return Object.freeze({ name, shownAs: catalogName(name), label, description, sensitivity, filter, filteredAs });
  }),
);
