// Why a customer is in a segment, and what would move it: to the nearest better one by ordering, to the nearest worse one by not ordering
// or by losing orders or revenue. Each step is found by trying it, with the cut-points held where they are.
import { type Decimal, divideDecimals, subtractDecimals, sumDecimals, toDecimal } from "../kernel/decimal.ts";
import { isMore, type RfmCuts, type RfmValues, scoreCustomer } from "./scoreCustomer.ts";
import {
  bestFirst,
  type SchemeName,
  type Scores,
  type SegmentKey,
  segmentOf,
  segmentSchemes,
} from "./segmentSchemes.ts";

/** Orders placed on the day of asOf, that come to this amount together. They are seen the day after, when they are a day old. */
export type Missing = Readonly<{
  orders: number;
  amount: Decimal;
  /** By how many days the last order is too old for the segment; 0 where it is recent enough. */
  days: number;
}>;

/** The smallest loss of each kind that, alone, leads to the segment; null where none does. */
export type Losing = Readonly<{
  /** Days that pass without an order. */
  days: number | null;
  orders: number | null;
  amount: Decimal | null;
}>;

export type Explained = Readonly<{
  key: SegmentKey;
  scores: Scores;
  /** Null where no order leads to a better segment. */
  better: Readonly<{ key: SegmentKey; missing: Missing }> | null;
  /** Null where nothing leads to a worse one. */
  worse: Readonly<{ key: SegmentKey; losing: Losing }> | null;
}>;

export function explainSegment(scheme: SchemeName, values: RfmValues, cuts: RfmCuts): Explained {
  const ranks = bestFirst(segmentSchemes[scheme]);
  const keyOf = (of: RfmValues) => segmentOf(scheme, scoreCustomer(of, cuts));
  const key = keyOf(values);
  const rank = ranks.indexOf(key);
  return {
    key,
    scores: scoreCustomer(values, cuts),
    better: betterThan(rank),
    worse: worseThan(rank),
  };

  function betterThan(own: number): Explained["better"] {
    const tried = possibleOrders(values, cuts).map((missing) => {
      const reached = keyOf(withOrders(values, missing));
      return { missing, reached, rank: ranks.indexOf(reached) };
    });
    const nearest = Math.max(...tried.map((each) => each.rank).filter((reached) => reached < own));
    // In the order of trying: fewest orders, then the smallest amount.
    const found = tried.find((each) => each.rank === nearest);
    return found
      ? { key: found.reached, missing: { ...found.missing, days: tooOld(found.reached, found.missing) } }
      : null;
  }

  function tooOld(target: SegmentKey, missing: Omit<Missing, "days">): number {
    const after = withOrders(values, missing);
    const ages = [values.recencyDays, ...cuts.recencyDays.map((days) => days - 1), after.recencyDays];
    const enough = ages.filter(
      (recencyDays) => recencyDays <= values.recencyDays && keyOf({ ...after, recencyDays }) === target,
    );
    return values.recencyDays - Math.max(...enough);
  }

  function worseThan(own: number): Explained["worse"] {
    const tried = possibleLosses(values, cuts).map((loss) => ({
      loss,
      rank: ranks.indexOf(keyOf(without(values, loss))),
    }));
    const nearest = Math.min(...tried.map((each) => each.rank).filter((reached) => reached > own));
    const found = ranks[nearest];
    if (found === undefined) return null;
    const losses = tried.filter((each) => each.rank === nearest).map(({ loss }) => loss);
    const least = <Name extends keyof Loss>(name: Name) =>
      losses.find((loss) => (name === "amount" ? loss.amount !== "0" : loss[name] !== 0))?.[name] ?? null;
    return { key: found, losing: { days: least("days"), orders: least("orders"), amount: least("amount") } };
  }
}

/** What becomes of the values when so much is ordered on the day of asOf. */
function withOrders(values: RfmValues, { orders, amount }: Omit<Missing, "days">): RfmValues {
  return {
    recencyDays: Math.min(values.recencyDays, 1),
    orders: values.orders + orders,
    amount: sumDecimals([values.amount, amount]),
  };
}

type Loss = Readonly<{ days: number; orders: number; amount: Decimal }>;

/** What becomes of the values when so many days pass, or so many orders or so much revenue are gone. */
function without(values: RfmValues, { days, orders, amount }: Loss): RfmValues {
  return {
    recencyDays: values.recencyDays + days,
    orders: values.orders - orders,
    amount: subtractDecimals(values.amount, amount),
  };
}

const zero = toDecimal(0);
const hundred = toDecimal(100);
const cents = (count: number) => divideDecimals(toDecimal(count), hundred, 2) as Decimal;

/** The least that passes each cut-point, and the least there is: an order of a cent. Fewest orders first, then the smallest amount. */
function possibleOrders(values: RfmValues, cuts: RfmCuts): Omit<Missing, "days">[] {
  const counts = [1, ...cuts.orders.map((orders) => orders + 1 - values.orders)].filter((count) => count >= 1);
  const amounts = cuts.amount
    .filter((amount) => !isMore(values.amount, amount))
    .map((amount) => centsAbove(subtractDecimals(amount, values.amount)));
  return [...new Set(counts)]
    .toSorted((a, b) => a - b)
    .flatMap((orders) => {
      const least = cents(orders);
      return [least, ...amounts.filter((amount) => isMore(amount, least))].map((amount) => ({ orders, amount }));
    });
}

/** The smallest amount in whole hundredths that is more. */
function centsAbove(amount: Decimal): Decimal {
  const near = divideDecimals(amount, toDecimal(1), 2) as Decimal;
  return isMore(near, amount) ? near : sumDecimals([near, cents(1)]);
}

/** What just does not pass each cut-point any more, smallest first. The last order cannot be lost: who has none has no scores. */
function possibleLosses(values: RfmValues, cuts: RfmCuts): Loss[] {
  const nothing: Loss = { days: 0, orders: 0, amount: zero };
  const days = cuts.recencyDays.filter((cut) => values.recencyDays < cut).map((cut) => cut - values.recencyDays);
  const orders = cuts.orders.filter((cut) => values.orders > cut && cut > 0).map((cut) => values.orders - cut);
  const amounts = cuts.amount
    .filter((cut) => isMore(values.amount, cut))
    .map((cut) => subtractDecimals(values.amount, cut));
  return [
    ...days.toSorted((a, b) => a - b).map((each) => ({ ...nothing, days: each })),
    ...orders.toSorted((a, b) => a - b).map((each) => ({ ...nothing, orders: each })),
    // Cut-points ascend, so what is left of the amount above them comes down.
    ...amounts.toReversed().map((amount) => ({ ...nothing, amount })),
  ];
}
