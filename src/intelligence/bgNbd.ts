// What the BG/NBD model expects of a customer once its parameters are known. Times are in weeks. A customer orders at random at a rate of its
// own (Gamma over customers) until, after some order, it leaves for good (with a chance of its own, Beta over customers).
import { betaNodes, type Nodes } from "./betaNodes.ts";

export type BgNbd = Readonly<{ r: number; alpha: number; a: number; b: number }>;

/** Orders after the first; weeks from the first order to the last and to now. */
export type History = Readonly<{ repeats: number; last: number; age: number }>;

/** The chance that the customer has not left. One who bought once is never thought gone: in this model only an order lets a customer leave. */
export function aliveProbability({ r, alpha, a, b }: BgNbd, { repeats, last, age }: History): number {
  if (repeats === 0) return 1;
  const logOdds = Math.log(a) - Math.log(b + repeats - 1) + (r + repeats) * Math.log((alpha + age) / (alpha + last));
  return 1 / (1 + Math.exp(logOdds));
}

/**
 * The chance of no order in the next so many weeks. Whoever is there stays until the next order, so that for the rate λ it is e^−λt, of which
 * the mean over λ ~ Gamma(r + x, α + T) is ((α + T) / (α + T + t))^(r + x); whoever has left orders no more.
 */
export function noOrderProbability(
  model: BgNbd,
  history: History,
  weeks: number,
  alive = aliveProbability(model, history),
): number {
  const { r, alpha } = model;
  const silent = Math.exp(-(r + history.repeats) * Math.log1p(weeks / (alpha + history.age)));
  return 1 - alive * (1 - silent);
}

/** How likely a customer with so many orders after the first is to leave after an order: what orders are expected hangs on. */
export const leavingOf = ({ a, b }: BgNbd, repeats: number): Nodes => betaNodes(a, b + repeats);

/**
 * Orders expected in the next so many weeks of a customer that has not left: with a rate λ and a chance p of leaving it is (1 − e^−λpt) / p,
 * of which the mean over λ is taken exactly and the mean over p ~ Beta(a, b + x) by `leaving`. It is what Fader, Hardie & Lee write with
 * Gauss's hypergeometric function, without its poles: that one has to be continued where a is near 1, and does not exist where a + b + x is.
 */
export function expectedOrdersAlive(
  { r, alpha }: BgNbd,
  { repeats, age }: Omit<History, "last">,
  weeks: number,
  leaving: Nodes,
): number {
  const shape = r + repeats;
  const share = weeks / (alpha + age);
  let sum = 0;
  for (let at = 0; at < leaving.places.length; at += 1) {
    const p = leaving.places[at] as number;
    const fall = shape * Math.log1p(p * share);
    // At p = 0 the quotient is its limit.
    sum += (leaving.weights[at] as number) * (fall < 1e-12 ? shape * share : -Math.expm1(-fall) / p);
  }
  return sum;
}

/** Orders expected in the next so many weeks. */
export function expectedOrders(model: BgNbd, history: History, weeks: number): number {
  return (
    aliveProbability(model, history) * expectedOrdersAlive(model, history, weeks, leavingOf(model, history.repeats))
  );
}

/** Orders that anyone is expected to make in the so many weeks after the first one. */
export function expectedOrdersOfAnyone(model: BgNbd, weeks: number): number {
  return expectedOrdersAlive(model, { repeats: 0, age: 0 }, weeks, leavingOf(model, 0));
}
