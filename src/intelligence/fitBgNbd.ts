// The BG/NBD model's parameters by maximum likelihood (Fader, Hardie & Lee 2005, equation 6), all in logarithms. What hangs on the number of
// orders or on a number of days alone is computed once for each, so that a group costs one exponential and one logarithm.
import type { BgNbd } from "./bgNbd.ts";
import { customersOf, daysOfUnit, type Histories, largestOf, sizeOf } from "./Histories.ts";
import { digamma, logGamma } from "./logGamma.ts";
import { type Minimum, minimise, type Objective } from "./minimise.ts";
import { inSlices, type Steps, slow } from "./Steps.ts";

export type BgNbdFit = Readonly<{ parameters: BgNbd; logLikelihood: number }> &
  Pick<Minimum, "steps" | "converged" | "atBound">;

/** Two ways in: the likelihood has a ridge on which customers who never leave and customers who all leave look alike. */
const starts: readonly (readonly number[])[] = [
  [0.5, 5, 0.8, 2.5],
  [0.7, 9, 0.05, 5],
];

/** Of more groups than this, a part is searched first: what is found there is nearly the place, and the whole takes a few steps from it. */
const mostAtFirst = 4_000;

export function* fitBgNbd(histories: Histories): Steps<BgNbdFit> {
  const found: Minimum[] = [];
  const part = partOf(histories);
  for (const start of starts) found.push(yield* minimise(negativeLogLikelihood(part), start));
  let best = found.toSorted((one, other) => one.value - other.value)[0] as Minimum;
  if (part !== histories) best = yield* minimise(negativeLogLikelihood(histories), best.parameters, best.inverse);
  const [r = 1, alpha = 1, a = 1, b = 1] = best.parameters;
  const { steps, converged, atBound } = best;
  const logLikelihood = -best.value * customersOf(histories);
  return { parameters: { r, alpha, a, b }, logLikelihood, steps, converged, atBound };
}

/** Every so manyth group. */
function partOf(histories: Histories): Histories {
  const every = Math.ceil(sizeOf(histories) / mostAtFirst);
  if (every <= 1) return histories;
  const size = Math.ceil(sizeOf(histories) / every);
  const { repeats, lastAfter, age, customers } = histories;
  return {
    repeats: Int32Array.from({ length: size }, (_, at) => repeats[at * every] as number),
    lastAfter: Int32Array.from({ length: size }, (_, at) => lastAfter[at * every] as number),
    age: Int32Array.from({ length: size }, (_, at) => age[at * every] as number),
    customers: Float64Array.from({ length: size }, (_, at) => customers[at * every] as number),
  };
}

/** What hangs on the parameters and on one number alone. */
type Tables = Readonly<{
  logOfDays: Float64Array;
  constant: Float64Array;
  byR: Float64Array;
  byA: Float64Array;
  byB: Float64Array;
  logLeave: Float64Array;
}>;

/** Of one customer on average, so that searches over more and over fewer look alike. */
function negativeLogLikelihood(histories: Histories): Objective {
  const size = sizeOf(histories);
  const each = 1 / Math.max(1, customersOf(histories));
  const places = largestOf(histories.repeats) + 1;
  const tables: Tables = {
    logOfDays: new Float64Array(largestOf(histories.age) + 1),
    constant: new Float64Array(places),
    byR: new Float64Array(places),
    byA: new Float64Array(places),
    byB: new Float64Array(places),
    logLeave: new Float64Array(places),
  };
  return function* (parameters, slope) {
    const [r = 1, alpha = 1, a = 1, b = 1] = parameters;
    const model = { r, alpha, a, b };
    yield* fillTables(tables, model);
    const sums = new Float64Array(5);
    yield* inSlices(size, slow, (from, to) => addGroups(sums, histories, tables, model, from, to));
    const [value = 0, byR = 0, byAlpha = 0, byA = 0, byB = 0] = sums;
    slope.set([-byR * each, -byAlpha * each, -byA * each, -byB * each]);
    return -value * each;
  };
}

function* fillTables({ logOfDays, ...ofRepeats }: Tables, { r, alpha, a, b }: BgNbd): Steps<void> {
  for (let days = 0; days < logOfDays.length; days += 1) logOfDays[days] = Math.log(alpha + days / daysOfUnit);
  const logAlpha = Math.log(alpha);
  const fixed = r * logAlpha - logGamma(r) + logGamma(a + b) - logGamma(b);
  const [ofR, ofAB, ofB] = [digamma(r), digamma(a + b), digamma(b)];
  yield* inSlices(ofRepeats.constant.length, slow / 16, (from, to) => {
    for (let x = from; x < to; x += 1) {
      const ofABX = digamma(a + b + x);
      ofRepeats.constant[x] = fixed + logGamma(r + x) + logGamma(b + x) - logGamma(a + b + x);
      ofRepeats.byR[x] = digamma(r + x) - ofR + logAlpha;
      ofRepeats.byA[x] = ofAB - ofABX;
      ofRepeats.byB[x] = ofAB + digamma(b + x) - ofB - ofABX;
      ofRepeats.logLeave[x] = x === 0 ? Number.NEGATIVE_INFINITY : Math.log(a) - Math.log(b + x - 1);
    }
  });
}

/** Adds what groups have to say to the value and to its four derivatives. */
function addGroups(
  sums: Float64Array,
  { repeats, lastAfter, age, customers }: Histories,
  { logOfDays, ...ofRepeats }: Tables,
  { r, alpha, a, b }: BgNbd,
  from: number,
  to: number,
): void {
  let [value = 0, byR = 0, byAlpha = 0, byA = 0, byB = 0] = sums;
  for (let at = from; at < to; at += 1) {
    const x = repeats[at] as number;
    const count = customers[at] as number;
    const days = { age: age[at] as number, last: lastAfter[at] as number };
    const logAge = logOfDays[days.age] as number;
    const stayed = -(r + x) * logAge;
    let [logSum, left, logLast] = [stayed, 0, 0];
    if (x > 0) {
      logLast = logOfDays[days.last] as number;
      const gone = (ofRepeats.logLeave[x] as number) - (r + x) * logLast;
      const most = Math.max(stayed, gone);
      logSum = most + Math.log1p(Math.exp(Math.min(stayed, gone) - most));
      left = 1 / (1 + Math.exp(stayed - gone));
      byA += (count * left) / a;
      byB -= (count * left) / (b + x - 1);
    }
    value += count * ((ofRepeats.constant[x] as number) + logSum);
    byR += count * ((ofRepeats.byR[x] as number) - (1 - left) * logAge - left * logLast);
    const perAge = (1 - left) / (alpha + days.age / daysOfUnit);
    const perLast = left === 0 ? 0 : left / (alpha + days.last / daysOfUnit);
    byAlpha += count * (r / alpha - (r + x) * (perAge + perLast));
    byA += count * (ofRepeats.byA[x] as number);
    byB += count * (ofRepeats.byB[x] as number);
  }
  sums.set([value, byR, byAlpha, byA, byB]);
}

/** The log-likelihood of given parameters. */
export function* logLikelihoodOf(histories: Histories, { r, alpha, a, b }: BgNbd): Steps<number> {
  if (sizeOf(histories) === 0) return 0;
  const value = yield* negativeLogLikelihood(histories)(Float64Array.of(r, alpha, a, b), new Float64Array(4));
  return -customersOf(histories) * value;
}
