// Shows that every dimension has one value for each line: its column is the line's, or lies where one row hangs on each line.
import { timeGrains } from "../kernel/period.ts";
import { FactSale } from "../warehouse/entities/FactSale.ts";
import type { Declarations } from "./declarations.ts";
import type { Dimension } from "./dimensions.ts";

/** Throws an Error that names the declaration at fault. */
export function proveDimensions({ dimensions, joins, schemes }: Declarations): void {
  for (const join of joins) {
    const who = `The join to ${join.to.name}`;
    if (joins.some((other) => other !== join && other.to === join.to)) throw new Error(`${who} is declared twice.`);
    if (join.to === FactSale || join.from.entity !== FactSale || join.key.entity !== join.to)
      throw new Error(`${who} does not lead from a column of the lines to a key of ${join.to.name}.`);
    if (join.cardinality !== "many-to-one")
      throw new Error(`${who} is ${join.cardinality}: one line would become several, and figures would fan out.`);
  }
  for (const [name, dimension] of Object.entries(dimensions)) {
    const ref = "column" in dimension ? dimension.column : null;
    if (ref !== null && ref.entity !== FactSale && !joins.some((join) => join.to === ref.entity))
      throw new Error(
        `The dimension ${name} lies in ${ref.entity.name}, to which no many-to-one join leads: figures would fan out.`,
      );
  }
  const all = Object.entries(dimensions);
  // Periods are read, shifted and written by the name of their unit.
  for (const grain of timeGrains)
    proveOnly(all, `the calendar unit ${grain}`, (it) => it.kind === "time" && it.grain === grain, grain);
  for (const { name } of schemes)
    proveOnly(all, `the segments of the scheme ${name}`, (it) => it.kind === "segment" && it.scheme === name);
  for (const kind of ["customer", "customerType", "cohortMonth"])
    proveOnly(all, `the kind ${kind}`, (it) => it.kind === kind);
}

function proveOnly(
  all: readonly (readonly [string, Dimension])[],
  what: string,
  is: (dimension: Dimension) => boolean,
  called?: string,
): void {
  const found = all.filter(([, dimension]) => is(dimension)).map(([name]) => name);
  if (found.length > 1) throw new Error(`The dimensions ${found.join(" and ")} are both ${what}.`);
  if (found.length === 0) throw new Error(`No dimension is ${what}.`);
  if (called !== undefined && found[0] !== called)
    throw new Error(`The dimension ${found[0]} is ${what} and must be called so.`);
}
