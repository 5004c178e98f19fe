// How the purchase model does on days that it has not seen: fitted to what was known before them, and judged by what customers did then.

import type { FrequencyClass, LostRevenue, ModelCard } from "../kernel/ModelCard.ts";
import { fitBgNbd } from "./fitBgNbd.ts";
import { customersOf, type Histories, sizeOf } from "./Histories.ts";
import { judgeBgNbd, tooFewFor } from "./judgeBgNbd.ts";
import { aucOf, brierOf, calibrationOf, levelsOf, lostRevenueOf, type Outcomes, sumOf } from "./measureRanking.ts";
import type { Population } from "./Population.ts";
import { inSlices, quick, type Steps } from "./Steps.ts";
import { scoreHistories } from "./scoreHistories.ts";

export type MeasuredHoldout = Pick<ModelCard, "holdout" | "noHoldout">;

/** The customers of the day before the days that are held back, and what they did in these. */
export type HoldoutPopulation = Pick<Population, "histories" | "groups" | "atStake" | "ordersAfter">;

/** `from`: the first of the days that are held back; the population is that of the day before. */
export function* measureHoldout(
  population: HoldoutPopulation,
  { from, days }: Readonly<{ from: string; days: number }>,
): Steps<MeasuredHoldout> {
  const { histories } = population;
  const lack = tooFewFor(histories);
  if (lack !== null) return none(`Before ${from}: ${lack}`);
  const fit = yield* fitBgNbd(histories);
  const judged = judgeBgNbd(histories, fit, []);
  if (!judged.isUsable) return none(`Before ${from}: ${judged.reason}`);
  const outcomes = yield* outcomesOf(population);
  const lost = sumOf(outcomes.lost);
  const customers = customersOf(histories);
  if (lost === 0 || lost === customers)
    return none(
      `In the ${days} days from ${from} on ${lost === 0 ? "everyone" : "no one"} ordered: nothing tells a good list from a bad one.`,
    );

  const scores = yield* scoreHistories(fit.parameters, histories, { silent: days, orders: [days] });
  const silence = silenceOf(histories);
  const levels = yield* levelsOf(scores.noOrder, outcomes);
  return {
    holdout: {
      from,
      days,
      customers,
      lost: lost / customers,
      auc: aucOf(levels),
      aucOfRecency: aucOf(yield* levelsOf(silence, outcomes)),
      aucOfAlive: aucOf(yield* levelsOf(negated(scores.alive), outcomes)),
      brier: brierOf(scores.noOrder, outcomes),
      brierOfShare: (lost / customers) * (1 - lost / customers),
      calibration: calibrationOf(levels),
      purchases: yield* purchasesOf(population, scores.orders[0] as Float64Array),
      topTenth: yield* topTenthOf(population, scores.noOrder, silence),
    },
    noHoldout: null,
  };
}

const none = (why: string): MeasuredHoldout => ({ holdout: null, noHoldout: why });

function* outcomesOf({ histories, groups, ordersAfter }: HoldoutPopulation): Steps<Outcomes> {
  const lost = new Float64Array(sizeOf(histories));
  const kept = new Float64Array(sizeOf(histories));
  yield* inSlices(groups.length, quick, (from, to) => {
    for (let customer = from; customer < to; customer += 1) {
      const group = groups[customer] as number;
      const counts = ordersAfter[customer] === 0 ? lost : kept;
      counts[group] = (counts[group] as number) + 1;
    }
  });
  return { lost, kept };
}

/** Days since the last order. */
function silenceOf({ age, lastAfter }: Histories): Float64Array {
  const silence = new Float64Array(age.length);
  for (let at = 0; at < age.length; at += 1) silence[at] = (age[at] as number) - (lastAfter[at] as number);
  return silence;
}

function negated(numbers: Float64Array): Float64Array {
  const turned = new Float64Array(numbers.length);
  for (let at = 0; at < numbers.length; at += 1) turned[at] = -(numbers[at] as number);
  return turned;
}

/** The classes 0, 1, … and, in one, all from here on. */
const lastClass = 7;

function* purchasesOf(
  { histories, groups, ordersAfter }: HoldoutPopulation,
  expected: Float64Array,
): Steps<FrequencyClass[]> {
  const classes = Array.from({ length: lastClass + 1 }, () => ({ customers: 0, expectedOrders: 0, observedOrders: 0 }));
  yield* inSlices(groups.length, quick, (from, to) => {
    for (let customer = from; customer < to; customer += 1) {
      const group = groups[customer] as number;
      const found = classes[Math.min(lastClass, histories.repeats[group] as number)];
      if (!found) continue;
      found.customers += 1;
      found.expectedOrders += expected[group] as number;
      found.observedOrders += ordersAfter[customer] as number;
    }
  });
  return joinSmall(classes.map((sums, at) => ({ from: at, to: at, ...sums }))).map(({ from, to, ...sums }) => ({
    repeats: to === lastClass ? `${from} or more` : from === to ? String(from) : `${from} to ${to}`,
    ...sums,
  }));
}

/** A class of fewer would tell what single customers did. */
const leastOfClass = 20;

type OfClass = Omit<FrequencyClass, "repeats"> & Readonly<{ from: number; to: number }>;

/** Neighbouring classes together, the highest first, until each has enough customers. */
function joinSmall(classes: readonly OfClass[]): OfClass[] {
  const joined = (low: OfClass, high: OfClass): OfClass => ({
    from: low.from,
    to: high.to,
    customers: low.customers + high.customers,
    expectedOrders: low.expectedOrders + high.expectedOrders,
    observedOrders: low.observedOrders + high.observedOrders,
  });
  const enough: OfClass[] = [];
  let pending: OfClass | null = null;
  for (const each of classes.toReversed()) {
    pending = pending === null ? each : joined(each, pending);
    if (pending.customers < leastOfClass) continue;
    enough.unshift(pending);
    pending = null;
  }
  if (pending === null) return enough;
  const [lowest, ...others] = enough;
  return lowest ? [joined(pending, lowest), ...others] : [pending];
}

/** Of the list as it is delivered: by what is at stake times the chance that it is lost. */
function* topTenthOf(
  { groups, atStake, ordersAfter }: HoldoutPopulation,
  noOrder: Float64Array,
  silence: Float64Array,
): Steps<LostRevenue | null> {
  const lost = new Uint8Array(groups.length);
  yield* inSlices(lost.length, quick, (from, to) => {
    for (let customer = from; customer < to; customer += 1) lost[customer] = ordersAfter[customer] === 0 ? 1 : 0;
  });
  const groupOf = (customer: number) => groups[customer] as number;
  return yield* lostRevenueOf(atStake, lost, {
    list: (customer) => (atStake[customer] as number) * (noOrder[groupOf(customer)] as number),
    recency: (customer) => silence[groupOf(customer)] as number,
  });
}
