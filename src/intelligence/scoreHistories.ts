// What the purchase model expects of each group of customers: once for a group, whoever is in it.

import type { Nodes } from "./betaNodes.ts";
import { aliveProbability, type BgNbd, expectedOrdersAlive, leavingOf, noOrderProbability } from "./bgNbd.ts";
import { daysOfUnit, type Histories, sizeOf } from "./Histories.ts";
import type { Pause } from "./minimise.ts";

export type Horizons = Readonly<{
  /** Days that the chance of no order is of. */
  silent: number;
  /** Days that orders are expected in, each on its own. */
  orders: readonly number[];
}>;

export type GroupScores = Readonly<{
  alive: Float64Array;
  noOrder: Float64Array;
  /** For each of the horizons. */
  orders: readonly Float64Array[];
}>;

/** So many groups are done before others get a turn. */
const batch = 5000;

export async function scoreHistories(
  model: BgNbd,
  histories: Histories,
  horizons: Horizons,
  pause: Pause,
): Promise<GroupScores> {
  const size = sizeOf(histories);
  const alive = new Float64Array(size);
  const noOrder = new Float64Array(size);
  const orders = horizons.orders.map(() => new Float64Array(size));
  const weeks = horizons.orders.map((days) => days / daysOfUnit);
  const expected = expectations(model, weeks);
  for (let at = 0; at < size; at += 1) {
    const history = historyAt(histories, at);
    const chance = aliveProbability(model, history);
    alive[at] = chance;
    noOrder[at] = noOrderProbability(model, history, horizons.silent / daysOfUnit, chance);
    expected(history).forEach((mean, nth) => {
      (orders[nth] as Float64Array)[at] = chance * mean;
    });
    if (at % batch === batch - 1) await pause();
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
function expectations(model: BgNbd, weeks: readonly number[]) {
  const leaving = new Map<number, Nodes>();
  const known = new Map<number, readonly number[]>();
  let knownOf = -1;
  return ({ repeats, age }: Readonly<{ repeats: number; age: number }>): readonly number[] => {
    if (repeats !== knownOf) {
      known.clear();
      knownOf = repeats;
    }
    let means = known.get(age);
    if (means === undefined) {
      let nodes = leaving.get(repeats);
      if (nodes === undefined) {
        nodes = leavingOf(model, repeats);
        leaving.set(repeats, nodes);
      }
      const of = nodes;
      means = weeks.map((horizon) => expectedOrdersAlive(model, { repeats, age }, horizon, of));
      known.set(age, means);
    }
    return means;
  };
}
