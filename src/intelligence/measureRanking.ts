// How good an order of customers is, and how true its chances, measured against what they did.
import type { LostRevenue, Tenth } from "../kernel/ModelCard.ts";
import type { Pause } from "./minimise.ts";

/** Groups of customers who are level: how many of each were lost, and how many were not. */
export type Outcomes = Readonly<{ lost: Float64Array; kept: Float64Array }>;

/** The chance that a lost customer's score is above a kept one's, ties counted half; one half where there is only one kind. */
export function aucOf(scores: Float64Array, { lost, kept }: Outcomes): number {
  let below = 0;
  let won = 0;
  for (const level of levelsOf(scores, { lost, kept })) {
    won += level.lost * (below + level.kept / 2);
    below += level.kept;
  }
  const lostInAll = lost.reduce(plus, 0);
  return lostInAll === 0 || below === 0 ? 0.5 : won / lostInAll / below;
}

/** The mean square of what the chances were off. */
export function brierOf(chances: Float64Array, { lost, kept }: Outcomes): number {
  let sum = 0;
  for (let at = 0; at < chances.length; at += 1) {
    const chance = chances[at] as number;
    sum += (lost[at] as number) * (1 - chance) ** 2 + (kept[at] as number) * chance ** 2;
  }
  return sum / (lost.reduce(plus, 0) + kept.reduce(plus, 0));
}

/** Tenths of the customers by their chance, lowest first. Customers who are level stay together, in the tenth of their middle one. */
export function calibrationOf(chances: Float64Array, { lost, kept }: Outcomes): Tenth[] {
  const inAll = lost.reduce(plus, 0) + kept.reduce(plus, 0);
  const tenths = Array.from({ length: 10 }, () => ({ customers: 0, chances: 0, lost: 0 }));
  let before = 0;
  for (const level of levelsOf(chances, { lost, kept })) {
    const here = level.lost + level.kept;
    const tenth = tenths[Math.min(9, Math.floor((10 * (before + here / 2)) / inAll))];
    if (tenth) {
      tenth.customers += here;
      tenth.chances += here * level.score;
      tenth.lost += level.lost;
    }
    before += here;
  }
  return tenths.flatMap(({ customers, chances: sum, lost: gone }, at) =>
    customers === 0 ? [] : [{ tenth: at + 1, customers, expected: sum / customers, observed: gone / customers }],
  );
}

/** Of the revenue that was lost, what the first tenth of three lists held; null where none was. `lost`: 1 for a customer who was. */
export async function lostRevenueOf(
  revenue: Float64Array,
  lost: Uint8Array,
  lists: Readonly<{ list: Float64Array; recency: Float64Array }>,
  pause: Pause,
): Promise<LostRevenue | null> {
  const size = Math.max(1, Math.floor(revenue.length / 10));
  let inAll = 0;
  for (let at = 0; at < revenue.length; at += 1) inAll += lossAt(revenue, lost, at);
  if (!(inAll > 0)) return null;
  const held = async (scores: Float64Array) => {
    await pause();
    return firstOf(scores, size).reduce((sum, at) => sum + lossAt(revenue, lost, at), 0) / inAll;
  };
  return {
    heldByList: await held(lists.list),
    heldByRecency: await held(lists.recency),
    heldByRevenue: await held(revenue),
  };
}

const lossAt = (revenue: Float64Array, lost: Uint8Array, at: number) =>
  lost[at] === 1 ? Math.max(0, revenue[at] as number) : 0;

/** The places of the highest scores; of those that are level with the last one, the first ones. */
function firstOf(scores: Float64Array, size: number): number[] {
  const least = scores.toSorted()[scores.length - size] as number;
  const above: number[] = [];
  const level: number[] = [];
  scores.forEach((score, at) => {
    if (score > least) above.push(at);
    else if (score === least) level.push(at);
  });
  return [...above, ...level.slice(0, size - above.length)];
}

type Level = Readonly<{ score: number; lost: number; kept: number }>;

/** Customers with equal scores, lowest first. */
function* levelsOf(scores: Float64Array, outcomes: Outcomes): Generator<Level> {
  // Numbers are sorted without a comparison of ours: that is many times faster.
  const levels = scores.toSorted().filter((score, at, all) => at === 0 || score !== all[at - 1]);
  const lost = new Float64Array(levels.length);
  const kept = new Float64Array(levels.length);
  for (let at = 0; at < scores.length; at += 1) {
    const level = placeIn(levels, scores[at] as number);
    lost[level] = (lost[level] as number) + (outcomes.lost[at] as number);
    kept[level] = (kept[level] as number) + (outcomes.kept[at] as number);
  }
  for (let at = 0; at < levels.length; at += 1)
    yield { score: levels[at] as number, lost: lost[at] as number, kept: kept[at] as number };
}

/** Where a number stands among sorted ones that it is one of. */
function placeIn(sorted: Float64Array, number: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

const plus = (a: number, b: number) => a + b;
