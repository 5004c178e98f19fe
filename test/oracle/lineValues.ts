// What a line is by each dimension, and whether that passes a condition: in memory, in the words of the definitions.
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { ValueCondition } from "../../src/query/request.ts";
import { periodOf, weekdayOf } from "./periods.ts";
import type { ShopLine } from "./shopLines.ts";

export type LineValue = string | number | null;
/** When each customer first ordered, among the lines of the scope. */
export type FirstOrders = ReadonlyMap<string, string>;

const dayOf = (line: ShopLine) => line.at.slice(0, 10);

export const lineValues: Readonly<Record<DimensionName, (line: ShopLine, first: FirstOrders) => LineValue>> = {
  day: dayOf,
  week: (line) => periodOf("week", dayOf(line)),
  month: (line) => line.at.slice(0, 7),
  quarter: (line) => periodOf("quarter", dayOf(line)),
  year: (line) => Number(line.at.slice(0, 4)),
  weekday: (line) => weekdayOf(dayOf(line)),
  hour: (line) => Number(line.at.slice(11, 13)),
  country: (line) => line.country,
  segment: (line) => line.segment,
  segmentExecutive: (line) => line.segmentExecutive,
  segmentDetailed: (line) => line.segmentDetailed,
  customer: (line) => line.customer,
  product: (line) => line.product,
  category: () => null,
  lineType: (line) => line.lineType,
  customerType: (line) => (line.customer === null ? "GUEST" : "IDENTIFIED"),
  cohortMonth: (line, first) => (line.customer === null ? null : (first.get(line.customer)?.slice(0, 7) ?? null)),
};

/** Conditions are texts; a number is compared as one. */
export function passes(value: LineValue, { eq, in: list, gte, lt }: ValueCondition): boolean {
  if (eq === undefined && list === undefined && gte === undefined && lt === undefined) return true;
  if (value === null) return false;
  const bound = (text: string) => (typeof value === "number" ? Number(text) : text);
  return (
    (eq === undefined || value === bound(eq)) &&
    (list === undefined || list.some((text) => value === bound(text))) &&
    (gte === undefined || value >= bound(gte)) &&
    (lt === undefined || value < bound(lt))
  );
}
