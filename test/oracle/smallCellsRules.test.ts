// Which cells are withheld, over random customers in random cells: nobody's figure is left over, in no table and in no sum of tables.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cell, type Counts, isSmall, withholdSmall } from "../../src/query/smallCells.ts";

/** Whose line it is (null: a guest's), whether it was sold, and the row of each of the three tables that it is in. */
type Line = Readonly<{ customer: number | null; sold: boolean; rows: readonly [number, number, number] }>;

const lineOf = (customers: number, widths: readonly [number, number, number]) =>
  fc.record({
    customer: fc.option(fc.nat(customers), { freq: 8 }),
    sold: fc.boolean(),
    rows: fc.tuple(fc.nat(widths[0]), fc.nat(widths[1]), fc.nat(widths[2])),
  });
const shops = fc
  .record({
    customers: fc.integer({ min: 0, max: 24 }),
    minimum: fc.integer({ min: 1, max: 6 }),
    widths: fc.tuple(fc.nat(6), fc.nat(6), fc.nat(3)),
  })
  .chain(({ customers, minimum, widths }) =>
    fc.record({ minimum: fc.constant(minimum), lines: fc.array(lineOf(customers, widths), { maxLength: 70 }) }),
  );

const keyOf = (table: number, line: Line) => `row ${line.rows[table]}`;
const countsOf = (lines: readonly Line[]): Counts => {
  const identified = lines.filter(({ customer }) => customer !== null);
  const distinct = (some: readonly Line[]) => new Set(some.map(({ customer }) => customer)).size;
  return { buyers: distinct(identified.filter(({ sold }) => sold)), customers: distinct(identified) };
};

function tableOf(table: number, lines: readonly Line[]) {
  const keys = [...new Set(lines.map((line) => keyOf(table, line)))];
  const linesOf = (some: readonly string[]) => lines.filter((line) => some.includes(keyOf(table, line)));
  const cells: Cell[] = keys.map((key) => ({ key, ...countsOf(linesOf([key])) }));
  return { cells, together: async (some: readonly string[]) => countsOf(linesOf(some)) };
}

describe("whatever the cells", () => {
  it("who is shown is nobody or enough, and who is withheld is never one alone and never too few", async () => {
    const seen = { shown: 0, withheld: 0, joined: 0, tooFew: 0, untouched: 0 };
    await fc.assert(
      fc.asyncProperty(shops, fc.nat(2), async ({ minimum, lines }, table) => {
        const { cells, together } = tableOf(table, lines);
        const { keys, enough } = await withholdSmall(cells, minimum, together);
        const shown = cells.filter(({ key }) => !keys.includes(key));
        const hidden = cells.filter(({ key }) => keys.includes(key));
        for (const cell of shown) expect(isSmall(cell, minimum)).toBe(false);
        for (const cell of hidden) expect(cell.customers).toBeGreaterThan(0);
        // Too few are left only where all are too few.
        expect(enough).toBe(!isSmall(countsOf(lines), minimum));
        if (!enough) expect(shown.every(({ customers }) => customers === 0)).toBe(true);
        else if (hidden.length > 0) {
          expect(hidden.length).toBeGreaterThan(1);
          expect(isSmall(await together(keys), minimum)).toBe(false);
        }
        const joined = hidden.filter((cell) => !isSmall(cell, minimum));
        seen.shown += shown.length;
        seen.withheld += hidden.length;
        seen.joined += joined.length;
        seen.tooFew += Number(!enough);
        seen.untouched += Number(enough && hidden.length === 0 && cells.length > 0);
      }),
      { seed: 41, numRuns: 2_000 },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(50);
  });

  it("nothing is withheld that need not be: the last that joined was needed, and nobody smaller was passed over", async () => {
    await fc.assert(
      fc.asyncProperty(shops, fc.nat(2), async ({ minimum, lines }, table) => {
        const { cells, together } = tableOf(table, lines);
        const { keys, enough } = await withholdSmall(cells, minimum, together);
        const small = cells.filter((cell) => isSmall(cell, minimum)).map(({ key }) => key);
        expect(keys).toEqual(expect.arrayContaining(small));
        const others = cells
          .filter(({ key, customers }) => customers > 0 && !small.includes(key))
          .sort((a, b) => a.customers - b.customers || (a.key < b.key ? -1 : 1));
        const joined = others.filter(({ key }) => keys.includes(key));
        expect(others.slice(0, joined.length)).toEqual(joined);
        if (small.length === 0) expect(keys).toEqual([]);
        const last = joined.at(-1);
        if (!enough || !last) return;
        const without = keys.filter((key) => key !== last.key);
        expect(without.length < 2 || isSmall(await together(without), minimum)).toBe(true);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it("the order of the rows decides nothing, ties neither", async () => {
    await fc.assert(
      fc.asyncProperty(
        shops.chain((shop) =>
          fc.tuple(fc.constant(shop), fc.shuffledSubarray(shop.lines, { minLength: shop.lines.length })),
        ),
        fc.nat(2),
        async ([{ minimum, lines }, shuffled], table) => {
          const [one, other] = [tableOf(table, lines), tableOf(table, shuffled)];
          const [a, b] = await Promise.all([
            withholdSmall(one.cells, minimum, one.together),
            withholdSmall(other.cells, minimum, other.together),
          ]);
          expect(a).toEqual(b);
        },
      ),
      { seed: 43, numRuns: 500 },
    );
  });

  it("a key that goes with the others does so wherever there are any, and alone never", async () => {
    const seen = { ofNobody: 0, ofSome: 0, alone: 0 };
    await fc.assert(
      fc.asyncProperty(shops, fc.nat(2), async ({ minimum, lines }, table) => {
        const { cells, together } = tableOf(table, lines);
        const [also] = cells;
        if (!also) return;
        const plain = await withholdSmall(cells, minimum, together);
        const { keys, enough } = await withholdSmall(cells, minimum, together, [also.key]);
        expect(enough).toBe(plain.enough);
        expect(keys.includes(also.key)).toBe(plain.keys.length > 0);
        const identified = cells.filter(({ key, customers }) => keys.includes(key) && customers > 0);
        expect(identified.length === 1 && enough).toBe(false);
        if (enough && keys.length > 0) expect(isSmall(await together(keys), minimum)).toBe(false);
        seen.ofNobody += Number(also.customers === 0 && keys.length > 0);
        seen.ofSome += Number(also.customers > 0 && !plain.keys.includes(also.key) && keys.length > 0);
        seen.alone += Number(keys.length === 0);
      }),
      { seed: 44, numRuns: 2_000 },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(20);
  });
});

describe("the three tables together", () => {
  it("no sum of what is shown is the figure of some of the withheld rows", async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(shops, async ({ minimum, lines }) => {
        const tables = [0, 1, 2].map((table) => tableOf(table, lines));
        const found = await Promise.all(tables.map(({ cells, together }) => withholdSmall(cells, minimum, together)));
        const keys = tables.map(({ cells }) => cells.map(({ key }) => key));
        // A place for every month × country × segment: who only sees the tables cannot know which of them are empty.
        const [months = [], countries = [], segments = []] = keys;
        const places = months.flatMap((m) => countries.flatMap((c) => segments.map((s) => [m, c, s])));
        const ones = (table: number, some: readonly string[]) =>
          places.map((place) => Number(some.includes(place[table] ?? "")));
        const shown = found.flatMap((withheld, table) => [
          ...(keys[table] ?? []).filter((key) => !withheld.keys.includes(key)).map((key) => ones(table, [key])),
          // The merged countries are a row of their own; of months and segments it is what the whole less the others is.
          ...(table === 1 && withheld.enough && withheld.keys.length > 0 ? [ones(table, withheld.keys)] : []),
        ]);
        const known = makeSpan(shown);
        for (const [table, { keys: hidden, enough }] of found.entries()) {
          for (const some of properParts(hidden)) expect(known.has(ones(table, some))).toBe(false);
          if (!enough && hidden.length > 0) expect(known.has(ones(table, hidden))).toBe(false);
          tried += hidden.length;
        }
      }),
      { seed: 45, numRuns: 300 },
    );
    expect(tried).toBeGreaterThan(500);
  });
});

/** Every part of a list but all of it and nothing. */
function properParts<T>(list: readonly T[]): T[][] {
  const count = 2 ** list.length - 1;
  return Array.from({ length: Math.max(0, count - 1) }, (_, at) => list.filter((_item, bit) => ((at + 1) >> bit) & 1));
}

/** What can be made of vectors by adding and subtracting multiples of them, over the numbers modulo a large prime. */
function makeSpan(vectors: readonly (readonly number[])[]) {
  const prime = 1_000_003;
  const basis: { at: number; row: number[] }[] = [];
  const times = (a: number, b: number) => (a * b) % prime;
  function inverse(of: number): number {
    let [result, base] = [1, of];
    for (let exponent = prime - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
      if (exponent % 2 === 1) result = times(result, base);
      base = times(base, base);
    }
    return result;
  }
  function reduced(vector: readonly number[]): number[] {
    let left = [...vector];
    for (const { at, row } of basis) {
      const factor = left[at] ?? 0;
      if (factor !== 0) left = left.map((value, index) => (value + times(prime - factor, row[index] ?? 0)) % prime);
    }
    return left;
  }
  for (const vector of vectors) {
    const left = reduced(vector);
    const at = left.findIndex((value) => value !== 0);
    if (at < 0) continue;
    const scale = inverse(left[at] ?? 1);
    basis.push({ at, row: left.map((value) => times(value, scale)) });
  }
  return { has: (vector: readonly number[]) => reduced(vector).every((value) => value === 0) };
}
