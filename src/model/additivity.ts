// Over which dimensions the rows of a measure may be added up to the whole: computed from its declaration, for whatever is filtered.
//
// A sum and a count of lines add up over everything, since each line is in one row. A distinct count adds up only where no counted
// thing can be in two rows: over what the counted column decides (a customer has one segment), and over what its own condition
// holds fixed. An invoice decides nothing: it may hold several days, countries and customers. New customers would add up over
// periods as well, but only without a filter: under one, a customer may be new in January by lines that do not pass and be counted
// for the year by later lines that do; so no period is named. What divides, or looks for a middle or an extreme, adds up over nothing.
import { assertNever } from "../kernel/errors.ts";
import { FactSale } from "../warehouse/entities/FactSale.ts";
import { column, sameColumn } from "./column.ts";
import { type Dimension, type DimensionName, dimensionNames, dimensionOf } from "./dimensions.ts";
import { joinTo } from "./joins.ts";
import { type Aggregate, type Measure, type MeasureName, measureOf } from "./measures.ts";

/** In the order in which the dimensions are declared. */
export function sumsOver(name: MeasureName): readonly DimensionName[] {
  const measure: Measure = measureOf(name);
  return Object.freeze(dimensionNames.filter((dimension) => addsUp(measure, dimensionOf(dimension))));
}

/** Whether the rows of a measure, cut by one dimension and whatever else, add up to the rows without it. */
export function addsUp(
  measure: Measure,
  dimension: Dimension,
  partOf: (name: string) => Measure = (name) => measureOf(name as MeasureName),
): boolean {
  switch (measure.kind) {
    case "sum":
    case "count":
      return true;
    case "countDistinct":
      return keepsApart(measure, dimension);
    case "customersWith":
      return isOfCustomer(dimension) || (measure.gte > 0 && isHeldFixed(partOf(measure.measure), dimension));
    case "difference":
      return addsUp(partOf(measure.of), dimension, partOf) && addsUp(partOf(measure.minus), dimension, partOf);
    case "shareOfTotal":
      return addsUp(partOf(measure.of), dimension, partOf);
    case "min":
    case "max":
    case "latest":
    case "set":
    case "ratio":
    case "daysSince":
    case "medianOverCustomers":
    case "sumOverTopCustomers":
      return false;
    default:
      return assertNever(measure);
  }
}

const customerKey = column(FactSale, "customerKey");
const guest = column(FactSale, "guest");

/** Whether nothing that is counted can lie in two values of the dimension. */
function keepsApart(counted: Extract<Aggregate, { kind: "countDistinct" }>, dimension: Dimension): boolean {
  const tested = (ref: typeof guest) => counted.where.find((test) => sameColumn(test.column, ref));
  const ofGuests = tested(guest);
  // A guest's key may be the id of a customer: a key decides who somebody is only where guests are left out, or alone.
  if (ofGuests && isOfCustomer(dimension) && (ofGuests.is === true || sameColumn(counted.column, customerKey)))
    return true;
  if (ofGuests && dimension.kind === "customerType") return true;
  if (dimension.kind !== "column") return false;
  const join = joinTo(dimension.column.entity);
  const decidedBy = join === null ? dimension.column : join.identifiedOnly ? null : join.from;
  return tested(dimension.column) !== undefined || (decidedBy !== null && sameColumn(decidedBy, counted.column));
}

/** Whether only lines with one value of the dimension count, so that the rows of all others hold 0. */
function isHeldFixed(measure: Measure, dimension: Dimension): boolean {
  if (!("where" in measure) || dimension.kind !== "column") return false;
  return measure.where.some((test) => sameColumn(test.column, dimension.column));
}

/** Whether a customer has one value of the dimension, and all guest lines together another. */
function isOfCustomer(dimension: Dimension): boolean {
  switch (dimension.kind) {
    case "customer":
    case "customerType":
    case "cohortMonth":
    case "segment":
      return true;
    case "column": {
      const from = joinTo(dimension.column.entity)?.from ?? dimension.column;
      return sameColumn(from, customerKey) || sameColumn(from, guest);
    }
    case "time":
    case "clock":
      return false;
    default:
      return assertNever(dimension);
  }
}
