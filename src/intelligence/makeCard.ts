// Fits and judges the models of a population, which makes their card: with it they are used as far as it says that they can be believed.

import type { LeftOut, ModelCard, ModelFit } from "../kernel/ModelCard.ts";
import { fitBgNbd } from "./fitBgNbd.ts";
import { fitGammaGamma, type OrderValues } from "./fitGammaGamma.ts";
import type { Histories } from "./Histories.ts";
import { type JudgedBgNbd, judgeBgNbd, tooFewFor } from "./judgeBgNbd.ts";
import { judgeGammaGamma, leastValues } from "./judgeGammaGamma.ts";
import type { MeasuredHoldout } from "./measureHoldout.ts";
import type { Pause } from "./minimise.ts";
import type { Population } from "./Population.ts";

export type ModelSettings = Readonly<{ horizonDays: number; discountRate: number }>;

export async function makeCard(
  population: Population,
  measured: MeasuredHoldout,
  settings: ModelSettings & Readonly<{ leftOut: readonly LeftOut[] }>,
  pause: Pause,
): Promise<ModelCard> {
  const { horizonDays, discountRate, leftOut } = settings;
  const purchases = await purchaseModel(population.histories, leftOut, pause);
  const values = await valueModel(population, leftOut, pause);
  const { isUsable, ...shown } = purchases;
  return {
    ...basisOf(isUsable, purchases.reason, measured),
    horizonDays,
    discountRate,
    models: [shown, values],
    ...measured,
  };
}

async function purchaseModel(histories: Histories, leftOut: readonly LeftOut[], pause: Pause): Promise<JudgedBgNbd> {
  const fit = tooFewFor(histories) === null ? await fitBgNbd(histories, pause) : null;
  return judgeBgNbd(histories, fit, leftOut);
}

async function valueModel(
  { histories, groups, orderMeans }: Population,
  leftOut: readonly LeftOut[],
  pause: Pause,
): Promise<ModelFit> {
  const isValue = (mean: number, customer: number) => mean > 0 && repeatsOf(customer) > 0;
  const repeatsOf = (customer: number) => histories.repeats[groups[customer] as number] as number;
  let once = 0;
  for (const group of groups) once += histories.repeats[group] === 0 ? 1 : 0;
  const means = orderMeans.filter(isValue);
  const orders = new Int32Array(means.length);
  let place = 0;
  orderMeans.forEach((mean, customer) => {
    if (!isValue(mean, customer)) return;
    orders[place] = repeatsOf(customer);
    place += 1;
  });
  const unpaid = orderMeans.length - once - means.length;
  const left = [
    ...leftOut,
    ...(once > 0 ? [{ why: "Bought on one day only: there is no later order to learn from.", customers: once }] : []),
    ...(unpaid > 0 ? [{ why: "Paid nothing for the later orders.", customers: unpaid }] : []),
  ];
  const values: OrderValues = { orders, means };
  return judgeGammaGamma(values, means.length < leastValues ? null : await fitGammaGamma(values, pause), left);
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
