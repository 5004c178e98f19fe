// The three questions that a scope with a smallest cell may ask: one row for each month, country or CLASSIC segment of all that it
// keeps. They are judged exactly, so that nothing can be laid beside them: a filter, a second cut or a total makes it another question.
import type { MeasureName } from "../model/measures.ts";
import type { MetricsRequest, Order, Request } from "./request.ts";

export type FixedTable = Readonly<{
  dimension: "month" | "country" | "segment";
  /** What a row may show. */
  measures: readonly MeasureName[];
  /** The one order that may be asked for beside that of the dimension. */
  orderBy: readonly Order[];
}>;

export const fixedTables: readonly FixedTable[] = Object.freeze([
  {
    dimension: "month",
    measures: [
      ...(["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "newCustomers", "units"] as const),
      "averageOrderValue",
    ],
    orderBy: [],
  },
  {
    dimension: "country",
    measures: [
      ...(["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "units"] as const),
      ...(["averageOrderValue", "revenueShare"] as const),
    ],
    orderBy: [
      { member: "grossRevenue", direction: "DESC" },
      { member: "country", direction: "ASC" },
    ],
  },
  {
    dimension: "segment",
    measures: [
      ...(["customers", "orders", "grossRevenue", "netRevenue", "revenueShare", "averageOrderValue"] as const),
      "medianRecencyDays",
    ],
    orderBy: [],
  },
]);

/** The table that a request asks for; null where it asks for anything else. */
export function fixedTableOf(request: Request): FixedTable | null {
  if (request.kind !== "metrics") return null;
  const { kind: _, dimensions, measures, orderBy = [], rows = true, ...beside } = request;
  const table = fixedTables.find(({ dimension }) => dimensions.length === 1 && dimensions[0] === dimension);
  if (!table || !rows || !Object.values(beside).every(saysNothing)) return null;
  const ordered = orderBy.length === 0 || isSameOrder(orderBy, table.orderBy);
  return ordered && measures.every((name) => table.measures.includes(name)) ? table : null;
}

/** Whatever else a request may come to say one day is another question as well. */
function saysNothing(part: MetricsRequest[keyof MetricsRequest]): boolean {
  if (part === undefined || part === false) return true;
  return typeof part === "object" && Object.keys(part).length === 0;
}

function isSameOrder(a: readonly Order[], b: readonly Order[]): boolean {
  return (
    a.length === b.length && a.every((key, at) => key.member === b[at]?.member && key.direction === b[at]?.direction)
  );
}
