// Fills the cells of customers: what each did in each period, in each country, and what its counts are corrected by where several
// countries are looked at together. Guests stand together as one, with each of their invoices an owner of its own. An append sums the
// orders of the customers that it touches, and of guests; the others' cells it carries over.
import { customerCellRollup, salesCellRollup } from "../../src/model/rollups.ts";
import type { Run } from "../record/loadSession.ts";
import { type Carried, isTouched } from "./carriedOver.ts";
import { type Count, cellMeasuresOf, totalOverOrders } from "./cellMeasures.ts";
import { grainOfGroup, periodOfGroup, periodStarts, rollupOfPeriods } from "./cellPeriods.ts";
import { type Derivation, storedTables } from "./derivedTables.ts";
import { cellsByOwner, countSets, gatherOwners, type Owners, type TooManySets } from "./placeSets.ts";
import { joinSegments, segmentsBeside } from "./segmentsBeside.ts";
import { fillTable } from "./snapshotPartitions.ts";

const segments = segmentsBeside(customerCellRollup);
/** Of the orders and of the cells of customers alike. */
export const segmentColumns = segments.map(({ column }) => column);

export const named = (measure: string) => `"${measure}"`;

/** Customers of several countries; a guest's invoice stands for a customer. */
export const roamers: Owners = {
  kind: "customers",
  table: "load_roaming_customers",
  key: ["customer_key", "guest"],
  place: ["country", ...segmentColumns],
  several: "min(o.country) <> max(o.country)",
  fewest: 2,
};

/** Guests have no identity: their lines stand under an empty key. */
const shownKey = "CASE WHEN o.guest THEN '' ELSE o.customer_key END";

/** Whether a set of countries has more than one: put so that the server takes such sets for the fewer. */
export const inSeveral = (countries: string) => `cardinality(${countries}) > 1`;

/** Returns why the cells were not filled, or null where they were. */
export async function deriveCustomerCells(
  run: Run,
  derivation: Derivation,
  carried: Carried | null = null,
): Promise<TooManySets | null> {
  const { tables, snapshotId, moment } = derivation;
  const own = cellMeasuresOf(customerCellRollup);
  const counts = distinct([...own.counts, ...cellMeasuresOf(salesCellRollup).counts]);
  const ofSnapshot = `o.snapshot_id = ${snapshotId}`;
  const among = [...new Set(counts.map((count) => count.among))].join(" OR ") || "false";
  // The segments already know which customers have several countries.
  const mayRoam = `(o.guest OR o.customer_key IN (
    SELECT customer_key FROM ${tables.segments} WHERE snapshot_id = ${snapshotId} AND ${inSeveral("countries")}))`;
  const tooMany = await gatherOwners(run, roamers, tables.orders, `${ofSnapshot} AND (${among}) AND ${mayRoam}`);
  if (tooMany) {
    await fillTable(run, derivation, "customerCells", `SELECT * FROM ${storedTables.customerCells} WHERE false`);
    return tooMany;
  }

  const figures = [
    ...own.totals.map(({ column, measure }) => `${totalOverOrders(measure, moment)} AS ${column}`),
    ...own.counts.map(({ column, figure }) => `${figure(moment)} AS ${column}`),
  ];
  const carries = carried?.cells === true;
  const summed = `SELECT ${snapshotId} AS snapshot_id, ${grainOfGroup} AS grain, ${periodOfGroup} AS period,
      ${shownKey} AS customer_key, o.guest, ARRAY[o.country] AS countries,
      ${segmentColumns.map((column) => `min(o.${column}) AS ${column}`).join(", ")},
      ${figures.join(",\n      ")}
    FROM (
      SELECT o.*, ${periodStarts("o.ordered_on")} FROM ${tables.orders} o
      WHERE ${ofSnapshot} AND ${carries ? `(o.guest OR ${isTouched("o")})` : "true"}
    ) o
    GROUP BY ${shownKey}, o.guest, o.country, ${rollupOfPeriods}`;
  const asStored = (base: number) => `SELECT ${snapshotId}, o.grain, o.period, o.customer_key, o.guest, o.countries,
      ${segments.map(({ text }) => text).join(", ")},
      ${[...own.totals, ...own.counts].map(({ column }) => `o.${column}`).join(", ")}
    FROM ${storedTables.customerCells} o
    ${joinSegments(derivation)}
    WHERE o.snapshot_id = ${base} AND NOT ${inSeveral("o.countries")} AND NOT o.guest AND NOT ${isTouched("o")}`;
  await fillTable(run, derivation, "customerCells", carries ? `${summed} UNION ALL ${asStored(carried.base)}` : summed);

  // Sets are made anew for everyone: customers of several countries are few, and the cells of the business need all of theirs.
  const values = { countries: "o.country", ...Object.fromEntries(segmentColumns.map((name) => [name, `o.${name}`])) };
  const bySet = (some: readonly Count[]) =>
    some.map(({ measure, figure, first }) => ({ name: named(measure), figure: figure(moment), first }));
  await countSets(run, roamers, bySet(counts));
  const corrected = own.counts.map(({ measure }) => `sum(o.${named(measure)})`);
  const stored = [...own.totals, ...own.counts];
  await run(`INSERT INTO ${tables.customerCells} (snapshot_id, grain, period, customer_key, guest, countries,
      ${segmentColumns.join(", ")}, ${stored.map(({ column }) => column).join(", ")})
    SELECT ${snapshotId}, o.grain, o.period, ${shownKey}, o.guest, o.countries,
      ${segmentColumns.map((column) => `min(o.${column}[1])`).join(", ")},
      ${[...own.totals.map(({ put }) => (put === "sum" ? "0" : "NULL")), ...corrected].join(", ")}
    FROM (${cellsByOwner(roamers, values, bySet(own.counts))}) o
    GROUP BY o.grain, o.period, ${shownKey}, o.guest, o.countries
    HAVING ${corrected.map((count) => `${count} <> 0`).join(" OR ") || "false"}`);
  await run(`ANALYZE ${tables.customerCells} (snapshot_id, grain, period, customer_key, guest)`);
  return null;
}

function distinct<Held extends { measure: string }>(held: readonly Held[]): Held[] {
  return held.filter(({ measure }, index) => held.findIndex((other) => other.measure === measure) === index);
}
