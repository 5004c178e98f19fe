// What the models of a card say of customers, as far as the card lets them be believed. Whatever cannot be said is null, never a guess.

import type { ModelCard, ModelFit, ModelName } from "../kernel/ModelCard.ts";
import { orderValueParts } from "./fitGammaGamma.ts";
import { type Histories, largestOf } from "./Histories.ts";
import type { Steps } from "./Steps.ts";
import { scoreHistories } from "./scoreHistories.ts";

/** What the models say of one group of customers; what cannot be said is null. */
export type GroupOutlook = Readonly<{
  noOrder: Float64Array;
  /** Null where the model does not tell who left. */
  alive: Float64Array | null;
  orders30: Float64Array;
  orders90: Float64Array;
  orders365: Float64Array;
  /** Orders of the next twelve months, each worth less the later it comes. */
  discountedOrders: Float64Array;
}>;

/** By orders after the first: the expected value of an order is `base` + `perMean` × the mean of those. */
export type OrderValue = Readonly<{ base: Float64Array; perMean: Float64Array }>;

const months = 12;
const monthsOfYear = Array.from({ length: months }, (_, at) => (365 * (at + 1)) / months);

/** What the models of a card say of histories; null where the card says to go by recency. */
export function* useModels(
  card: ModelCard,
  histories: Histories,
): Steps<Readonly<{ outlook: GroupOutlook; orderValue: OrderValue | null }> | null> {
  const { basis, horizonDays, discountRate } = card;
  const purchases = fitOf(card, "BG_NBD");
  if (basis === "RECENCY" || !purchases) return null;
  const { r = 1, alpha = 1, a = 1, b = 1 } = parametersOf(purchases);
  const discount = discountOf(discountRate);
  const scores = yield* scoreHistories({ r, alpha, a, b }, histories, {
    silent: horizonDays,
    orders: [30, 90, ...monthsOfYear],
    told: ([orders30 = 0, orders90 = 0, ...byMonth]) => [
      orders30,
      orders90,
      byMonth[months - 1] as number,
      discount(byMonth),
    ],
  });
  const [orders30, orders90, orders365, discountedOrders] = scores.orders as FourColumns;
  return {
    outlook: {
      noOrder: scores.noOrder,
      alive: purchases.status === "OK" ? scores.alive : null,
      orders30,
      orders90,
      orders365,
      discountedOrders,
    },
    orderValue: orderValueOf(fitOf(card, "GAMMA_GAMMA"), largestOf(histories.repeats)),
  };
}

type FourColumns = readonly [Float64Array, Float64Array, Float64Array, Float64Array];

/** Of orders until the end of each month: each month's as if all came in its middle. */
function discountOf(rate: number): (untilMonth: readonly number[]) => number {
  const growth = Array.from({ length: months }, (_, month) => (1 + rate) ** ((month + 0.5) / months));
  return (untilMonth) => {
    let [sum, before] = [0, 0];
    for (let month = 0; month < months; month += 1) {
      const until = untilMonth[month] as number;
      sum += (until - before) / (growth[month] as number);
      before = until;
    }
    return sum;
  };
}

function orderValueOf(fit: ModelFit | undefined, mostRepeats: number): OrderValue | null {
  if (fit?.status !== "OK") return null;
  const { p = 1, q = 1, v = 1 } = parametersOf(fit);
  const base = new Float64Array(mostRepeats + 1);
  const perMean = new Float64Array(mostRepeats + 1);
  for (let repeats = 0; repeats <= mostRepeats; repeats += 1) {
    const parts = orderValueParts({ p, q, v }, repeats);
    base[repeats] = parts.base;
    perMean[repeats] = parts.perMean;
  }
  return { base, perMean };
}

const fitOf = ({ models }: ModelCard, name: ModelName) => models.find(({ model }) => model === name);

const parametersOf = ({ parameters }: ModelFit): Readonly<Partial<Record<string, number>>> =>
  Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
