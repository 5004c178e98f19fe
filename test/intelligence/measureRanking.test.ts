// The measures of a list, against counting pair by pair and by hand.
import fc from "fast-check";
import { expect, it } from "vitest";
import { leastOfFirst } from "../../src/intelligence/leastOfFirst.ts";
import { aucOf, brierOf, calibrationOf, levelsOf, lostRevenueOf } from "../../src/intelligence/measureRanking.ts";
import { finish } from "./finish.ts";

const groups = fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), lost: fc.nat(4), kept: fc.nat(4) }), {
  minLength: 1,
  maxLength: 12,
});
const columns = (rows: readonly Readonly<{ score: number; lost: number; kept: number }>[]) => ({
  scores: Float64Array.from(rows, ({ score }) => score / 10),
  outcomes: { lost: Float64Array.from(rows, ({ lost }) => lost), kept: Float64Array.from(rows, ({ kept }) => kept) },
});

it("AUC is the share of pairs in the right order", () => {
  fc.assert(
    fc.property(groups, (rows) => {
      let [won, pairs] = [0, 0];
      for (const one of rows)
        for (const other of rows) {
          pairs += one.lost * other.kept;
          won += one.lost * other.kept * (one.score > other.score ? 1 : one.score === other.score ? 0.5 : 0);
        }
      const { scores, outcomes } = columns(rows);
      expect(aucOf(finish(levelsOf(scores, outcomes)))).toBeCloseTo(pairs === 0 ? 0.5 : won / pairs, 12);
    }),
  );
});

it("tenths hold every customer once, lowest chances first", () => {
  fc.assert(
    fc.property(groups, (rows) => {
      const { scores, outcomes } = columns(rows);
      const inAll = rows.reduce((sum, { lost, kept }) => sum + lost + kept, 0);
      fc.pre(inAll > 0);
      const tenths = calibrationOf(finish(levelsOf(scores, outcomes)));
      expect(tenths.reduce((sum, { customers }) => sum + customers, 0)).toBe(inAll);
      const lost = tenths.reduce((sum, { observed, customers }) => sum + observed * customers, 0);
      expect(lost).toBeCloseTo(
        rows.reduce((sum, row) => sum + row.lost, 0),
        9,
      );
      expect(tenths.map(({ expected }) => expected)).toEqual(
        tenths.map(({ expected }) => expected).toSorted((a, b) => a - b),
      );
    }),
  );
});

it("Brier's score, by hand", () => {
  const outcomes = { lost: Float64Array.of(1, 2), kept: Float64Array.of(3, 0) };
  expect(brierOf(Float64Array.of(0.25, 0.5), outcomes)).toBeCloseTo((0.5625 + 3 * 0.0625 + 2 * 0.25) / 6, 12);
});

it("what the first tenth of each list held of what was lost", async () => {
  // 22 of 24 have something to lose, and two of them are a tenth.
  const revenue = Float64Array.from({ length: 24 }, (_, at) => (at === 7 ? -50 : at < 20 ? at * 10 : 1));
  const lost = Uint8Array.from({ length: 24 }, (_, at) => (at % 2 === 1 && at < 20 ? 1 : 0));
  const list = Float64Array.from({ length: 24 }, (_, at) => (at === 19 || at === 1 ? 5 : at === 0 || at === 7 ? 9 : 0));
  // Who has nothing to lose stands first by either score, and is in no list.
  const lists = { list: (at: number) => list[at] ?? 0, recency: (at: number) => (at === 0 || at === 7 ? 99 : 0) };
  const inAll = 10 + 30 + 50 + 90 + 110 + 130 + 150 + 170 + 190;
  expect(finish(lostRevenueOf(revenue, lost, lists))).toEqual({
    heldByList: 200 / inAll,
    // All level: the first two of them.
    heldByRecency: 10 / inAll,
    heldByRevenue: 190 / inAll,
  });
  expect(finish(lostRevenueOf(revenue, new Uint8Array(24), lists))).toBeNull();
});

it("the least score of the first ones, whatever their order", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 9 }), { minLength: 1, maxLength: 60 }), fc.nat(), (scores, any) => {
      const first = 1 + (any % scores.length);
      const least = finish(leastOfFirst((at) => scores[at] ?? 0, scores.length, first));
      expect(least).toBe(scores.toSorted((a, b) => b - a)[first - 1]);
    }),
  );
});
