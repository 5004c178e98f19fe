// Fits and judges the models of a population, which makes their card: with it they are used as far as it says that they can be believed.

import type { LeftOut, ModelCard, ModelFit } from "../kernel/ModelCard.ts";
import { fitBgNbd } from "./fitBgNbd.ts";
import { fitGammaGamma, type OrderValues } from "./fitGammaGamma.ts";
import { customersOf, type Histories, returnersOf } from "./Histories.ts";
import { type JudgedBgNbd, judgeBgNbd, tooFewFor } from "./judgeBgNbd.ts";
import { judgeGammaGamma, leastValues } from "./judgeGammaGamma.ts";
import type { MeasuredHoldout } from "./measureHoldout.ts";
import type { Population } from "./Population.ts";
import { inSlices, quick, type Steps } from "./Steps.ts";

export type ModelSettings = Readonly<{ horizonDays: number; discountRate: number }>;

/** The customers of the day that the list is of; one by one only those who came again need be there. */
export type CardPopulation = Pick<Population, "histories" | "groups" | "orderMeans">;

export function* makeCard(
  population: CardPopulation,
  measured: MeasuredHoldout,
  settings: ModelSettings & Readonly<{ leftOut: readonly LeftOut[] }>,
): Steps<ModelCard> {
  const { horizonDays, discountRate, leftOut } = settings;
  const purchases = yield* purchaseModel(population.histories, leftOut);
  const values = yield* valueModel(population, leftOut);
  const { isUsable, ...shown } = purchases;
  return {
    ...basisOf(isUsable, purchases.reason, measured),
    horizonDays,
    discountRate,
    models: [shown, values],
    ...measured,
  };
}

function* purchaseModel(histories: Histories, leftOut: readonly LeftOut[]): Steps<JudgedBgNbd> {
  const fit = tooFewFor(histories) === null ? yield* fitBgNbd(histories) : null;
  return judgeBgNbd(histories, fit, leftOut);
}

function* valueModel(population: CardPopulation, leftOut: readonly LeftOut[]): Steps<ModelFit> {
  const { histories } = population;
  const values = yield* valuesOf(population);
  const returners = returnersOf(histories);
  const once = customersOf(histories) - returners;
  const unpaid = returners - values.means.length;
  const left = [
    ...leftOut,
    ...(once > 0 ? [{ why: "Bought on one day only: there is no later order to learn from.", customers: once }] : []),
    ...(unpaid > 0 ? [{ why: "Paid nothing for the later orders.", customers: unpaid }] : []),
  ];
  const fit = values.means.length < leastValues ? null : yield* fitGammaGamma(values);
  return judgeGammaGamma(values, fit, left);
}

/** Of those who paid for a later order. */
function* valuesOf({ histories, groups, orderMeans }: CardPopulation): Steps<OrderValues> {
  const orders = new Int32Array(groups.length);
  const means = new Float64Array(groups.length);
  let found = 0;
  yield* inSlices(groups.length, quick, (from, to) => {
    for (let customer = from; customer < to; customer += 1) {
      const repeats = histories.repeats[groups[customer] as number] as number;
      const mean = orderMeans[customer] as number;
      if (repeats === 0 || !(mean > 0)) continue;
      orders[found] = repeats;
      means[found] = mean;
      found += 1;
    }
  });
  return { orders: orders.subarray(0, found), means: means.subarray(0, found) };
}

/** The list goes by the model where that was seen to be better than recency, and by recency everywhere else. */
function basisOf(
  isUsable: boolean,
  reason: string,
  { holdout, noHoldout }: MeasuredHoldout,
): Pick<ModelCard, "basis" | "basisReason"> {
  const recency = (why: string) =>
    ({ basis: "RECENCY", basisReason: `By days since the last order, and no chance is given: ${why}` }) as const;
  if (!isUsable) return recency(reason);
  if (holdout === null) return recency(noHoldout ?? "there is no holdout.");
  const [model, other] = [holdout.auc, holdout.aucOfRecency].map((auc) => auc.toFixed(3));
  const told = `on the days held back its AUC is ${model}, that of recency ${other}`;
  if (holdout.auc <= holdout.aucOfRecency) return recency(`the model is no better: ${told}.`);
  return { basis: "MODEL", basisReason: `By the model's chance of no order: ${told}.` };
}
