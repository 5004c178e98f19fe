// Customers who tell the models little or nothing: a status and a reason, never NaN, never a crash.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Histories } from "../../src/intelligence/Histories.ts";
import { makeCard } from "../../src/intelligence/makeCard.ts";
import { type MeasuredHoldout, measureHoldout } from "../../src/intelligence/measureHoldout.ts";
import type { Population } from "../../src/intelligence/Population.ts";
import { useModels } from "../../src/intelligence/useModels.ts";
import { createRandom } from "./createRandom.ts";
import { finish } from "./finish.ts";
import { type Order, populationOf } from "./populationOf.ts";

const settings = { horizonDays: 91, discountRate: 0.1, leftOut: [] } as const;
const [split, end] = [609, 700];

async function modelsBy(population: Population, measured: MeasuredHoldout) {
  const card = finish(makeCard(population, measured, settings));
  const used = finish(useModels(card, population.histories));
  return { card, outlook: used?.outlook ?? null, orderValue: used?.orderValue ?? null };
}

type Models = Awaited<ReturnType<typeof modelsBy>>;

async function modelsOf(customers: readonly (readonly Order[])[]): Promise<Models> {
  const measured = finish(measureHoldout(populationOf(customers, split), { from: "2011-09-10", days: end - split }));
  return modelsBy(populationOf(customers, end), measured);
}

/** Every number anywhere in it. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

function expectSound({ card, outlook, orderValue }: Models): void {
  expect(numbersIn([card, outlook, orderValue]).filter((number) => !Number.isFinite(number))).toEqual([]);
  for (const { reason, status, parameters } of card.models) {
    expect(reason).not.toBe("");
    expect(reason).not.toMatch(/NaN|Infinity/);
    expect(["OK", "DEGENERATE", "INSUFFICIENT_DATA"]).toContain(status);
    expect(parameters.length === 0).toBe(status === "INSUFFICIENT_DATA");
  }
  expect(card.basisReason).not.toBe("");
  const purchases = card.holdout?.purchases ?? [];
  expect(purchases.reduce((sum, { customers }) => sum + customers, 0)).toBe(card.holdout?.customers ?? 0);
  // No class tells what single customers did.
  expect(purchases.filter(({ customers }) => customers < 20)).toEqual([]);
  expect((card.holdout === null) === (card.noHoldout === null)).toBe(false);
  expect(outlook === null).toBe(card.basis === "RECENCY");
  for (const chance of [...(outlook?.noOrder ?? []), ...(outlook?.alive ?? [])]) {
    expect(chance).toBeGreaterThanOrEqual(0);
    expect(chance).toBeLessThanOrEqual(1);
  }
  for (const orders of [outlook?.orders30, outlook?.orders365, outlook?.discountedOrders])
    for (const number of orders ?? []) expect(number).toBeGreaterThanOrEqual(0);
}

const many = <Value>(count: number, of: (at: number) => Value): Value[] =>
  Array.from({ length: count }, (_, at) => of(at));
const once = (day: number, value = 10): Order[] => [{ day, value }];

const cases: Readonly<Record<string, readonly (readonly Order[])[]>> = {
  nobody: [],
  "one customer": [once(3)],
  "one customer who comes every day": [many(600, (day) => ({ day, value: 5 }))],
  "all of them once": many(500, (at) => once(at)),
  "all of them on one day": many(500, () => once(699)),
  "all of them on the first day": many(500, () => once(0)),
  "everyone the same, five times": many(500, () => many(5, (at) => ({ day: 100 * at, value: 20 }))),
  "everyone once a week": many(200, (at) => many(100 - (at % 2), (week) => ({ day: 7 * week, value: 20 }))),
  "nobody after a day": many(300, (at) => many(1 + (at % 3), (nth) => ({ day: nth * 7, value: 20 }))),
  "negative values": many(300, (at) => many(1 + (at % 4), (nth) => ({ day: 13 * nth + at, value: -20 }))),
  "values of nothing": many(300, (at) => many(1 + (at % 4), (nth) => ({ day: 13 * nth + at, value: 0 }))),
  "values without end": many(300, (at) =>
    many(1 + (at % 4), (nth) => ({ day: 13 * nth + at, value: 1e300 ** (at % 2) })),
  ),
  "values of next to nothing": many(300, (at) => many(1 + (at % 4), (nth) => ({ day: 13 * nth + at, value: 1e-300 }))),
};

describe("a status and a reason", () => {
  it.each(Object.entries(cases))("%s", async (_, customers) => {
    expectSound(await modelsOf(customers));
  });

  it.each(["nobody", "one customer", "all of them once", "all of them on one day"])(
    "too little data: %s",
    async (name) => {
      const { card } = await modelsOf(cases[name] ?? []);
      expect(card.models.map(({ status }) => status)).toEqual(["INSUFFICIENT_DATA", "INSUFFICIENT_DATA"]);
      expect(card.basis).toBe("RECENCY");
      expect(card.basisReason).toMatch(/customers (have bought|came again)/);
    },
  );

  it("a million equal customers are one group", async () => {
    const customers = 1_000_000;
    const histories: Histories = {
      repeats: Int32Array.of(2),
      lastAfter: Int32Array.of(30),
      age: Int32Array.of(300),
      customers: Float64Array.of(customers),
    };
    const population: Population = {
      histories,
      groups: new Int32Array(customers),
      orderMeans: new Float64Array(customers).fill(20),
      atStake: new Float64Array(customers).fill(60),
      ordersAfter: Int32Array.from({ length: customers }, (_, at) => at % 2),
    };
    const measured = finish(measureHoldout(population, { from: "2011-09-10", days: 91 }));
    const models = await modelsBy(population, measured);
    expectSound(models);
    expect(models.card.models.map(({ status }) => status)).toEqual(["DEGENERATE", "DEGENERATE"]);
    expect(models.card.basis).toBe("RECENCY");
  });
});

it("whatever customers there are, everything is a number", async () => {
  const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(0, 1e-9, 1e12, 10));
  const order = fc.record({ day: fc.integer({ min: 0, max: end - 1 }), value });
  const shop = fc.oneof(
    fc.array(fc.array(order, { minLength: 1, maxLength: 6 }), { maxLength: 150 }),
    // Many customers of a few kinds.
    fc
      .tuple(
        fc.array(fc.array(order, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 20, max: 80 }),
      )
      .map(([kinds, times]) => many(times, () => kinds).flat()),
  );
  await fc.assert(
    fc.asyncProperty(shop, async (customers) => {
      expectSound(await modelsOf(customers));
    }),
    { numRuns: 150, seed: 11 },
  );
});

it("finds what simulated customers were made with, and the list that it makes beats recency", async () => {
  const random = createRandom(3);
  const truth = { r: 0.9, alpha: 8, a: 0.7, b: 3 };
  const customers = many(6000, () => {
    const rate = random.gamma(truth.r) / truth.alpha / 7;
    const [one, other] = [random.gamma(truth.a), random.gamma(truth.b)];
    const worth = (15 * random.gamma(6)) / random.gamma(4);
    const orders: Order[] = [{ day: Math.floor(random.uniform() * 500), value: worth }];
    for (let time = orders[0]?.day ?? 0; random.uniform() > (orders.length > 1 ? one / (one + other) : 0); ) {
      time += -Math.log(random.uniform()) / rate;
      if (time >= end) break;
      orders.push({ day: Math.floor(time), value: worth * random.gamma(6) });
    }
    return orders;
  });
  const { card, outlook, orderValue } = await modelsOf(customers);
  const found = Object.fromEntries((card.models[0]?.parameters ?? []).map(({ name, value }) => [name, value]));
  expect(card.models.map(({ status }) => status)).toEqual(["OK", "OK"]);
  // Orders of one day are one, so that rates come out a little low.
  expect(Math.abs((found.r ?? 0) / truth.r - 1)).toBeLessThan(0.15);
  expect(Math.abs((found.alpha ?? 0) / truth.alpha - 1)).toBeLessThan(0.2);
  expect(card.basis).toBe("MODEL");
  expect(outlook?.alive).not.toBeNull();
  expect(orderValue).not.toBeNull();
  for (const { expected, observed, customers: count } of card.holdout?.calibration ?? [])
    expect(Math.abs(expected - observed)).toBeLessThan(4 * Math.sqrt(0.25 / count));
});
