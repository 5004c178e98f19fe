// How the purchase model does on days that it has not seen: fitted to what was known before them, and judged by what customers did then.

import type { FrequencyClass, LostRevenue, ModelCard } from "../kernel/ModelCard.ts";
import { fitBgNbd } from "./fitBgNbd.ts";
import { customersOf, type Histories, sizeOf } from "./Histories.ts";
import { judgeBgNbd, tooFewFor } from "./judgeBgNbd.ts";
import { aucOf, brierOf, calibrationOf, lostRevenueOf, type Outcomes } from "./measureRanking.ts";
import type { Pause } from "./minimise.ts";
import type { Population } from "./Population.ts";
import { scoreHistories } from "./scoreHistories.ts";

export type MeasuredHoldout = Pick<ModelCard, "holdout" | "noHoldout">;

/** `from`: the first of the days that are held back; the population is that of the day before. */
export async function measureHoldout(
  population: Population,
  { from, days }: Readonly<{ from: string; days: number }>,
  pause: Pause,
): Promise<MeasuredHoldout> {
  const { histories } = population;
  const lack = tooFewFor(histories);
  if (lack !== null) return none(`Before ${from}: ${lack}`);
  const fit = await fitBgNbd(histories, pause);
  const judged = judgeBgNbd(histories, fit, []);
  if (!judged.isUsable) return none(`Before ${from}: ${judged.reason}`);
  const outcomes = outcomesOf(population);
  const lost = outcomes.lost.reduce((sum, count) => sum + count, 0);
  const customers = customersOf(histories);
  if (lost === 0 || lost === customers)
    return none(
      `In the ${days} days from ${from} on ${lost === 0 ? "everyone" : "no one"} ordered: nothing tells a good list from a bad one.`,
    );

  const scores = await scoreHistories(fit.parameters, histories, { silent: days, orders: [days] }, pause);
  const silence = silenceOf(histories);
  await pause();
  const auc = aucOf(scores.noOrder, outcomes);
  await pause();
  const aucOfRecency = aucOf(silence, outcomes);
  await pause();
  const aucOfAlive = aucOf(
    scores.alive.map((alive) => -alive),
    outcomes,
  );
  await pause();
  return {
    holdout: {
      from,
      days,
      customers,
      lost: lost / customers,
      auc,
      aucOfRecency,
      aucOfAlive,
      brier: brierOf(scores.noOrder, outcomes),
      brierOfShare: (lost / customers) * (1 - lost / customers),
      calibration: calibrationOf(scores.noOrder, outcomes),
      purchases: purchasesOf(population, scores.orders[0] as Float64Array),
      topTenth: await topTenthOf(population, scores.noOrder, silence, pause),
    },
    noHoldout: null,
  };
}

const none = (why: string): MeasuredHoldout => ({ holdout: null, noHoldout: why });

function outcomesOf({ histories, groups, ordersAfter }: Population): Outcomes {
  const lost = new Float64Array(sizeOf(histories));
  const kept = new Float64Array(sizeOf(histories));
  groups.forEach((group, customer) => {
    const counts = ordersAfter[customer] === 0 ? lost : kept;
    counts[group] = (counts[group] as number) + 1;
  });
  return { lost, kept };
}

/** Days since the last order. */
function silenceOf({ age, lastAfter }: Histories): Float64Array {
  return Float64Array.from(age, (days, at) => days - (lastAfter[at] as number));
}

/** The classes 0, 1, … and, in one, all from here on. */
const lastClass = 7;

function purchasesOf({ histories, groups, ordersAfter }: Population, expected: Float64Array): FrequencyClass[] {
  const classes = Array.from({ length: lastClass + 1 }, () => ({ customers: 0, expectedOrders: 0, observedOrders: 0 }));
  groups.forEach((group, customer) => {
    const found = classes[Math.min(lastClass, histories.repeats[group] as number)];
    if (!found) return;
    found.customers += 1;
    found.expectedOrders += expected[group] as number;
    found.observedOrders += ordersAfter[customer] as number;
  });
  return classes.flatMap((sums, at) =>
    sums.customers === 0 ? [] : [{ repeats: at === lastClass ? `${at} or more` : String(at), ...sums }],
  );
}

/** Of the list as it is delivered: by what is at stake times the chance that it is lost. */
function topTenthOf(
  { groups, atStake, ordersAfter }: Population,
  noOrder: Float64Array,
  silence: Float64Array,
  pause: Pause,
): Promise<LostRevenue | null> {
  const list = atStake.map((stake, at) => Math.max(0, stake) * (noOrder[groups[at] as number] as number));
  const recency = Float64Array.from(groups, (group) => silence[group] as number);
  const lost = Uint8Array.from(ordersAfter, (orders) => (orders === 0 ? 1 : 0));
  return lostRevenueOf(atStake, lost, { list, recency }, pause);
}
