// Fills the cells of customers: what each did in each period, in each country, and what its counts are corrected by where several
// countries are looked at together. Guests stand together as one, with each of their invoices an owner of its own.
import { customerCellRollup, salesCellRollup } from "../../src/model/rollups.ts";
import type { Run } from "../record/loadSession.ts";
import { type Count, cellMeasuresOf, totalOverOrders } from "./cellMeasures.ts";
import { grainOfGroup, periodOfGroup, periodStarts, rollupOfPeriods } from "./cellPeriods.ts";
import type { Derivation } from "./derivedTables.ts";
import { cellsByOwner, countSets, gatherOwners, type Owners, type TooManySets } from "./placeSets.ts";

/** One country of a customer by period: totals and counts under their measures' names. Lives as long as the transaction. */
export const figuresTable = "load_customer_figures";

/** Of the orders and of the cells of customers alike. */
export const segmentColumns = ["segment", "segment_executive", "segment_detailed"] as const;

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
  { tables, snapshotId, moment }: Derivation,
): Promise<TooManySets | null> {
  const own = cellMeasuresOf(customerCellRollup);
  const forSales = cellMeasuresOf(salesCellRollup);
  const totals = distinct([...own.totals, ...forSales.totals]);
  const counts = distinct([...own.counts, ...forSales.counts]);
  const ofSnapshot = `o.snapshot_id = ${snapshotId}`;
  const among = [...new Set(counts.map((count) => count.among))].join(" OR ") || "false";
  const tooMany = await gatherOwners(run, roamers, tables.orders, `${ofSnapshot} AND (${among})`);
  if (tooMany) return tooMany;

  const figures = [
    ...totals.map(({ measure }) => `${totalOverOrders(measure, moment)} AS ${named(measure)}`),
    ...counts.map(({ measure, figure }) => `${figure(moment)} AS ${named(measure)}`),
  ];
  await run(`CREATE TEMP TABLE ${figuresTable} ON COMMIT DROP AS
    SELECT ${grainOfGroup} AS grain, ${periodOfGroup} AS period, ${shownKey} AS customer_key, o.guest, o.country,
      ${segmentColumns.map((column) => `min(o.${column}) AS ${column}`).join(", ")},
      ${figures.join(",\n      ")}
    FROM (SELECT o.*, ${periodStarts("o.ordered_on")} FROM ${tables.orders} o WHERE ${ofSnapshot}) o
    GROUP BY ${shownKey}, o.guest, o.country, ${rollupOfPeriods}`);

  const values = { countries: "o.country", ...Object.fromEntries(segmentColumns.map((name) => [name, `o.${name}`])) };
  const bySet = (some: readonly Count[]) =>
    some.map(({ measure, figure, first }) => ({ name: named(measure), figure: figure(moment), first }));
  await countSets(run, roamers, bySet(counts));

  const stored = [...own.totals, ...own.counts];
  const columns = ["snapshot_id, grain, period, customer_key, guest, countries", ...segmentColumns];
  const into = `INSERT INTO ${tables.customerCells} (${[...columns, ...stored.map(({ column }) => column)].join(", ")})`;
  const segments = segmentColumns.join(", ");
  await run(`${into}
    SELECT ${snapshotId}, grain, period, customer_key, guest, ARRAY[country], ${segments},
      ${stored.map(({ measure }) => named(measure)).join(", ")}
    FROM ${figuresTable}`);
  const corrected = own.counts.map(({ measure }) => `sum(o.${named(measure)})`);
  await run(`${into}
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
