// What a stored aggregate was filled from, as a name that changes with the declaration: a snapshot says by it which rollups it holds
// whole, so that one whose measures have since been declared anew, or been added to, is not read for what it does not hold.
import { createHash } from "node:crypto";
import type { ColumnRef } from "../../model/column.ts";
import { type MeasureName, measureOf } from "../../model/measures.ts";
import { type Rollup, rollups } from "../../model/rollups.ts";
import { columnName } from "../../warehouse/entityTables.ts";
import { innerMeasureOf } from "./measureParts.ts";

/** `sales_cell@1f0c…`: the rollup's name and a digest of what its columns hold. */
export function rollupKey(rollup: Rollup): string {
  const { name, kind, dimensions, lineColumns, measures } = rollup;
  const held = {
    kind,
    dimensions: columnsOf(dimensions),
    lineColumns: columnsOf(lineColumns),
    sets: rollup.kind === "cells" ? columnsOf(rollup.sets) : {},
    measures: Object.entries(measures).map(([measure, target]) => [
      columnName(target.entity, target.property),
      meaningOf(measure as MeasureName),
    ]),
  };
  return `${name}@${createHash("sha256").update(JSON.stringify(held)).digest("hex").slice(0, 12)}`;
}

/** The keys of rollups by name. */
export function rollupKeysOf(names: readonly string[]): string[] {
  return rollups.filter(({ name }) => names.includes(name)).map(rollupKey);
}

const nameOfKey: ReadonlyMap<string, string> = new Map(rollups.map((rollup) => [rollupKey(rollup), rollup.name]));

/** Names of the rollups that hold what they are declared to hold now, by the keys that a snapshot stored. */
export function rollupsOfKeys(keys: readonly string[]): string[] {
  return keys.flatMap((key) => nameOfKey.get(key) ?? []);
}

function columnsOf(named: Readonly<Partial<Record<string, ColumnRef>>>): [string, string][] {
  return Object.entries(named).flatMap(([name, ref]) => (ref ? [[name, columnName(ref.entity, ref.property)]] : []));
}

/** A measure without the words that describe it. */
function meaningOf(name: MeasureName): unknown {
  const {
    label: _label,
    description: _description,
    sensitivity: _sensitivity,
    format: _format,
    ...meaning
  } = measureOf(name);
  const inner = ["customersWith", "medianOverCustomers", "sumOverTopCustomers"].includes(meaning.kind)
    ? meaningOf(innerMeasureOf(name))
    : null;
  return [JSON.parse(JSON.stringify(meaning, (_, value) => (typeof value === "function" ? value.name : value))), inner];
}
