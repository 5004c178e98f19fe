// The model as plain data for tools: the catalogue, how tables hang together, what is stored, and the segment schemes. No SQL.
import { catalogDimensions, catalogMeasures, catalogName, memberEnumName } from "./catalog.ts";
import type { ColumnRef } from "./column.ts";
import { type DimensionName, dimensionNames, dimensionOf, segmentDimensions } from "./dimensions.ts";
import { joins } from "./joins.ts";
import { type MeasureName, measureOf } from "./measures.ts";
import { cellGrains, type Rollup, rollups } from "./rollups.ts";
import { segmentSchemes, unscoredSegments } from "./segmentSchemes.ts";

/** Every name is the one that is shown. `tableOf` gives the name of an entity's table. */
export function describeModel(tableOf: (entity: ColumnRef["entity"]) => string) {
  const shown = (names: readonly (MeasureName | DimensionName)[]) => names.map(catalogName);
  return {
    measures: catalogMeasures.map(({ name, shownAs, cutBy, alwaysBy, sumsOver, ...words }) => ({
      name: shownAs,
      member: memberEnumName(shownAs),
      ...words,
      declaration: declarationOf(name),
      cutBy: shown(cutBy),
      alwaysBy: shown(alwaysBy),
      sumsOver: shown(sumsOver),
    })),
    dimensions: catalogDimensions.map(({ name, shownAs, ...words }) => ({
      name: shownAs,
      member: memberEnumName(shownAs),
      ...words,
      kind: dimensionOf(name).kind,
    })),
    joins: joins.map(({ to, cardinality, from, key, identifiedOnly }) => ({
      from: { table: tableOf(from.entity), property: from.property },
      to: { table: tableOf(to), property: key.property },
      cardinality,
      identifiedOnly,
      dimensions: shown(dimensionNames.filter((name) => isIn(to, name))),
    })),
    rollups: rollups.map(describeRollup),
    schemes: Object.values(segmentSchemes).map(({ name, exclusive, rules }) => ({
      name,
      dimension: catalogName(segmentDimensions[name]),
      exclusive,
      segments: [...rules, ...unscoredSegments],
    })),
  };
}

/** What the declaration says beside its words: the kind, the column, its condition, the measures that it names. */
function declarationOf(name: MeasureName): Record<string, unknown> {
  const { label, description, format, sensitivity, ...declared } = measureOf(name);
  return Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, withProperties(value)]));
}

/** Columns as the names of their properties. */
function withProperties(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withProperties);
  if (typeof value !== "object" || value === null) return value;
  if ("entity" in value && "property" in value) return value.property;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withProperties(part)]));
}

function isIn(entity: ColumnRef["entity"], name: DimensionName): boolean {
  const dimension = dimensionOf(name);
  return "column" in dimension && dimension.column.entity === entity;
}

function describeRollup(rollup: Rollup) {
  const { name, description, kind } = rollup;
  const shown = (held: object) => (Object.keys(held) as (MeasureName | DimensionName)[]).map(catalogName);
  return {
    name,
    description,
    kind,
    grains: kind === "cells" ? cellGrains : ["day"],
    dimensions: shown(rollup.dimensions),
    sets: kind === "cells" ? shown(rollup.sets) : [],
    measures: shown(rollup.measures),
  };
}
