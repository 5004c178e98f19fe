// The purchase model's formulas against published figures, against numerical integration, Gauss's function and simulation.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aliveProbability,
  type BgNbd,
  expectedOrders,
  expectedOrdersAlive,
  expectedOrdersOfAnyone,
  leavingOf,
  noOrderProbability,
} from "../../src/intelligence/bgNbd.ts";
import { logLikelihoodOf } from "../../src/intelligence/fitBgNbd.ts";
import { createRandom } from "./createRandom.ts";
import { finish } from "./finish.ts";

/** Fader, Hardie & Lee (2005), table 2. */
const published: BgNbd = { r: 0.2426, alpha: 4.4136, a: 0.7929, b: 2.4259 };

describe("published figures", () => {
  it("orders expected in 39 weeks of the customer x = 2, tx = 30.43, T = 38.86", () => {
    expect(expectedOrders(published, { repeats: 2, last: 30.43, age: 38.86 }, 39)).toBeCloseTo(1.226, 3);
  });
  // The vignette of the R package BTYD, with its own fit of the same data.
  it("orders that anyone makes in 52 weeks", () => {
    expect(expectedOrdersOfAnyone(published, 52)).toBeCloseTo(1.444, 3);
  });
  it("the customer x = 26, tx = 30.86, T = 31: orders in 52 weeks, and P(alive)", () => {
    const history = { repeats: 26, last: 30.86, age: 31 };
    expect(expectedOrders(published, history, 52)).toBeCloseTo(25.76, 2);
    expect(aliveProbability(published, history)).toBeCloseTo(0.9689, 4);
  });
});

/** ₂F₁(a, b; c; z) by its series, for 0 ≤ z < 1. */
function gauss(a: number, b: number, c: number, z: number): number {
  let [term, sum] = [1, 1];
  for (let n = 0; n < 100_000 && Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
    term *= ((a + n) * (b + n) * z) / ((c + n) * (n + 1));
    sum += term;
  }
  return sum;
}

/** Equation 10 of the paper, for whoever is alive. */
function byGauss({ r, alpha, a, b }: BgNbd, repeats: number, age: number, weeks: number): number {
  const z = weeks / (alpha + age + weeks);
  const series = gauss(r + repeats, b + repeats, a + b + repeats - 1, z);
  return ((a + b + repeats - 1) / (a - 1)) * (1 - ((alpha + age) / (alpha + age + weeks)) ** (r + repeats) * series);
}

const positive = (min: number, max: number) => fc.double({ min, max, noNaN: true });

it("orders expected are what the paper writes with Gauss's function, where that is tame", () => {
  fc.assert(
    fc.property(
      fc.record({ r: positive(0.05, 5), alpha: positive(2, 50), a: positive(0.001, 0.8), b: positive(0.5, 20) }),
      fc.integer({ min: 1, max: 60 }),
      positive(4, 150),
      positive(1, 104),
      (model, repeats, age, weeks) => {
        const found = expectedOrdersAlive(model, { repeats, age }, weeks, leavingOf(model, repeats));
        const wanted = byGauss(model, repeats, age, weeks);
        expect(Math.abs(found - wanted)).toBeLessThan(1e-5 * Math.max(1, wanted));
      },
    ),
  );
});

it("where a is 1, which Gauss's function does not reach, it lies between its neighbours", () => {
  const at = (a: number) => expectedOrders({ ...published, a }, { repeats: 3, last: 20, age: 30 }, 39);
  expect(at(1)).toBeCloseTo((at(1 - 1e-4) + at(1 + 1e-4)) / 2, 7);
  expect(at(1 - 1e-4)).toBeGreaterThan(at(1 + 1e-4));
});

it("long ages and hardly any leaving: orders come as their rate says", () => {
  const model = { r: 0.7, alpha: 9.4, a: 0.003, b: 5000 };
  for (const age of [53, 520, 5200])
    for (const repeats of [0, 1, 40, 400]) {
      const rate = (model.r + repeats) / (model.alpha + age);
      expect(expectedOrders(model, { repeats, last: age, age }, 13) / (13 * rate)).toBeCloseTo(1, 4);
    }
});

it("the chance of no order is the integral of e^−λt over the rates, weighted by the chance of being there", () => {
  const model = published;
  for (const history of [
    { repeats: 0, last: 0, age: 38.86 },
    { repeats: 1, last: 2, age: 30 },
    { repeats: 7, last: 36, age: 38 },
  ]) {
    const [shape, scale] = [model.r + history.repeats, model.alpha + history.age];
    // Over y = ln λ the density is e^(shape y − scale e^y), up to its norm.
    let [sum, norm] = [0, 0];
    const [from, to] = [-60 / shape - Math.log(scale), Math.log((60 + 3 * shape) / scale)];
    for (let at = 0; at < 100_000; at += 1) {
      const log = from + ((at + 0.5) / 100_000) * (to - from);
      const rate = Math.exp(log);
      const weight = Math.exp(shape * log - scale * rate);
      norm += weight;
      sum += weight * Math.exp(-rate * 13);
    }
    const alive = aliveProbability(model, history);
    expect(noOrderProbability(model, history, 13)).toBeCloseTo(1 - alive + (alive * sum) / norm, 8);
  }
});

it("simulated customers do what is expected of those who are like them", () => {
  const model = { r: 0.8, alpha: 6, a: 0.6, b: 2 };
  const random = createRandom(20);
  const [age, ahead] = [30, 13];
  const seen = new Map<string, { customers: number; silent: number; orders: number; chance: number; mean: number }>();
  for (let nth = 0; nth < 60_000; nth += 1) {
    const rate = random.gamma(model.r) / model.alpha;
    const [one, other] = [random.gamma(model.a), random.gamma(model.b)];
    const leave = one / (one + other);
    let [time, repeats, last, after] = [0, 0, 0, 0];
    for (;;) {
      time += -Math.log(random.uniform()) / rate;
      if (time > age + ahead) break;
      if (time <= age) {
        repeats += 1;
        last = time;
      } else after += 1;
      if (random.uniform() < leave) break;
    }
    const history = { repeats, last, age };
    const kind = `${Math.min(repeats, 4)} ${repeats > 0 && last < 15 ? "long ago" : "lately"}`;
    const sums = seen.get(kind) ?? { customers: 0, silent: 0, orders: 0, chance: 0, mean: 0 };
    seen.set(kind, sums);
    sums.customers += 1;
    sums.silent += after === 0 ? 1 : 0;
    sums.orders += after;
    sums.chance += noOrderProbability(model, history, ahead);
    sums.mean += expectedOrders(model, history, ahead);
  }
  expect(seen.size).toBe(9);
  for (const { customers, silent, orders, chance, mean } of seen.values()) {
    const error = 4 / Math.sqrt(customers);
    expect(Math.abs(silent - chance) / customers).toBeLessThan(error * 0.5);
    expect(Math.abs(orders - mean) / customers).toBeLessThan(error * 3);
  }
});

it("one customer's likelihood is the published product, integrated over its rate and its chance of leaving", () => {
  const model = { r: 1.4, alpha: 5, a: 1.7, b: 2.3 };
  const [repeats, last, age] = [2, 28, 63];
  const histories = {
    repeats: Int32Array.of(repeats),
    lastAfter: Int32Array.of(last),
    age: Int32Array.of(age),
    customers: Float64Array.of(1),
  };
  // E over λ, p of λ^x [(1 − p)^x e^(−λT) + p (1 − p)^(x − 1) e^(−λ tx)], by simulation of p and λ.
  const random = createRandom(8);
  let sum = 0;
  const draws = 400_000;
  for (let nth = 0; nth < draws; nth += 1) {
    const rate = random.gamma(model.r) / model.alpha;
    const [one, other] = [random.gamma(model.a), random.gamma(model.b)];
    const p = one / (one + other);
    const stayed = (1 - p) ** repeats * Math.exp((-rate * age) / 7);
    const left = p * (1 - p) ** (repeats - 1) * Math.exp((-rate * last) / 7);
    sum += rate ** repeats * (stayed + left);
  }
  expect(Math.abs(Math.exp(finish(logLikelihoodOf(histories, model))) / (sum / draws) - 1)).toBeLessThan(0.02);
});
