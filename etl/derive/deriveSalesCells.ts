// Fills the cells of the whole business, from what the customers' cells were made of: totals add up over customers, and so do counts of
// customers. Invoices do not, where several customers share one: such an invoice is taken back and counted again, by the places it is in.
import { salesCellRollup } from "../../src/model/rollups.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import type { Run } from "../record/loadSession.ts";
import { type CellMeasures, type Count, cellMeasuresOf } from "./cellMeasures.ts";
import { grainOfGroup, periodOfGroup, periodStarts, rollupOfPeriods } from "./cellPeriods.ts";
import { inSeveral, named, roamers, segmentColumns } from "./deriveCustomerCells.ts";
import type { Derivation } from "./derivedTables.ts";
import { heldByCustomer } from "./heldByCustomers.ts";
import { cellsByPlaces, countSets, gatherOwners, type Owners, type TooManySets } from "./placeSets.ts";

const partsTable = "load_sales_parts";

const placeColumns = ["country", ...segmentColumns, "guest"] as const;
const setColumns = ["countries", "segments", "segments_executive", "segments_detailed", "customer_types"] as const;
const keys = `grain, period, ${setColumns.join(", ")}`;

/** An invoice of one customer, country and day has one row; of the others, whatever is taken back and counted again comes out even. */
const shared: Owners = {
  kind: "invoices",
  table: "load_shared_invoices",
  key: ["invoice"],
  place: placeColumns,
  several: "count(*) > 1",
  fewest: 1,
};

const of = (alias: string, columns: readonly string[]) => columns.map((column) => `${alias}.${column}`).join(", ");
const customerType = (alias: string) => `CASE WHEN ${alias}.guest THEN 'GUEST' ELSE 'IDENTIFIED' END`;

/** The values of a row that is in one place, by the column that holds sets of them. */
function placeOf(alias: string): Record<(typeof setColumns)[number], string> {
  return {
    countries: `${alias}.country`,
    segments: `${alias}.segment`,
    segments_executive: `${alias}.segment_executive`,
    segments_detailed: `${alias}.segment_detailed`,
    customer_types: customerType(alias),
  };
}

/** Sets of one value each. */
const onePlace = (alias: string) =>
  setColumns.map((column) => `ARRAY[${placeOf(alias)[column]}] AS ${column}`).join(", ");

/** Returns why the cells were not filled, or null where they were. */
export async function deriveSalesCells(run: Run, derivation: Derivation): Promise<TooManySets | null> {
  const { tables, snapshotId, moment } = derivation;
  const measures = cellMeasuresOf(salesCellRollup);
  const { totals, counts } = measures;
  const invoices = counts.filter((count) => count.of === "invoices");
  const customers = counts.filter((count) => count.of === "customers");
  const among = [...new Set(invoices.map((count) => count.among))].join(" OR ") || "false";
  const tooMany = await gatherOwners(run, shared, tables.orders, `o.snapshot_id = ${snapshotId} AND (${among})`);
  if (tooMany) return tooMany;

  await run(`CREATE TEMP TABLE ${partsTable} ON COMMIT DROP AS ${sumsOfPlaces(measures, derivation)}`);
  const add = async (held: readonly Count[], query: string) => {
    const columns = held.map(({ measure }) => named(measure));
    if (held.length > 0) await run(`INSERT INTO ${partsTable} (${[keys, ...columns].join(", ")}) ${query}`);
  };
  for (const count of customers.filter(({ first }) => first)) await add([count], beginnersOfPlaces(count, derivation));
  await add(customers, customersOfSeveralCountries(customers, moment));
  await add(invoices, sharedInvoicesTakenBack(invoices));
  await add(invoices, await sharedInvoicesOnce(run, invoices));

  const held = [
    ...totals.map(({ column, measure, put }) => ({
      column,
      figure: put === "sum" ? `coalesce(sum(${named(measure)}), 0)` : `${put}(${named(measure)})`,
    })),
    ...counts.map(({ column, measure }) => ({ column, figure: `coalesce(sum(${named(measure)}), 0)` })),
  ];
  const isOnePlace = setColumns.map((column) => `cardinality(${column}) = 1`).join(" AND ");
  const counted = counts.map(({ measure }) => `sum(${named(measure)}) <> 0`);
  await run(`INSERT INTO ${tables.salesCells} (snapshot_id, ${keys}, ${held.map(({ column }) => column).join(", ")})
    SELECT ${snapshotId}, ${keys},
      ${held.map(({ figure }) => figure).join(",\n      ")}
    FROM ${partsTable}
    GROUP BY ${keys}
    HAVING ${[`(${isOnePlace})`, ...counted].join(" OR ")}`);
  await run(`ANALYZE ${tables.salesCells} (snapshot_id, grain, period)`);
  return null;
}

/** The cells of customers in one country, in which totals stand; `c` as `heldByCustomer` reads them. */
const cellsOfOnePlace = ({ tables, snapshotId }: Derivation) =>
  `(SELECT c.*, c.countries[1] AS country FROM ${tables.customerCells} c
      WHERE c.snapshot_id = ${snapshotId} AND NOT ${inSeveral("c.countries")}) c`;

/** Totals, and counts as each customer has them. Whose counting only begins is counted elsewhere. */
function sumsOfPlaces({ totals, counts }: CellMeasures, derivation: Derivation): string {
  const sums = [
    ...totals.map(({ measure, put }) => `${put}(${heldByCustomer(measure)}) AS ${named(measure)}`),
    ...counts.map(({ measure, first }) => `${first ? "0" : `sum(${heldByCustomer(measure)})`} AS ${named(measure)}`),
  ];
  return `SELECT c.grain, c.period, ${onePlace("c")},
      ${sums.join(",\n      ")}
    FROM ${cellsOfOnePlace(derivation)}
    GROUP BY c.grain, c.period, ${of("c", placeColumns)}`;
}

/** Customers of one country, in the periods in which their counting begins there. */
function beginnersOfPlaces({ measure }: Count, derivation: Derivation): string {
  const begins = heldByCustomer(measure);
  return `SELECT ${grainOfGroup}, ${periodOfGroup}, ${onePlace("c")}, count(*)
    FROM (
      SELECT c.*, ${periodStarts(begins)} FROM ${cellsOfOnePlace(derivation)}
      WHERE c.grain = 'ever' AND ${begins} IS NOT NULL
    ) c
    GROUP BY ${of("c", placeColumns)}, ${rollupOfPeriods}`;
}

/** What is counted too often or not yet where several countries are looked at together. */
function customersOfSeveralCountries(customers: readonly Count[], moment: Moment): string {
  const bySet = customers.map(({ measure, figure, first }) => ({
    name: named(measure),
    figure: figure(moment),
    first,
  }));
  return `SELECT ${[keys, ...bySet.map(({ name }) => name)].join(", ")}
    FROM (${cellsByPlaces(roamers, placeOf("o"), bySet)}) c
    WHERE customer_types <> '{GUEST}'`;
}

/** As often as customers have counted them for themselves. */
function sharedInvoicesTakenBack(invoices: readonly Count[]): string {
  const takenBack = invoices.map(({ among }) => `-count(DISTINCT (o.invoice, o.customer_key)) FILTER (WHERE ${among})`);
  return `SELECT ${grainOfGroup}, ${periodOfGroup}, ${onePlace("o")}, ${takenBack.join(", ")}
    FROM (SELECT o.*, ${periodStarts("o.ordered_on")} FROM ${shared.table} o) o
    GROUP BY ${of("o", placeColumns)}, ${rollupOfPeriods}`;
}

/** Once in every set of their places. */
async function sharedInvoicesOnce(run: Run, invoices: readonly Count[]): Promise<string> {
  const bySet = invoices.map(({ measure, among, first }) => ({
    name: named(measure),
    figure: `bool_or(${among})::int`,
    first,
  }));
  await countSets(run, shared, bySet);
  return `SELECT ${[keys, ...bySet.map(({ name }) => name)].join(", ")} FROM (${cellsByPlaces(shared, placeOf("o"), bySet)}) c`;
}
