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
    SELECT customer_key FROM ${tables.segments} WHERE snapshot_id = ${snapshotId} AND cardinality(countries) > 1))`;
  const tooMany = await gatherOwners(run, roamers, tables.orders, `${ofSnapshot} AND (${among}) AND ${mayRoam}`);
  if (tooMany) return tooMany;

  const stored = [...own.totals, ...own.counts];
  const columns = ["grain, period, customer_key, guest, countries", ...stored.map(({ column }) => column)].join(", ");
  const into = `INSERT INTO ${tables.customerCells} (snapshot_id, ${segmentColumns.join(", ")}, ${columns})`;
  const figures = [
    ...own.totals.map(({ measure }) => totalOverOrders(measure, moment)),
    ...own.counts.map(({ figure }) => figure(moment)),
  ];
  const carries = carried?.cells === true;
  await run(`${into}
    SELECT ${snapshotId}, ${segmentColumns.map((column) => `min(o.${column})`).join(", ")},
      ${grainOfGroup}, ${periodOfGroup}, ${shownKey}, o.guest, ARRAY[o.country],
      ${figures.join(",\n      ")}
    FROM (
      SELECT o.*, ${periodStarts("o.ordered_on")} FROM ${tables.orders} o
      WHERE ${ofSnapshot} AND ${carries ? `(o.guest OR ${isTouched("o")})` : "true"}
    ) o
    GROUP BY ${shownKey}, o.guest, o.country, ${rollupOfPeriods}`);
  if (carries)
    await run(`${into}
    SELECT ${snapshotId}, ${segments.map(({ text }) => text).join(", ")}, ${columns.replaceAll(/\w+/g, "o.$&")}
    FROM ${storedTables.customerCells} o
    ${joinSegments(derivation)}
    WHERE o.snapshot_id = ${carried.base} AND cardinality(o.countries) = 1 AND NOT o.guest AND NOT ${isTouched("o")}`);

  // Sets are made anew for everyone: customers of several countries are few, and the cells of the business need all of theirs.
  const values = { countries: "o.country", ...Object.fromEntries(segmentColumns.map((name) => [name, `o.${name}`])) };
  const bySet = (some: readonly Count[]) =>
    some.map(({ measure, figure, first }) => ({ name: named(measure), figure: figure(moment), first }));
  await countSets(run, roamers, bySet(counts));
  const corrected = own.counts.map(({ measure }) => `sum(o.${named(measure)})`);
  await run(`${into}
    SELECT ${snapshotId}, ${segmentColumns.map((column) => `min(o.${column}[1])`).join(", ")},
      o.grain, o.period, ${shownKey}, o.guest, o.countries,
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
