// Shows that every rollup can hold what it declares: members that exist, columns of its own table, and only what stays exact when its
// rows are put together.
import { assertNever } from "../kernel/errors.ts";
import { FactSale } from "../warehouse/entities/FactSale.ts";
import { type ColumnRef, column, sameColumn } from "./column.ts";
import type { Declarations } from "./declarations.ts";
import type { Measure } from "./measures.ts";
import type { Rollup } from "./rollups.ts";

/** Throws an Error that names the declaration at fault. */
export function proveRollups(model: Declarations): void {
  for (const rollup of model.rollups) {
    const who = `The rollup ${rollup.name}`;
    if (model.rollups.some((other) => other !== rollup && other.entity === rollup.entity))
      throw new Error(`${who} stands in ${rollup.entity.name}, as does another one.`);
    proveColumns(who, rollup);
    const sets = rollup.kind === "cells" ? Object.keys(rollup.sets) : [];
    for (const name of [...Object.keys(rollup.dimensions), ...sets])
      if (!Object.hasOwn(model.dimensions, name))
        throw new Error(`${who} keeps the dimension ${name} apart, which does not exist.`);
    const both = sets.find((name) => Object.hasOwn(rollup.dimensions, name));
    if (both !== undefined) throw new Error(`${who} holds both single values and sets of ${both}.`);
    const known = lineColumnsOf(model);
    for (const property of Object.keys(rollup.lineColumns))
      if (!known.includes(property))
        throw new Error(`${who} keeps the lines' column ${property} apart, of which no member speaks.`);
    for (const name of Object.keys(rollup.measures)) {
      const measure = model.measures[name];
      if (!measure) throw new Error(`${who} stores the measure ${name}, which does not exist.`);
      if (!canStore(rollup, measure, model))
        throw new Error(
          `${who} stores the measure ${name}, which is not exact when rows are put together (${measure.kind}).`,
        );
    }
  }
}

/** Every column is one of the rollup's own table, and no two figures share one. */
function proveColumns(who: string, rollup: Rollup): void {
  const figures = Object.values(rollup.measures);
  const keys = [
    ...Object.values(rollup.dimensions),
    ...Object.values(rollup.lineColumns),
    ...(rollup.kind === "cells" ? [rollup.grain, rollup.period, ...Object.values(rollup.sets)] : [rollup.day]),
  ];
  for (const ref of [...keys, ...figures])
    if (ref.entity !== rollup.entity)
      throw new Error(`${who} names ${ref.entity.name}.${ref.property}, which is no column of ${rollup.entity.name}.`);
  for (const [index, ref] of figures.entries())
    if ([...keys, ...figures.slice(0, index)].some((other) => sameColumn(other, ref)))
      throw new Error(`${who} holds two things in ${ref.entity.name}.${ref.property}.`);
}

/** Properties of the lines that some member of the model speaks of. */
function lineColumnsOf({ measures, dimensions, joins }: Declarations): string[] {
  const refs: ColumnRef[] = [...joins.map((join) => join.from)];
  for (const member of [...Object.values(measures), ...Object.values(dimensions)]) {
    if ("column" in member) refs.push(member.column);
    if ("by" in member && typeof member.by !== "string") refs.push(...member.by);
    if ("where" in member) refs.push(...member.where.map((test) => test.column));
  }
  return refs.filter((ref) => ref.entity === FactSale).map((ref) => ref.property);
}

/** Whether a measure over several rows of a rollup follows from what each row stores of it. */
function canStore(rollup: Rollup, measure: Measure, model: Declarations): boolean {
  switch (measure.kind) {
    case "sum":
      return measure.trailingDays === undefined;
    case "count":
    case "min":
    case "max":
      return true;
    // Cells hold what larger sets take back of the smaller ones, for orders and, where rows are not of one customer, for customers.
    case "countDistinct":
      return (
        rollup.kind === "cells" &&
        (sameColumn(measure.column, invoice) ||
          (isCustomers(measure) && !Object.keys(rollup.dimensions).some((name) => isCustomer(name, model))))
      );
    case "customersWith": {
      const counted = model.measures[measure.measure];
      return (
        rollup.kind === "cells" &&
        counted?.kind === "countDistinct" &&
        sameColumn(counted.column, invoice) &&
        !Object.keys(rollup.dimensions).some((name) => isCustomer(name, model))
      );
    }
    case "latest":
    case "set":
    case "difference":
    case "ratio":
    case "shareOfTotal":
    case "daysSince":
    case "medianOverCustomers":
    case "sumOverTopCustomers":
      return false;
    default:
      return assertNever(measure);
  }
}

/** Identified ones: a guest's key may be the id of a customer. */
const isCustomers = ({ column: counted, where }: Extract<Measure, { kind: "countDistinct" }>) =>
  sameColumn(counted, customerKey) && where.some((test) => sameColumn(test.column, guest) && test.is === false);

const isCustomer = (name: string, { dimensions }: Declarations) => dimensions[name]?.kind === "customer";

const invoice = column(FactSale, "invoice");
const customerKey = column(FactSale, "customerKey");
const guest = column(FactSale, "guest");
