// How good an order of customers is, and how true its chances, measured against what they did.
import type { LostRevenue, Tenth } from "../kernel/ModelCard.ts";
import { leastOfFirst, type ScoreAt } from "./leastOfFirst.ts";
import { inSlices, quick, type Steps, slow } from "./Steps.ts";
import { sortNumbers } from "./sortNumbers.ts";

/** Groups of customers who are level: how many of each were lost, and how many were not. */
export type Outcomes = Readonly<{ lost: Float64Array; kept: Float64Array }>;

/** Customers with equal scores, lowest first. */
export type Levels = Outcomes & Readonly<{ scores: Float64Array }>;

export function* levelsOf(scores: Float64Array, outcomes: Outcomes): Steps<Levels> {
  const levels = yield* distinctOf(yield* sortNumbers(scores));
  const lost = new Float64Array(levels.length);
  const kept = new Float64Array(levels.length);
  yield* inSlices(scores.length, slow, (from, to) => {
    for (let at = from; at < to; at += 1) {
      const level = placeIn(levels, scores[at] as number);
      lost[level] = (lost[level] as number) + (outcomes.lost[at] as number);
      kept[level] = (kept[level] as number) + (outcomes.kept[at] as number);
    }
  });
  return { scores: levels, lost, kept };
}

/** The chance that a lost customer's score is above a kept one's, ties counted half; one half where there is only one kind. */
export function aucOf({ lost, kept }: Levels): number {
  let below = 0;
  let won = 0;
  for (let at = 0; at < lost.length; at += 1) {
    const keptHere = kept[at] as number;
    won += (lost[at] as number) * (below + keptHere / 2);
    below += keptHere;
  }
  const lostInAll = sumOf(lost);
  return lostInAll === 0 || below === 0 ? 0.5 : won / lostInAll / below;
}

/** The mean square of what the chances were off. */
export function brierOf(chances: Float64Array, { lost, kept }: Outcomes): number {
  let sum = 0;
  for (let at = 0; at < chances.length; at += 1) {
    const chance = chances[at] as number;
    sum += (lost[at] as number) * (1 - chance) ** 2 + (kept[at] as number) * chance ** 2;
  }
  return sum / (sumOf(lost) + sumOf(kept));
}

/** Tenths of the customers by their chance, lowest first. Customers who are level stay together, in the tenth of their middle one. */
export function calibrationOf({ scores, lost, kept }: Levels): Tenth[] {
  const inAll = sumOf(lost) + sumOf(kept);
  const tenths = Array.from({ length: 10 }, () => ({ customers: 0, chances: 0, lost: 0 }));
  let before = 0;
  for (let at = 0; at < scores.length; at += 1) {
    const lostHere = lost[at] as number;
    const here = lostHere + (kept[at] as number);
    const tenth = tenths[Math.min(9, Math.floor((10 * (before + here / 2)) / inAll))];
    if (tenth) {
      tenth.customers += here;
      tenth.chances += here * (scores[at] as number);
      tenth.lost += lostHere;
    }
    before += here;
  }
  return tenths.flatMap(({ customers, chances: sum, lost: gone }, at) =>
    customers === 0 ? [] : [{ tenth: at + 1, customers, expected: sum / customers, observed: gone / customers }],
  );
}

/**
 * Of the revenue that was lost, what the first tenth of three lists held; null where none was. `lost`: 1 for a customer who was. In a list
 * are those with something to lose: a tenth is one of them.
 */
export function* lostRevenueOf(
  revenue: Float64Array,
  lost: Uint8Array,
  lists: Readonly<{ list: ScoreAt; recency: ScoreAt }>,
): Steps<LostRevenue | null> {
  let inAll = 0;
  let listed = 0;
  for (let at = 0; at < revenue.length; at += 1) {
    inAll += lossAt(revenue, lost, at);
    if ((revenue[at] as number) > 0) listed += 1;
  }
  const first = Math.max(1, Math.floor(listed / 10));
  if (!(inAll > 0)) return null;
  const losses = { revenue, lost };
  const ofListed =
    (scoreAt: ScoreAt): ScoreAt =>
    (customer) =>
      (revenue[customer] as number) > 0 ? scoreAt(customer) : Number.NEGATIVE_INFINITY;
  const byRevenue: ScoreAt = (customer) => revenue[customer] as number;
  return {
    heldByList: (yield* lossOfFirst(ofListed(lists.list), first, losses)) / inAll,
    heldByRecency: (yield* lossOfFirst(ofListed(lists.recency), first, losses)) / inAll,
    heldByRevenue: (yield* lossOfFirst(byRevenue, first, losses)) / inAll,
  };
}

const lossAt = (revenue: Float64Array, lost: Uint8Array, at: number) =>
  lost[at] === 1 ? Math.max(0, revenue[at] as number) : 0;

/** What those with the highest scores lost; of those that are level with the last one, the first ones. */
function* lossOfFirst(
  scoreAt: ScoreAt,
  first: number,
  { revenue, lost }: Readonly<{ revenue: Float64Array; lost: Uint8Array }>,
): Steps<number> {
  const least = yield* leastOfFirst(scoreAt, revenue.length, first);
  let left = first;
  let loss = 0;
  const take = (isTaken: (score: number) => boolean) =>
    inSlices(revenue.length, quick, (from, to) => {
      for (let at = from; at < to; at += 1) {
        if (left === 0 || !isTaken(scoreAt(at))) continue;
        loss += lossAt(revenue, lost, at);
        left -= 1;
      }
    });
  yield* take((score) => score > least);
  yield* take((score) => score === least);
  return loss;
}

function* distinctOf(sorted: Float64Array): Steps<Float64Array> {
  let found = 0;
  yield* inSlices(sorted.length, quick, (from, to) => {
    for (let at = from; at < to; at += 1) {
      if (found > 0 && sorted[at] === sorted[found - 1]) continue;
      sorted[found] = sorted[at] as number;
      found += 1;
    }
  });
  return sorted.subarray(0, found);
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

export function sumOf(numbers: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < numbers.length; at += 1) sum += numbers[at] as number;
  return sum;
}
