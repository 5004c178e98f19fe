// The Gamma-Gamma model of what an order is worth, by maximum likelihood (Fader & Hardie 2013, equation 1a), over the customers who came
// again and what their later orders were worth on average.
import { largestOf } from "./Histories.ts";
import { digamma, logGamma } from "./logGamma.ts";
import { type Minimum, minimise, type Objective } from "./minimise.ts";
import { inSlices, type Steps, slow } from "./Steps.ts";

export type GammaGamma = Readonly<{ p: number; q: number; v: number }>;

/** Customers one by one: how many orders a mean is of, and the mean. Both above 0. */
export type OrderValues = Readonly<{ orders: Int32Array; means: Float64Array }>;

/** Customers who are level, or nearly, as one row. */
type ValueGroups = OrderValues & Readonly<{ customers: Float64Array }>;

export type GammaGammaFit = Readonly<{ parameters: GammaGamma; logLikelihood: number }> &
  Pick<Minimum, "steps" | "converged" | "atBound">;

export function* fitGammaGamma(values: OrderValues): Steps<GammaGammaFit> {
  const { means } = values;
  let logs = 0;
  yield* inSlices(means.length, slow, (from, to) => {
    let sum = logs;
    for (let at = from; at < to; at += 1) sum += Math.log(means[at] as number);
    logs = sum;
  });
  // Amounts in units of their own mean, whatever the currency.
  const unit = Math.exp(logs / Math.max(1, means.length));
  const groups = yield* groupValues(values, unit);
  const found = yield* minimise(negativeLogLikelihood(groups), [3, 3, 3]);
  const [p = 1, q = 1, v = 1] = found.parameters;
  const { steps, converged, atBound } = found;
  const logLikelihood = -(found.value + Math.log(unit)) * means.length;
  return { parameters: { p, q, v: v * unit }, logLikelihood, steps, converged, atBound };
}

/** What an order of a customer is worth in the model's mean: `base` + `perMean` × the mean of the later ones. It takes a q above 1. */
export function orderValueParts({ p, q, v }: GammaGamma, orders: number): Readonly<{ base: number; perMean: number }> {
  const divisor = p * orders + q - 1;
  return { base: (p * v) / divisor, perMean: (p * orders) / divisor };
}

/** Up to so many customers stand one by one. */
const mostSingle = 20_000;
/** Of more, those with as many orders whose means are within so much of each other are taken together, at their geometric mean. */
const nearly = 1e-3;

/** Means in that unit. Who are as many orders apart stand apart, so that what is known of one number is forgotten at the next. */
function* groupValues({ orders, means }: OrderValues, unit: number): Steps<ValueGroups> {
  if (orders.length <= mostSingle)
    return { orders, means: means.map((mean) => mean / unit), customers: new Float64Array(orders.length).fill(1) };
  const places = new Map<number, number>();
  const found = { orders: [] as number[], logs: [] as number[], customers: [] as number[] };
  yield* inSlices(orders.length, slow, (from, to) => {
    for (let at = from; at < to; at += 1) {
      const count = orders[at] as number;
      const log = Math.log((means[at] as number) / unit);
      if (count !== found.orders.at(-1)) places.clear();
      const key = Math.round(log / nearly);
      const place = places.get(key);
      if (place === undefined) {
        places.set(key, found.orders.length);
        found.orders.push(count);
        found.logs.push(log);
        found.customers.push(1);
      } else {
        found.logs[place] = (found.logs[place] as number) + log;
        found.customers[place] = (found.customers[place] as number) + 1;
      }
    }
  });
  return {
    orders: Int32Array.from(found.orders),
    means: Float64Array.from(found.logs, (sum, at) => Math.exp(sum / (found.customers[at] as number))),
    customers: Float64Array.from(found.customers),
  };
}

/** What hangs on the parameters and on a number of orders alone. */
type Tables = Readonly<{ constant: Float64Array; byP: Float64Array; byQ: Float64Array }>;

function negativeLogLikelihood(groups: ValueGroups): Objective {
  const { orders, means, customers } = groups;
  const most = largestOf(orders);
  const table: Tables = {
    constant: new Float64Array(most + 1),
    byP: new Float64Array(most + 1),
    byQ: new Float64Array(most + 1),
  };
  const each =
    1 /
    Math.max(
      1,
      customers.reduce((sum, count) => sum + count, 0),
    );
  const isThere = new Uint8Array(most + 1);
  for (const count of orders) isThere[count] = 1;
  const logs = means.map(Math.log);
  return function* (parameters, slope) {
    const [p = 1, q = 1, v = 1] = parameters;
    const model = { p, q, v };
    const [logV, ofQ] = [Math.log(v), digamma(q)];
    const fixed = q * logV - logGamma(q);
    yield* inSlices(most + 1, slow / 16, (from, to) => {
      for (let x = Math.max(1, from); x < to; x += 1) {
        if (isThere[x] === 0) continue;
        const both = digamma(p * x + q);
        table.constant[x] = fixed + logGamma(p * x + q) - logGamma(p * x) + p * x * Math.log(x);
        table.byP[x] = x * (both - digamma(p * x) + Math.log(x));
        table.byQ[x] = both - ofQ + logV;
      }
    });
    const sums = new Float64Array(4);
    yield* inSlices(orders.length, slow, (from, to) => addGroups(sums, { ...groups, logs }, table, model, from, to));
    const [value = 0, byP = 0, byQ = 0, byV = 0] = sums;
    slope.set([-byP * each, -byQ * each, -byV * each]);
    return -value * each;
  };
}

/** Adds what groups have to say to the value and to its three derivatives. */
function addGroups(
  sums: Float64Array,
  { orders, means, customers, logs }: ValueGroups & Readonly<{ logs: Float64Array }>,
  table: Tables,
  { p, q, v }: GammaGamma,
  from: number,
  to: number,
): void {
  let [value = 0, byP = 0, byQ = 0, byV = 0] = sums;
  for (let at = from; at < to; at += 1) {
    const x = orders[at] as number;
    const total = v + (means[at] as number) * x;
    const logTotal = Math.log(total);
    const logMean = logs[at] as number;
    const count = customers[at] as number;
    value += count * ((table.constant[x] as number) + (p * x - 1) * logMean - (p * x + q) * logTotal);
    byP += count * ((table.byP[x] as number) + x * (logMean - logTotal));
    byQ += count * ((table.byQ[x] as number) - logTotal);
    byV += count * (q / v - (p * x + q) / total);
  }
  sums.set([value, byP, byQ, byV]);
}
