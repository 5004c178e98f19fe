// Counts by sets of places, which make distinct counts additive: see the header of the model's rollups. An owner (a customer, an
// invoice) is in one place or more; only owners in several need sets, and they are few. Of these, a period needs the places in which the
// owner was active then: what is added to a set without changing its count makes the cell 0.
import { mostPlaces, mostSetWork } from "../../src/model/rollups.ts";
import type { Run } from "../record/loadSession.ts";
import { periodsOf } from "./cellPeriods.ts";

/** Names of columns of the orders. */
export type Owners = Readonly<{
  /** What they are, for who reads why no sets were made. */
  kind: "customers" | "invoices";
  /** Where the orders of owners of several places are put. */
  table: string;
  key: readonly string[];
  place: readonly string[];
  /** True of the orders `o` of an owner of several places, as a condition over all of them; may be true of others. */
  several: string;
  /** Sets of fewer places are not wanted. */
  fewest: 1 | 2;
}>;

/** A count over the orders `o` of an owner's set of places in a period; where `first`, the time at which its counting begins there. */
export type SetCount = Readonly<{ name: string; figure: string; first: boolean }>;

/** Why no sets are made: owners in too many places each, `places` being the most; or too much work in all. */
export type TooManySets = Readonly<{ of: Owners["kind"]; owners: number }> &
  (Readonly<{ kind: "places"; places: number }> | Readonly<{ kind: "work"; work: number }>);

const list = (alias: string, columns: readonly string[]) => columns.map((column) => `${alias}.${column}`).join(", ");
const size = (set: string) => `bit_count((${set})::bit(${mostPlaces}))::int`;
const activityOf = ({ table }: Owners) => `${table}_activity`;
const countedOf = ({ table }: Owners) => `${table}_counted`;
const subsetsOf = ({ table }: Owners) => `${table}_subsets`;
/** Of each owner, the first one that is in the same places. */
const alikeOf = ({ table }: Owners) => `${table}_alike`;

/**
 * Puts aside the orders of owners of several places, numbered, with a bit for each place, and the bits of each of their periods.
 * Returns what stands in the way of making their sets, or null.
 */
export async function gatherOwners(
  run: Run,
  owners: Owners,
  orders: string,
  among: string,
): Promise<TooManySets | null> {
  const { kind, table, key, place, several, fewest } = owners;
  await run(`CREATE TEMP TABLE ${table} ON COMMIT DROP AS
    SELECT o.*, 1 << (o.nth - 1) AS bit
    FROM (
      SELECT o.*, (dense_rank() OVER (ORDER BY ${list("o", key)}))::int AS owner,
        (dense_rank() OVER (PARTITION BY ${list("o", key)} ORDER BY ${list("o", place)}))::int AS nth
      FROM ${orders} o
      WHERE ${among} AND (${list("o", key)}) IN (
        SELECT ${list("o", key)} FROM ${orders} o
        WHERE ${among}
        GROUP BY ${list("o", key)}
        HAVING ${several})
    ) o`);
  await run(`ANALYZE ${table}`);
  const [wide] = await run(`SELECT count(*) AS owners, max(places) AS places
    FROM (SELECT max(nth) AS places FROM ${table} GROUP BY owner) o WHERE places > ${mostPlaces}`);
  if (Number(wide?.owners) > 0)
    return { kind: "places", of: kind, owners: Number(wide?.owners), places: Number(wide?.places) };

  const activity = activityOf(owners);
  await run(`CREATE TEMP TABLE ${activity} ON COMMIT DROP AS
    SELECT o.owner, p.grain, p.period, bit_or(o.bit) AS active, count(*) AS orders
    FROM ${table} o CROSS JOIN LATERAL ${periodsOf("o.ordered_on")} p (grain, period)
    GROUP BY o.owner, p.grain, p.period
    HAVING ${size("bit_or(o.bit)")} >= ${fewest}`);
  await run(`ANALYZE ${activity}`);
  const [all] = await run(`SELECT count(DISTINCT owner) AS owners,
      coalesce(sum(orders * (1 << (${size("active")} - 1)) + power(3, ${size("active")})::bigint), 0) AS work
    FROM ${activity}`);
  const work = Number(all?.work);
  return work > mostSetWork ? { kind: "work", of: kind, owners: Number(all?.owners), work } : null;
}

/** The parts of every set of bits, the empty part too, with the sign that a set has in the cell of itself and such a part together. */
async function makeSubsets(run: Run, owners: Owners): Promise<void> {
  await run(`CREATE TEMP TABLE ${subsetsOf(owners)} ON COMMIT DROP AS
    SELECT whole, part, 1 - 2 * (${size("part")} % 2) AS sign
    FROM generate_series(0, (SELECT max(active) FROM ${activityOf(owners)})) whole
    JOIN LATERAL generate_series(0, whole) part ON whole & part = part`);
  await run(`ANALYZE ${subsetsOf(owners)}`);
}

/** Counts, for every owner and period, over every set of the places in which it was active then. */
export async function countSets(run: Run, owners: Owners, counts: readonly SetCount[]): Promise<void> {
  const { table, place } = owners;
  const figures = counts.map(({ name, figure }) => `${figure} AS ${name}`);
  await makeSubsets(run, owners);
  await run(`CREATE TEMP TABLE ${countedOf(owners)} ON COMMIT DROP AS
    SELECT ${["a.owner, a.grain, a.period, a.active, o.bit | s.part AS places", ...figures].join(", ")}
    FROM ${table} o
    CROSS JOIN LATERAL ${periodsOf("o.ordered_on")} p (grain, period)
    JOIN ${activityOf(owners)} a ON a.owner = o.owner AND a.grain = p.grain AND a.period = p.period
    JOIN ${subsetsOf(owners)} s ON s.whole = a.active # o.bit
    GROUP BY a.owner, a.grain, a.period, a.active, o.bit | s.part`);
  await run(`CREATE TEMP TABLE ${alikeOf(owners)} ON COMMIT DROP AS
    SELECT owner, min(owner) OVER (PARTITION BY places) AS first_alike
    FROM (
      SELECT owner, array_agg(DISTINCT ROW(${["o.bit", ...place.map((column) => `o.${column}`)].join(", ")})::text) AS places
      FROM ${table} o GROUP BY owner
    ) o`);
  await run(`ANALYZE ${countedOf(owners)}; ANALYZE ${alikeOf(owners)}`);
}

/**
 * A query of what each set of an owner's places holds in its cell, by period: the key, one array for each of `values` (a name and an
 * expression over the columns of a place, of `o`), grain, period and the counts. They must count different things: where the single
 * places add up to all together, nothing is in two of them, and there is nothing to take back. A set in which every count is 0 is left out.
 */
export function cellsByOwner(owners: Owners, values: Readonly<Record<string, string>>, counts: readonly SetCount[]) {
  const overlaps = counts.map(
    ({ name }) => `sum(${name}) FILTER (WHERE ${size("places")} = 1) <> max(${name}) FILTER (WHERE places = active)`,
  );
  const overlapping = `(SELECT c.* FROM ${countedOf(owners)} c
    JOIN (SELECT owner, grain, period FROM ${countedOf(owners)} GROUP BY owner, grain, period
      HAVING ${overlaps.join(" OR ") || "false"}) o USING (owner, grain, period))`;
  return inverted(owners, overlapping, { values, counts, key: owners.key });
}

/** The same of all owners together: without the key, and with counts of every kind. */
export function cellsByPlaces(owners: Owners, values: Readonly<Record<string, string>>, counts: readonly SetCount[]) {
  // Owners in the same places are counted together before anything is taken back.
  const together = (grain: string, from: string, figure: (count: SetCount) => string) =>
    `SELECT ${["a.first_alike AS owner", grain, "c.active, c.places", ...counts.map((count) => `${figure(count)} AS ${count.name}`)].join(", ")}
      FROM ${countedOf(owners)} c JOIN ${alikeOf(owners)} a USING (owner) ${from}
      GROUP BY a.first_alike, ${grain}, c.active, c.places`;
  // When counting begins is told by all of an owner's time, and it counts in the periods that hold that moment.
  const beginning = counts
    .filter(({ first }) => first)
    .map((begun) =>
      together(
        "p.grain, p.period",
        `CROSS JOIN LATERAL ${periodsOf(`c.${begun.name}`)} p (grain, period)
        WHERE c.grain = 'ever' AND c.${begun.name} IS NOT NULL`,
        (count) => (count === begun ? "count(*)" : "0"),
      ),
    );
  const plain = together("c.grain, c.period", "", ({ name, first }) => (first ? "0" : `sum(c.${name})`));
  return inverted(owners, `(${[plain, ...beginning].join(" UNION ALL ")})`, { values, counts, key: [] });
}

type Wanted = Readonly<{
  values: Readonly<Record<string, string>>;
  counts: readonly SetCount[];
  key: readonly string[];
}>;

/** `counted`: a query in brackets, of counts by sets. Each goes, with its sign, into the cells of all sets that it is part of. */
function inverted(owners: Owners, counted: string, { values, counts, key }: Wanted): string {
  const { table, key: ownKey, place, fewest } = owners;
  const arrays = Object.entries(values).map(
    ([name, value]) => `array_agg(DISTINCT ${value} ORDER BY ${value}) AS ${name}`,
  );
  const sums = counts.map(({ name }) => ({ name, sum: `sum(s.sign * c.${name})` }));
  const shown = [...key, ...Object.keys(values)].map((column) => `sets.${column}`);
  return `WITH cells AS (
      SELECT ${["c.owner, c.grain, c.period, c.places | s.part AS places", ...sums.map(({ name, sum }) => `${sum} AS ${name}`)].join(", ")}
      FROM ${counted} c
      JOIN ${subsetsOf(owners)} s ON s.whole = c.active # c.places
      WHERE ${size("c.places | s.part")} >= ${fewest}
      GROUP BY c.owner, c.grain, c.period, c.places | s.part
      HAVING ${sums.map(({ sum }) => `${sum} <> 0`).join(" OR ") || "false"}
    ), sets AS (
      SELECT ${[list("o", ownKey), "o.owner, w.places", ...arrays].join(", ")}
      FROM (SELECT DISTINCT ${list("o", ownKey)}, o.owner, o.bit, ${list("o", place)} FROM ${table} o) o
      JOIN (SELECT DISTINCT owner, places FROM cells) w ON w.owner = o.owner AND w.places & o.bit <> 0
      GROUP BY ${list("o", ownKey)}, o.owner, w.places
    )
    SELECT ${[...shown, "cells.grain, cells.period", ...counts.map(({ name }) => `cells.${name}`)].join(", ")}
    FROM sets
    JOIN cells USING (owner, places)`;
}
