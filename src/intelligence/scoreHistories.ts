// What the purchase model expects of each group of customers: once for a group, whoever is in it.

import type { Nodes } from "./betaNodes.ts";
import { aliveProbability, type BgNbd, expectedOrdersAlive, leavingOf, noOrderProbability } from "./bgNbd.ts";
import { daysOfUnit, type Histories, sizeOf } from "./Histories.ts";
import type { Steps } from "./Steps.ts";

export type Horizons = Readonly<{
  /** Days that the chance of no order is of. */
  silent: number;
  /** Days that orders are expected in, each on its own. */
  orders: readonly number[];
  /** What is wanted of these, where it is not each of them: sums of parts of them, of a customer who has not left. */
  told?: (orders: readonly number[]) => readonly number[];
}>;

export type GroupScores = Readonly<{
  alive: Float64Array;
  noOrder: Float64Array;
  /** For each of the horizons, or what was to be told of them. */
  orders: readonly Float64Array[];
}>;

/** So many groups are scored in a step: of each the quadrature may be new. */
const slice = 32;

export function* scoreHistories(
  model: BgNbd,
  histories: Histories,
  { silent, orders: days, told = (orders) => orders }: Horizons,
): Steps<GroupScores> {
  const size = sizeOf(histories);
  const alive = new Float64Array(size);
  const noOrder = new Float64Array(size);
  const orders = told(days).map(() => new Float64Array(size));
  const weeks = days.map((each) => each / daysOfUnit);
  const expected = expectations(model, weeks, told);
  const score = (at: number): void => {
    const history = historyAt(histories, at);
    const chance = aliveProbability(model, history);
    alive[at] = chance;
    noOrder[at] = noOrderProbability(model, history, silent / daysOfUnit, chance);
    const means = expected(history);
    for (let nth = 0; nth < means.length; nth += 1) (orders[nth] as Float64Array)[at] = chance * (means[nth] as number);
  };
  for (let at = 0; at < size; at += 1) {
    score(at);
    if (at % slice === slice - 1) yield;
  }
  return { alive, noOrder, orders };
}

function historyAt({ repeats, lastAfter, age }: Histories, at: number) {
  return {
    repeats: repeats[at] as number,
    last: (lastAfter[at] as number) / daysOfUnit,
    age: (age[at] as number) / daysOfUnit,
  };
}

/** Orders expected of customers who have not left hang on their orders and their age alone: the same are not computed twice in a row. */
function expectations(
  model: BgNbd,
  weeks: readonly number[],
  told: (orders: readonly number[]) => readonly number[],
): (history: Readonly<{ repeats: number; age: number }>) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  let nodes: Nodes | undefined;
  let knownOf = -1;
  return ({ repeats, age }) => {
    if (nodes === undefined || repeats !== knownOf) {
      known.clear();
      knownOf = repeats;
      nodes = leavingOf(model, repeats);
    }
    const of = nodes;
    let means = known.get(age);
    if (means === undefined) {
      means = told(weeks.map((horizon) => expectedOrdersAlive(model, { repeats, age }, horizon, of)));
      known.set(age, means);
    }
    return means;
  };
}
