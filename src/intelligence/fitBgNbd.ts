// The BG/NBD model's parameters by maximum likelihood (Fader, Hardie & Lee 2005, equation 6), all in logarithms. What hangs on the number of
// orders or on a number of days alone is computed once for each, so that a group costs one exponential and one logarithm.
import type { BgNbd } from "./bgNbd.ts";
import { customersOf, daysOfUnit, type Histories, largestOf, sizeOf } from "./Histories.ts";
import { digamma, logGamma } from "./logGamma.ts";
import { type Minimum, minimise, type Objective, type Pause } from "./minimise.ts";

export type BgNbdFit = Readonly<{ parameters: BgNbd; logLikelihood: number }> &
  Pick<Minimum, "steps" | "converged" | "atBound">;

/** Two ways in: the likelihood has a ridge on which customers who never leave and customers who all leave look alike. */
const starts: readonly (readonly number[])[] = [
  [0.5, 5, 0.8, 2.5],
  [0.7, 9, 0.05, 5],
];

/** Of more groups than this, a part is searched first: what is found there is nearly the place, and the whole takes a few steps from it. */
const mostAtFirst = 4_000;

export async function fitBgNbd(histories: Histories, pause: Pause): Promise<BgNbdFit> {
  const found: Minimum[] = [];
  const part = partOf(histories);
  for (const start of starts) found.push(await minimise(negativeLogLikelihood(part), start, pause));
  let best = found.toSorted((one, other) => one.value - other.value)[0] as Minimum;
  if (part !== histories) best = await minimise(negativeLogLikelihood(histories), best.parameters, pause, best.inverse);
  const [r = 1, alpha = 1, a = 1, b = 1] = best.parameters;
  const { steps, converged, atBound } = best;
  const logLikelihood = -best.value * customersOf(histories);
  return { parameters: { r, alpha, a, b }, logLikelihood, steps, converged, atBound };
}

/** Every so manyth group. */
function partOf(histories: Histories): Histories {
  const every = Math.ceil(sizeOf(histories) / mostAtFirst);
  if (every <= 1) return histories;
  const isTaken = (_: number, at: number) => at % every === 0;
  return {
    repeats: histories.repeats.filter(isTaken),
    lastAfter: histories.lastAfter.filter(isTaken),
    age: histories.age.filter(isTaken),
    customers: histories.customers.filter(isTaken),
  };
}

/** Of one customer on average, so that searches over more and over fewer look alike. */
function negativeLogLikelihood({ repeats, lastAfter, age, customers }: Histories): Objective {
  const size = repeats.length;
  const each = 1 / Math.max(1, customersOf({ repeats, lastAfter, age, customers }));
  const mostRepeats = largestOf(repeats);
  const logOfDays = new Float64Array(largestOf(age) + 1);
  const ofRepeats = {
    constant: new Float64Array(mostRepeats + 1),
    byR: new Float64Array(mostRepeats + 1),
    byA: new Float64Array(mostRepeats + 1),
    byB: new Float64Array(mostRepeats + 1),
    logLeave: new Float64Array(mostRepeats + 1),
  };
  return (parameters, slope) => {
    const [r = 1, alpha = 1, a = 1, b = 1] = parameters;
    for (let days = 0; days < logOfDays.length; days += 1) logOfDays[days] = Math.log(alpha + days / daysOfUnit);
    const logAlpha = Math.log(alpha);
    const fixed = r * logAlpha - logGamma(r) + logGamma(a + b) - logGamma(b);
    const [ofR, ofAB, ofB] = [digamma(r), digamma(a + b), digamma(b)];
    for (let x = 0; x <= mostRepeats; x += 1) {
      const ofABX = digamma(a + b + x);
      ofRepeats.constant[x] = fixed + logGamma(r + x) + logGamma(b + x) - logGamma(a + b + x);
      ofRepeats.byR[x] = digamma(r + x) - ofR + logAlpha;
      ofRepeats.byA[x] = ofAB - ofABX;
      ofRepeats.byB[x] = ofAB + digamma(b + x) - ofB - ofABX;
      ofRepeats.logLeave[x] = x === 0 ? Number.NEGATIVE_INFINITY : Math.log(a) - Math.log(b + x - 1);
    }

    let value = 0;
    let [byR, byAlpha, byA, byB] = [0, 0, 0, 0];
    for (let at = 0; at < size; at += 1) {
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
    slope.set([-byR * each, -byAlpha * each, -byA * each, -byB * each]);
    return -value * each;
  };
}

/** The log-likelihood of given parameters. */
export function logLikelihoodOf(histories: Histories, { r, alpha, a, b }: BgNbd): number {
  return sizeOf(histories) === 0
    ? 0
    : -customersOf(histories) * negativeLogLikelihood(histories)(Float64Array.of(r, alpha, a, b), new Float64Array(4));
}
