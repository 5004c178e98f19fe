// The Gamma-Gamma model of what an order is worth, by maximum likelihood (Fader & Hardie 2013, equation 1a), over the customers who came
// again and what their later orders were worth on average.
import { digamma, logGamma } from "./logGamma.ts";
import { type Minimum, minimise, type Objective, type Pause } from "./minimise.ts";

export type GammaGamma = Readonly<{ p: number; q: number; v: number }>;

/** Customers one by one: how many orders a mean is of, and the mean. Both above 0. */
export type OrderValues = Readonly<{ orders: Int32Array; means: Float64Array }>;

/** Customers who are level, or nearly, as one row. */
type ValueGroups = OrderValues & Readonly<{ customers: Float64Array }>;

export type GammaGammaFit = Readonly<{ parameters: GammaGamma; logLikelihood: number }> &
  Pick<Minimum, "steps" | "converged" | "atBound">;

export async function fitGammaGamma(values: OrderValues, pause: Pause): Promise<GammaGammaFit> {
  const { orders, means } = values;
  // Amounts in units of their own mean, whatever the currency.
  const unit = Math.exp(means.reduce((sum, mean) => sum + Math.log(mean), 0) / Math.max(1, means.length));
  const groups = await groupValues({ orders, means: means.map((mean) => mean / unit) }, pause);
  const found = await minimise(negativeLogLikelihood(groups), [3, 3, 3], pause);
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
/** So many customers are grouped before others get a turn. */
const batch = 50_000;

async function groupValues({ orders, means }: OrderValues, pause: Pause): Promise<ValueGroups> {
  if (orders.length <= mostSingle) return { orders, means, customers: new Float64Array(orders.length).fill(1) };
  const places = new Map<number, number>();
  const found: { orders: number; logs: number; customers: number }[] = [];
  for (let at = 0; at < orders.length; at += 1) {
    const count = orders[at] as number;
    const log = Math.log(means[at] as number);
    // A double's logarithm lies within ± 746.
    const key = count * 2_000_000 + Math.round(log / nearly);
    const place = places.get(key) ?? found.length;
    const group = found[place] ?? { orders: count, logs: 0, customers: 0 };
    places.set(key, place);
    found[place] = group;
    group.logs += log;
    group.customers += 1;
    if (at % batch === batch - 1) await pause();
  }
  return {
    orders: Int32Array.from(found, (group) => group.orders),
    means: Float64Array.from(found, ({ logs, customers }) => Math.exp(logs / customers)),
    customers: Float64Array.from(found, ({ customers }) => customers),
  };
}

function negativeLogLikelihood({ orders, means, customers }: ValueGroups): Objective {
  const most = orders.reduce((largest, count) => Math.max(largest, count), 0);
  const table = {
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
  return (parameters, slope) => {
    const [p = 1, q = 1, v = 1] = parameters;
    const [logV, ofQ] = [Math.log(v), digamma(q)];
    const fixed = q * logV - logGamma(q);
    for (let x = 1; x <= most; x += 1) {
      if (isThere[x] === 0) continue;
      const both = digamma(p * x + q);
      table.constant[x] = fixed + logGamma(p * x + q) - logGamma(p * x) + p * x * Math.log(x);
      table.byP[x] = x * (both - digamma(p * x) + Math.log(x));
      table.byQ[x] = both - ofQ + logV;
    }
    let [value, byP, byQ, byV] = [0, 0, 0, 0];
    for (let at = 0; at < orders.length; at += 1) {
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
    slope.set([-byP * each, -byQ * each, -byV * each]);
    return -value * each;
  };
}
