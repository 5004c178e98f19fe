// The page about measures for people: what each one means, what it may be cut by, and which table answers which question. All of it
// comes from the declarations, and which table answers is asked of the planner itself.
import { assertNever } from "../kernel/errors.ts";
import { type CatalogMeasure, catalogDimensions, catalogMeasures, catalogName } from "../model/catalog.ts";
import { type DimensionName, dimensionNames, dimensionOf } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import { cellGrains, mostPlaces, mostSetWork, type Rollup, rollups } from "../model/rollups.ts";
import { lineSource } from "./compile/lineSource.ts";
import { planMetrics, sourcesOf } from "./plan.ts";
import type { Where } from "./request.ts";

/** Markdown. */
export function describeMeasures(): string {
  return [
    "# Measures and dimensions",
    "Made from the declarations in `src/model/` by `npm run codegen`: a change there shows here. Names are those of the graph.",
    "## Measures",
    ...catalogMeasures.map(measureSection),
    "## Dimensions",
    "Filters are `eq`, `in` and, for a range, `gte` (this or later) and `lt` (earlier than this). Texts are compared exactly, case included; a question of dimensions alone, such as `{ metrics { nodes { country } } }`, lists the values that occur.",
    table([
      ["Name", "Label", "Meaning", "Filtered by", "Sensitivity"],
      ...catalogDimensions.map(({ name, shownAs, filteredAs, label, description, filter, sensitivity }) => [
        code(shownAs),
        label,
        description,
        `${code(filteredAs)}: ${filteredBy(name, filter)}`,
        sensitivity,
      ]),
    ]),
    "## Where answers come from",
    `A question is answered from the smallest table that answers it exactly, whoever asks. Smallest first:`,
    table([
      ["Table", "What its rows are", "Its size grows with"],
      ...rollups.map((rollup) => [code(rollup.name), rollup.description, growth(rollup)]),
      [code(lineSource.name), "The lines themselves.", "lines"],
    ]),
    `Cells are left out of a snapshot in which a customer has bought in more than ${mostPlaces} countries, or an invoice lies in more than ${mostPlaces} places, and of one whose customers or invoices in several places would take more than ${mostSetWork.toLocaleString("en-GB")} steps to count. The load and \`consumer360 status\` say so; the next table then answers, with the same figures.`,
    "## Which questions do not depend on the number of lines",
    `Those that ${flat.map(code).join(" or ")} answers. The tables below say for each measure which table is read for a cut by one dimension, and for a filter on one. With several cuts and filters it is no larger than the largest that one of them needs. Over a range of periods the answer may also be cut by the finest calendar unit that the range names: then the range is read as a single value is.`,
    ...readings().map(readingSection),
  ].join("\n\n");
}

function measureSection({ shownAs, label, description, formula, format, sensitivity, ...lists }: CatalogMeasure) {
  const { alwaysBy } = lists;
  const without = dimensionNames.filter((dimension) => !lists.cutBy.includes(dimension));
  const cut = without.length === 0 ? "any dimension" : `any dimension but ${names(without)}`;
  return `### ${label}

${description}

- Name: ${code(shownAs)}, ${format}, ${sensitivity}
- Formula: ${formula}
- Cut by: ${cut}${alwaysBy.length === 0 ? "" : `, and always by ${names(alwaysBy)}, so never in totals`}
- Adds up over: ${lists.sumsOver.length === dimensionNames.length ? "any dimension" : names(lists.sumsOver)}`;
}

/** A customer's type is one of two: the graph takes it as it is, without an operator. */
function filteredBy(name: DimensionName, filter: "values" | "range"): string {
  if (dimensionOf(name).kind === "customerType") return "a value";
  return filter === "range" ? "a value, a list, a range" : "a value, a list";
}

/** Tables whose size does not follow that of the files. */
const flat = rollups.filter(({ kind }) => kind === "cells").map(({ name }) => name);

function growth(rollup: Rollup): string {
  switch (rollup.kind) {
    case "cells": {
      const sets = names(Object.keys(rollup.sets) as DimensionName[]);
      const grains = cellGrains.filter((grain) => grain !== "ever").map(code);
      return rollup.dimensions.customer
        ? "customers, and the periods in which each was active"
        : `periods (${grains.join(", ")}) and combinations of ${sets} that occur; not with lines, orders or customers`;
    }
    case "rows":
      return rollup.lineColumns.invoice ? "orders" : "lines";
    default:
      return assertNever(rollup);
  }
}

const nothing = "nothing else";

/** Tables, smallest first, each with the dimensions for which it is read. */
type Read = ReadonlyMap<string, readonly string[]>;
type Readings = Readonly<{ measures: string[]; cut: Read; one: Read; several: Read }>;

/** Measures that are read alike, together. */
function readings(): Readings[] {
  const found = new Map<string, Readings>();
  for (const { name, label, cutBy, alwaysBy: always } of catalogMeasures) {
    const others = cutBy.filter((dimension) => !always.includes(dimension));
    const read = (where: (dimension: DimensionName) => Where) =>
      collect(
        dimensionNames.map((dimension) => [largestTable(name, always, where(dimension)), catalogName(dimension)]),
      );
    const cut = collect([
      [largestTable(name, always, {}), nothing],
      ...others.map((dimension) => [largestTable(name, [...always, dimension], {}), catalogName(dimension)] as const),
    ]);
    const one = read((dimension) => ({ [dimension]: { eq: "" } }));
    const several = read((dimension) => ({ [dimension]: { in: [] } }));
    const key = JSON.stringify([cut, one, several].map((map) => [...map]));
    const same = found.get(key) ?? { measures: [], cut, one, several };
    same.measures.push(label);
    found.set(key, same);
  }
  return [...found.values()];
}

const sources = sourcesOf({ rollups: rollups.map(({ name }) => name) });
const sizes = sources.map(({ name }) => name);

/** The largest table that must be read for a measure. */
function largestTable(measure: MeasureName, dimensions: readonly DimensionName[], where: Where): string {
  const { figures, overCustomers } = planMetrics({ measures: [measure], dimensions, where }, sources);
  const read = [figures.source, ...(overCustomers ? [overCustomers.reading.source] : [])];
  return sizes.filter((size) => read.includes(size)).at(-1) ?? lineSource.name;
}

function collect(found: readonly (readonly [table: string, what: string])[]): Read {
  const tables = sizes.filter((size) => found.some(([table]) => table === size));
  return new Map(tables.map((size) => [size, found.filter(([table]) => table === size).map(([, what]) => what)]));
}

function readingSection({ measures, cut, one, several }: Readings): string {
  const cell = (read: Read, size: string) => {
    const found = read.get(size) ?? [];
    if (found.length === 0) return "–";
    return read.size === 1 ? "anything" : found.map((what) => (what === nothing ? what : code(what))).join(", ");
  };
  return `### ${measures.join(", ")}

${table([
  ["Read", "Cut by", "Filtered by one value of", "Filtered by several values of"],
  ...sizes
    .filter((size) => [cut, one, several].some((read) => read.has(size)))
    .map((size) => [code(size), cell(cut, size), cell(one, size), cell(several, size)]),
])}`;
}

function names(dimensions: readonly DimensionName[]): string {
  return dimensions.length === 0 ? "none" : dimensions.map((name) => code(catalogName(name))).join(", ");
}

const code = (text: string) => `\`${text}\``;

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
