// Scores of one customer, outside of the warehouse: the same rule as the load's, over plain values. Recency counts in days before asOf, so
// that cut-points can be held while time passes.
import { daysBetween, type IsoDate } from "../kernel/calendar.ts";
import { type Decimal, subtractDecimals } from "../kernel/decimal.ts";
import type { Scores } from "./segmentSchemes.ts";

/** What scores are made of. */
export type RfmValues = Readonly<{
  /** From the last order to asOf. */
  recencyDays: number;
  orders: number;
  amount: Decimal;
}>;

/** Four of each, ascending in what they score. */
export type RfmCuts = Readonly<{
  /** From each cut-point to asOf: the first is the longest ago. */
  recencyDays: readonly number[];
  orders: readonly number[];
  amount: readonly Decimal[];
}>;

/** A snapshot's cut-points, those of recency as days before its asOf. */
export function cutsInDays(
  asOf: IsoDate,
  cuts: Readonly<{ recency: readonly IsoDate[]; frequency: readonly number[]; monetary: readonly Decimal[] }>,
): RfmCuts {
  return {
    recencyDays: cuts.recency.map((day) => daysBetween(day, asOf)),
    orders: cuts.frequency,
    amount: cuts.monetary,
  };
}

/** 1 + the number of cut-points strictly below the value; a later day is the larger one. */
export function scoreCustomer(values: RfmValues, cuts: RfmCuts): Scores {
  return {
    recency: 1 + cuts.recencyDays.filter((days) => values.recencyDays < days).length,
    frequency: 1 + cuts.orders.filter((orders) => values.orders > orders).length,
    monetary: 1 + cuts.amount.filter((amount) => isMore(values.amount, amount)).length,
  };
}

export function isMore(a: Decimal, b: Decimal): boolean {
  const difference = subtractDecimals(a, b);
  return difference !== "0" && !difference.startsWith("-");
}
