// Shows that every measure comes down to columns of the lines, that no condition rules itself out, and that what is personal stays so.
import { FactSale } from "../warehouse/entities/FactSale.ts";
import { type ColumnRef, column, sameColumn } from "./column.ts";
import type { Declarations } from "./declarations.ts";
import { needsOf } from "./described.ts";
import { madeOf } from "./madeOf.ts";
import type { Aggregate, Measure } from "./measures.ts";

type Measures = Declarations["measures"];

/** Throws an Error that names the declaration at fault. */
export function proveMeasures({ measures }: Declarations): void {
  for (const [name, measure] of Object.entries(measures)) {
    proveParts(name, [], measures);
    if ("where" in measure) proveAggregate(name, measure);
  }
  for (const [name, measure] of Object.entries(measures)) proveKind(name, measure, measures);
}

function proveParts(name: string, above: readonly string[], measures: Measures): void {
  if (above.includes(name))
    throw new Error(`The measure ${above[0]} is made of itself: ${[...above, name].join(", ")}.`);
  for (const part of madeOf(measureIn(measures, name))) {
    if (!Object.hasOwn(measures, part))
      throw new Error(`The measure ${name} is made of ${part}, which does not exist.`);
    proveParts(part, [...above, name], measures);
  }
}

function proveAggregate(name: string, aggregate: Aggregate): void {
  const refs = [
    ...("column" in aggregate ? [aggregate.column] : []),
    ...("by" in aggregate ? aggregate.by : []),
    ...aggregate.where.map((test) => test.column),
  ];
  for (const ref of refs)
    if (ref.entity !== FactSale)
      throw new Error(`The measure ${name} looks at ${columnText(ref)}, which is no column of the lines.`);
  for (const [index, test] of aggregate.where.entries())
    if (aggregate.where.some((other, place) => place < index && sameColumn(other.column, test.column)))
      throw new Error(`The measure ${name} tests ${columnText(test.column)} twice.`);
  if (aggregate.kind === "sum" && aggregate.trailingDays !== undefined && !(aggregate.trailingDays >= 1))
    throw new Error(`The measure ${name} looks back ${aggregate.trailingDays} days.`);
  if (aggregate.kind === "countDistinct" && aggregate.firstOrderInPeriod && !isCustomerKey(aggregate.column))
    throw new Error(
      `The measure ${name} counts ${columnText(aggregate.column)} by a first order, which only customers have.`,
    );
}

function proveKind(name: string, measure: Measure, measures: Measures): void {
  const parts = madeOf(measure).map((part) => [part, measureIn(measures, part)] as const);
  const overCustomers = ["customersWith", "medianOverCustomers", "sumOverTopCustomers"].includes(measure.kind);
  const isFigure = ["sum", "count", "countDistinct"].includes(measure.kind);
  if (isFigure && !needsOf(measure).includes("commercial"))
    throw new Error(`The measure ${name} is a figure of the business, and does not need commercial.`);
  for (const [part, declared] of parts) {
    if (!overCustomers && declared.sensitivity === "personal" && measure.sensitivity !== "personal")
      throw new Error(`The measure ${name} is ${measure.sensitivity}, but shows ${part}, which is personal.`);
    if (needsOf(declared).includes("commercial") && !needsOf(measure).includes("commercial"))
      throw new Error(`The measure ${name} shows ${part}, which needs commercial, and does not need it itself.`);
    if (measure.kind === "daysSince" && declared.format !== "date")
      throw new Error(`The measure ${name} counts days since ${part}, which is no date.`);
    if (measure.kind === "difference" && declared.format !== measure.format)
      throw new Error(
        `The measure ${name} is a ${measure.format}, but ${part}, which it is made of, is a ${declared.format}.`,
      );
    if (declared.format === "text") throw new Error(`The measure ${name} computes with ${part}, which is a text.`);
    if (overCustomers && !isOfOneCustomer(declared, measures))
      throw new Error(`The measure ${name} wants a value of ${part} for each customer, who has none.`);
  }
}

/** Whether a single customer has a value of the measure by itself. */
function isOfOneCustomer(measure: Measure, measures: Measures): boolean {
  if (["customersWith", "medianOverCustomers", "sumOverTopCustomers", "shareOfTotal"].includes(measure.kind))
    return false;
  return madeOf(measure).every((part) => isOfOneCustomer(measureIn(measures, part), measures));
}

function measureIn(measures: Measures, name: string): Measure {
  const found = measures[name];
  if (!found) throw new Error(`There is no measure ${name}.`);
  return found;
}

const isCustomerKey = (ref: ColumnRef) => sameColumn(ref, column(FactSale, "customerKey"));
const columnText = (ref: ColumnRef) => `${ref.entity.name}.${ref.property}`;
