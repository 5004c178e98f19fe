// The periods of cells in SQL: of each day its year, quarter and month, and the one period that holds every day.
import { type CellGrain, cellGrains, everPeriod } from "../../src/model/rollups.ts";
import { truncated } from "../../src/query/compile/source.ts";

const ever = `date '${everPeriod}'`;
const units = cellGrains.filter((grain) => grain !== "ever");
const finestFirst = units.toReversed();
const startOf = (unit: Exclude<CellGrain, "ever">) => `${unit}_start`;

/** Columns with the first day of each unit that a day lies in. */
export const periodStarts = (day: string) =>
  units.map((unit) => `${truncated(unit, day)} AS ${startOf(unit)}`).join(", ");

/** Groups by every grain at once. One sorting serves them all, because each unit lies within the one before. */
export const rollupOfPeriods = `ROLLUP (${units.map(startOf).join(", ")})`;

/** Every grain and the period of it that a day lies in, as rows of two columns: a table for FROM. */
export const periodsOf = (day: string) =>
  `(VALUES ('ever', ${ever}), ${units.map((unit) => `('${unit}', ${truncated(unit, day)})`).join(", ")})`;

/** The grain and the period of such a group. */
export const grainOfGroup = `CASE ${finestFirst.map((unit) => `WHEN ${startOf(unit)} IS NOT NULL THEN '${unit}'`).join(" ")} ELSE 'ever' END`;
export const periodOfGroup = `coalesce(${finestFirst.map(startOf).join(", ")}, ${ever})`;
