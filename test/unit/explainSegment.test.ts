// What is said to be missing is exactly what is missing: added as if ordered, it leads to the better segment, and less of it does not; what
// is said to lose a segment loses it, and less of it does not. The scores are counted here by hand, by another way than the code's.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { type Decimal, divideDecimals, subtractDecimals, sumDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import { explainSegment } from "../../src/model/explainSegment.ts";
import { ruleInWords } from "../../src/model/ruleInWords.ts";
import { cutsInDays, type RfmCuts, type RfmValues } from "../../src/model/scoreCustomer.ts";
import {
  proveSegmentSchemes,
  type SchemeName,
  schemeNames,
  segmentOf,
  segmentSchemes,
} from "../../src/model/segmentSchemes.ts";
import { betterInWords, worseInWords } from "../../src/model/stepInWords.ts";

/** From the best to the worst, by hand. */
const ranks: Readonly<Record<SchemeName, readonly string[]>> = {
  CLASSIC: ["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "AT_RISK", "CHURN_RISK"],
  EXECUTIVE: ["HIGH_VALUE", "POTENTIAL", "CHURN_RISK"],
  DETAILED: [
    ...["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "NEW_CUSTOMERS", "PROMISING"],
    ...["NEED_ATTENTION", "ABOUT_TO_SLEEP", "CANT_LOSE_THEM", "AT_RISK", "HIBERNATING"],
  ],
};

/** In thousandths, since files have prices of three places. */
const money = (thousandths: number) => divideDecimals(toDecimal(thousandths), toDecimal(1000), 3) as Decimal;
const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);

type Plain = Readonly<{ days: number; orders: number; thousandths: number }>;
type PlainCuts = Readonly<{ days: readonly number[]; orders: readonly number[]; thousandths: readonly number[] }>;

function keyOf(scheme: SchemeName, { days, orders, thousandths }: Plain, cuts: PlainCuts): string {
  const passed = (value: number, of: readonly number[]) => 1 + of.filter((cut) => value > cut).length;
  return segmentOf(scheme, {
    recency: passed(
      -days,
      cuts.days.map((cut) => -cut),
    ),
    frequency: passed(orders, cuts.orders),
    monetary: passed(thousandths, cuts.thousandths),
  });
}

const four = (most: number) =>
  fc.array(fc.integer({ min: 1, max: most }), { minLength: 4, maxLength: 4 }).map(ascending);
const worlds = fc.record({
  scheme: fc.constantFrom(...schemeNames),
  values: fc.record({
    days: fc.integer({ min: 1, max: 40 }),
    orders: fc.integer({ min: 1, max: 12 }),
    thousandths: fc.integer({ min: 1, max: 60_000 }),
  }),
  cuts: fc.record({ days: four(40).map((days) => days.toReversed()), orders: four(12), thousandths: four(60_000) }),
});
type World = typeof worlds extends fc.Arbitrary<infer W> ? W : never;

const valuesOf = ({ days, orders, thousandths }: Plain): RfmValues => ({
  recencyDays: days,
  orders,
  amount: money(thousandths),
});
const cutsOf = ({ days, orders, thousandths }: World["cuts"]): RfmCuts => ({
  recencyDays: days,
  orders,
  amount: thousandths.map(money),
});
const explained = ({ scheme, values, cuts }: World) => explainSegment(scheme, valuesOf(values), cutsOf(cuts));
const thousandthsOf = (amount: Decimal) => Math.round(Number(amount) * 1000);

describe("every customer under every cut-points", () => {
  it("is in the segment that the rules say, and finds the better one with exactly what is missing", () => {
    let found = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const { scheme, values, cuts } = world;
        const { key, better } = explained(world);
        expect(key).toBe(keyOf(scheme, values, cuts));
        if (better === null) return;
        found += 1;
        const { missing } = better;
        const added = thousandthsOf(missing.amount);
        const after = { days: 1, orders: values.orders + missing.orders, thousandths: values.thousandths + added };
        expect(keyOf(scheme, after, cuts)).toBe(better.key);
        expect(ranks[scheme].indexOf(better.key)).toBeLessThan(ranks[scheme].indexOf(key));
        // the amount is one that can be ordered
        expect(added % 10).toBe(0);
        expect(added).toBeGreaterThanOrEqual(10 * missing.orders);
        if (added > 10 * missing.orders)
          expect(keyOf(scheme, { ...after, thousandths: after.thousandths - 10 }, cuts)).not.toBe(better.key);
        // as old as it may be, and no older
        const old = values.days - missing.days;
        expect(keyOf(scheme, { ...after, days: old }, cuts)).toBe(better.key);
        if (missing.days > 0) expect(keyOf(scheme, { ...after, days: old + 1 }, cuts)).not.toBe(better.key);
      }),
      { numRuns: 3_000, seed: 11 },
    );
    expect(found).toBeGreaterThan(1_500);
  });

  it("is promised no score that a day's age keeps out", () => {
    // Everyone ordered on the last day: whoever orders on the next is a day old as well when that is seen.
    const cuts: RfmCuts = {
      recencyDays: [1, 1, 1, 1],
      orders: [1, 1, 1, 1],
      amount: ["9", "9", "9", "9"].map(toDecimal),
    };
    for (const scheme of schemeNames) {
      const { scores, better } = explainSegment(scheme, { recencyDays: 1, orders: 1, amount: toDecimal("5") }, cuts);
      expect(scores.recency).toBe(1);
      if (better === null) continue;
      const { orders, amount } = better.missing;
      const after = { days: 1, orders: 1 + orders, thousandths: 5000 + thousandthsOf(amount) };
      const plain = { days: [1, 1, 1, 1], orders: [1, 1, 1, 1], thousandths: [9000, 9000, 9000, 9000] };
      expect(keyOf(scheme, after, plain)).toBe(better.key);
    }
  });

  it("is told the nearest better segment, with the fewest orders that lead there", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { scheme, values, cuts } = world;
        const { key, better } = explained(world);
        const own = ranks[scheme].indexOf(key);
        // every number of orders and every amount that could matter, tried one by one
        const reached = Array.from({ length: 14 }, (_, more) => more + 1).flatMap((more) =>
          [10 * more, ...cuts.thousandths.map((cut) => Math.max(10 * more, cut + 10 - values.thousandths))].map(
            (added) => ({
              more,
              rank: ranks[scheme].indexOf(
                keyOf(scheme, { days: 1, orders: values.orders + more, thousandths: values.thousandths + added }, cuts),
              ),
            }),
          ),
        );
        const nearest = Math.max(...reached.map(({ rank }) => rank).filter((rank) => rank < own));
        expect(better?.key).toBe(ranks[scheme][nearest]);
        const fewest = Math.min(...reached.filter(({ rank }) => rank === nearest).map(({ more }) => more));
        if (better) expect(better.missing.orders).toBe(fewest);
      }),
      { numRuns: 1_000, seed: 12 },
    );
  });

  it("loses its segment by what is said to lose it, and by nothing less", () => {
    const kinds = { days: 0, orders: 0, amount: 0 };
    fc.assert(
      fc.property(worlds, (world) => {
        const { scheme, values, cuts } = world;
        const { key, worse } = explained(world);
        if (worse === null) return;
        const { days, orders, amount } = worse.losing;
        expect(ranks[scheme].indexOf(worse.key)).toBeGreaterThan(ranks[scheme].indexOf(key));
        if (days !== null) {
          kinds.days += 1;
          expect(keyOf(scheme, { ...values, days: values.days + days }, cuts)).toBe(worse.key);
          expect(keyOf(scheme, { ...values, days: values.days + days - 1 }, cuts)).not.toBe(worse.key);
        }
        if (orders !== null) {
          kinds.orders += 1;
          expect(keyOf(scheme, { ...values, orders: values.orders - orders }, cuts)).toBe(worse.key);
          expect(keyOf(scheme, { ...values, orders: values.orders - orders + 1 }, cuts)).not.toBe(worse.key);
        }
        if (amount !== null) {
          kinds.amount += 1;
          const less = values.thousandths - thousandthsOf(amount);
          expect(keyOf(scheme, { ...values, thousandths: less }, cuts)).toBe(worse.key);
          expect(keyOf(scheme, { ...values, thousandths: less + 1 }, cuts)).not.toBe(worse.key);
        }
        expect([days, orders, amount]).not.toEqual([null, null, null]);
      }),
      { numRuns: 3_000, seed: 13 },
    );
    for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(100);
  });
});

describe("in words", () => {
  const asOf = "2011-12-10" as IsoDate;
  const cuts = cutsInDays(asOf, {
    recency: ["2011-05-25", "2011-09-01", "2011-10-23", "2011-11-18"] as IsoDate[],
    frequency: [1, 2, 3, 5],
    monetary: ["250.2", "490.1", "942.2", "2058.9"].map(toDecimal),
  });
  const at = { cuts, asOf, currency: "GBP" };

  it.each([
    [
      "CLASSIC",
      "CHAMPIONS",
      "Recency score 4 or more (last order after 2011-10-23), frequency score 4 or more (more than 3 orders), monetary score 4 or more (more than 942.2 GBP).",
    ],
    [
      "CLASSIC",
      "LOYAL_CUSTOMERS",
      "Recency score 3 or more (last order after 2011-09-01), frequency score 3 or more (more than 2 orders); not Champions, whose rules come first.",
    ],
    [
      "CLASSIC",
      "CHURN_RISK",
      "Everyone else; not Champions, Loyal Customers, Potential Loyalists or At Risk, whose rules come first.",
    ],
    ["EXECUTIVE", "CHURN_RISK", "Recency score 2 or less (last order on or before 2011-09-01)."],
    [
      "DETAILED",
      "NEED_ATTENTION",
      "Recency score 3 (last order after 2011-09-01 and last order on or before 2011-10-23), frequency score 3 (more than 2 orders and at most 3 orders).",
    ],
  ] as const)("the rule of %s %s", (scheme, key, words) => expect(ruleInWords(scheme, key, at)).toBe(words));

  it("every rule of every scheme can be said", () => {
    for (const scheme of schemeNames)
      for (const { key } of segmentSchemes[scheme].rules) expect(ruleInWords(scheme, key, at)).toMatch(/^[A-Z].*\.$/);
    expect(ruleInWords("CLASSIC", "UNSCORED", at)).toMatch(/^Customers without a single SALE line/);
  });

  it("the steps", () => {
    expect(betterInWords("Loyal Customers", { orders: 2, amount: toDecimal("0.02"), days: 0 }, "GBP")).toBe(
      "2 more orders of at least 0.02 GBP together would lead to Loyal Customers.",
    );
    expect(betterInWords("Champions", { orders: 1, amount: toDecimal("12.5"), days: 3 }, "GBP")).toBe(
      "1 more order of at least 12.5 GBP would lead to Champions; the last order is 3 days too old for it.",
    );
    expect(worseInWords("At Risk", { days: 40, orders: null, amount: toDecimal(9) }, "GBP")).toBe(
      "40 days without another order or 9 GBP less would lead to At Risk.",
    );
  });
});

it("amounts are exact: a cut-point of three places is passed by the next hundredth", () => {
  const values = { recencyDays: 1, orders: 9, amount: toDecimal("10.005") };
  const cuts = { recencyDays: [9, 8, 7, 6], orders: [1, 2, 3, 4], amount: ["1", "2", "20.015", "30"].map(toDecimal) };
  const { better } = explainSegment("CLASSIC", values, cuts);
  expect(better).toEqual({ key: "CHAMPIONS", missing: { orders: 1, amount: "10.02", days: 0 } });
  expect(sumDecimals([values.amount, toDecimal("10.02")])).toBe("20.025");
  expect(subtractDecimals(toDecimal("20.025"), toDecimal("20.015"))).toBe("0.01");
});

it("a scheme that ranks a segment twice, or leaves one out, is caught", () => {
  const { EXECUTIVE } = segmentSchemes;
  expect(() => proveSegmentSchemes([{ ...EXECUTIVE, bestFirst: ["HIGH_VALUE", "POTENTIAL"] }])).toThrow(
    "does not rank",
  );
  expect(() => proveSegmentSchemes([{ ...EXECUTIVE, bestFirst: ["HIGH_VALUE", "POTENTIAL", "POTENTIAL"] }])).toThrow(
    "does not rank",
  );
});
