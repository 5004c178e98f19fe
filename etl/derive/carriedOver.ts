// What an append need not derive anew, because nothing that it is made of has changed: the orders of invoices that the append leaves alone,
// and the values and cells of customers none of whose invoices it touches. Segments are relative to all customers and are never carried.
import { customerCellRollup, salesOrderRollup } from "../../src/model/rollups.ts";
import { rollupKey } from "../../src/query/compile/rollupKey.ts";
import { againTable, touchedTable } from "../conform/withdrawLines.ts";
import type { Published } from "../publish/readPublished.ts";
import type { Run } from "../record/loadSession.ts";
import { type Monetary, storedTables } from "./derivedTables.ts";
import { ordersTable, storedMeasureColumns } from "./deriveOrders.ts";

/** What the snapshot `base` holds and may be carried over, beside its orders. */
export type Carried = Readonly<{
  base: number;
  /** The values that scores are made of. */
  values: boolean;
  cells: boolean;
}>;

/** Customers with an invoice that is touched. Lives as long as the transaction. */
const touchedCustomersTable = "load_touched_customers";

/** Null where the base's orders were summed by another declaration: then nothing is carried. */
export function carriedFrom({ snapshotId, rollupKeys, monetary }: Published, wanted: Monetary): Carried | null {
  if (!rollupKeys.includes(rollupKey(salesOrderRollup))) return null;
  return Object.freeze({
    base: snapshotId,
    values: monetary === wanted,
    cells: rollupKeys.includes(rollupKey(customerCellRollup)),
  });
}

/** The stored orders of the base that stand as they are. */
export function untouchedOrders({ base }: Carried, alsoWhere = "true"): string {
  const columns = ["customer_key", "guest", "invoice", "country", "ordered_on", ...storedMeasureColumns];
  return `SELECT ${columns.map((column) => `o.${column}`).join(", ")} FROM ${storedTables.orders} o
      WHERE o.snapshot_id = ${base} AND NOT EXISTS (SELECT FROM ${touchedTable} t WHERE t.invoice = o.invoice) AND ${alsoWhere}`;
}

/** Of all orders of touched invoices, as they were and as they are. */
export async function findTouchedCustomers(run: Run): Promise<void> {
  await run(`CREATE TEMP TABLE ${touchedCustomersTable} ON COMMIT DROP AS
    SELECT customer_key FROM ${ordersTable} WHERE NOT guest
    UNION SELECT customer_key FROM ${againTable} WHERE NOT guest`);
  await run(`ANALYZE ${touchedCustomersTable}`);
}

/** True of rows of customers, under an alias, that are touched; guests are not asked about. */
export const isTouched = (alias: string) =>
  `EXISTS (SELECT FROM ${touchedCustomersTable} t WHERE t.customer_key = ${alias}.customer_key)`;
