// Counts by sets of places, which make distinct counts additive: see the header of the model's rollups. An owner (a customer, an
// invoice) is in one place or more; only owners in several need sets, and they are few.
import { mostPlaces } from "../../src/model/rollups.ts";
import type { Run } from "../record/loadSession.ts";
import { grainOfGroup, periodOfGroup, periodStarts, rollupOfPeriods } from "./cellPeriods.ts";

const subsets = "load_subsets";

/** Names of columns of the orders. */
export type Owners = Readonly<{
  /** Where the orders of owners of several places are put. */
  table: string;
  key: readonly string[];
  place: readonly string[];
  /** True of the orders `o` of an owner of several places, as a condition over all of them; may be true of others. */
  several: string;
}>;

/**
 * A count over the orders `o` of an owner's set of places in a period. Where that is only the beginning, `settled` makes the count of
 * it, over such figures `c`; the window `same_set` holds those of the same set in all periods.
 */
export type SetCount = Readonly<{ name: string; figure: string; settled?: string }>;

const of = (alias: string, columns: readonly string[]) => columns.map((column) => `${alias}.${column}`).join(", ");

/**
 * Pairs of a set and a part of it, as bits, for every number of places that an owner may have, with the sign that the part has in the
 * set's cell. Empty sets have no cell.
 */
export async function makeSubsets(run: Run): Promise<void> {
  const size = (set: string) => `bit_count((${set})::bit(${mostPlaces}))::int`;
  await run(`CREATE TEMP TABLE ${subsets} ON COMMIT DROP AS
    SELECT owner_places, whole, ${size("whole")} AS places, part, 1 - 2 * (${size("whole - part")} % 2) AS sign
    FROM generate_series(1, ${mostPlaces}) owner_places
    CROSS JOIN LATERAL generate_series(1, (1 << owner_places) - 1) whole
    JOIN LATERAL generate_series(1, whole) part ON whole & part = part`);
  await run(`ANALYZE ${subsets}`);
}

/** Puts aside the orders of owners of several places, with a bit for each place; returns the largest number of places. */
export async function gatherOwners(run: Run, owners: Owners, orders: string, among: string): Promise<number> {
  const { table, key, place, several } = owners;
  await run(`CREATE TEMP TABLE ${table} ON COMMIT DROP AS
    SELECT o.*, 1 << (o.nth - 1) AS bit, max(o.nth) OVER (PARTITION BY ${of("o", key)}) AS places
    FROM (
      SELECT o.*, (dense_rank() OVER (PARTITION BY ${of("o", key)} ORDER BY ${of("o", place)}))::int AS nth
      FROM ${orders} o
      WHERE ${among} AND (${of("o", key)}) IN (
        SELECT ${of("o", key)} FROM ${orders} o
        WHERE ${among}
        GROUP BY ${of("o", key)}
        HAVING ${several})
    ) o`);
  await run(`ANALYZE ${table}`);
  const [most] = await run(`SELECT coalesce(max(places), 0) AS places FROM ${table}`);
  return Number(most?.places);
}

/**
 * A query of what each set of an owner's places holds in its cell, by period: the key, one array for each of `values` (a name and an
 * expression over the columns of a place, of `o`), grain, period and the counts. Sets of fewer than `fewest` places are left out, and so are those in
 * which every count is 0.
 */
export function countsBySet(
  { table, key, place }: Owners,
  values: Readonly<Record<string, string>>,
  counts: readonly SetCount[],
  fewest: number,
): string {
  const arrays = Object.entries(values).map(
    ([name, value]) => `array_agg(DISTINCT ${value} ORDER BY ${value}) AS ${name}`,
  );
  const inverted = counts.map(({ name }) => ({ name, sum: `sum(s.sign * g.${name})` }));
  const list = (...parts: readonly string[]) => parts.join(",\n        ");
  return `WITH counted AS (
      SELECT ${list(
        of("o", key),
        `o.places, part, ${grainOfGroup} AS grain, ${periodOfGroup} AS period`,
        ...counts.map(({ name, figure }) => `${figure} AS ${name}`),
      )}
      FROM (SELECT o.*, ${periodStarts("o.ordered_on")} FROM ${table} o) o
      JOIN LATERAL generate_series(1, (1 << o.places) - 1) part ON part & o.bit <> 0
      GROUP BY ${of("o", key)}, o.places, part, ${rollupOfPeriods}
    ), settled AS (
      SELECT ${list(
        of("c", key),
        "c.places, c.part, c.grain, c.period",
        ...counts.map(({ name, settled }) => `${settled ?? `c.${name}`} AS ${name}`),
      )}
      FROM counted c
      WINDOW same_set AS (PARTITION BY ${of("c", key)}, c.part)
    ), inverted AS (
      SELECT ${list(of("g", key), "s.whole, g.grain, g.period", ...inverted.map(({ name, sum }) => `${sum} AS ${name}`))}
      FROM settled g
      JOIN ${subsets} s ON s.owner_places = g.places AND s.part = g.part
      WHERE s.places >= ${fewest}
      GROUP BY ${of("g", key)}, s.whole, g.grain, g.period
      HAVING ${inverted.map(({ sum }) => `${sum} <> 0`).join(" OR ") || "false"}
    ), sets AS (
      SELECT ${list(of("o", key), "s.whole", ...arrays)}
      FROM (SELECT DISTINCT ${of("o", key)}, o.places, o.bit, ${of("o", place)} FROM ${table} o) o
      JOIN ${subsets} s ON s.owner_places = o.places AND s.part = o.bit
      WHERE s.places >= ${fewest}
      GROUP BY ${of("o", key)}, s.whole
    )
    SELECT *
    FROM sets
    JOIN inverted USING (${[...key, "whole"].join(", ")})`;
}
