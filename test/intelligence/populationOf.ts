// Customers as the models see them, made in a test from the days on which each one ordered and what those were worth.
import type { Histories } from "../../src/intelligence/Histories.ts";
import type { Population } from "../../src/intelligence/Population.ts";

export type Order = Readonly<{ day: number; value: number }>;

/**
 * `customers`: the orders of each, in any order, several on a day or not. What comes on `end` or later is held back, for so many days. Ages
 * are counted to `agedTo`.
 */
export function populationOf(
  customers: readonly (readonly Order[])[],
  end: number,
  {
    daysAfter = 91,
    agedTo = end,
    atStake = (orders) => orders.reduce((sum, { day, value }) => sum + (day >= end - 365 && day < end ? value : 0), 0),
  }: Readonly<{ daysAfter?: number; agedTo?: number; atStake?: (orders: readonly Order[]) => number }> = {},
): Population {
  const rows = customers.flatMap((orders) => {
    const days = new Map<number, number>();
    for (const { day, value } of orders) days.set(day, (days.get(day) ?? 0) + value);
    const before = [...days.keys()].filter((day) => day < end).sort((a, b) => a - b);
    const [first, ...later] = before;
    if (first === undefined) return [];
    const worth = later.reduce((sum, day) => sum + (days.get(day) ?? 0), 0);
    return {
      repeats: later.length,
      lastAfter: (before.at(-1) ?? first) - first,
      age: agedTo - first,
      mean: later.length === 0 ? 0 : worth / later.length,
      stake: atStake(orders),
      after: [...days.keys()].filter((day) => day >= end && day < end + daysAfter).length,
    };
  });
  rows.sort((a, b) => a.repeats - b.repeats || a.lastAfter - b.lastAfter || a.age - b.age);
  const places = new Map<string, number>();
  const counts: number[] = [];
  const groups = rows.map(({ repeats, lastAfter, age }) => {
    const key = [repeats, lastAfter, age].join();
    const place = places.get(key) ?? counts.length;
    places.set(key, place);
    counts[place] = (counts[place] ?? 0) + 1;
    return place;
  });
  const keys = [...places.keys()].map((key) => key.split(",").map(Number));
  const column = (at: number) => Int32Array.from(keys, (key) => key[at] ?? 0);
  return {
    histories: {
      repeats: column(0),
      lastAfter: column(1),
      age: column(2),
      customers: Float64Array.from(counts),
    } satisfies Histories,
    groups: Int32Array.from(groups),
    orderMeans: Float64Array.from(rows, ({ mean }) => mean),
    atStake: Float64Array.from(rows, ({ stake }) => stake),
    ordersAfter: Int32Array.from(rows, ({ after }) => after),
  };
}
