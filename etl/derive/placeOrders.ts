// Puts the orders where the snapshot has them, with their customers' segments beside them: those that were summed now, and those that an
// append carries over as they stand.
import { salesOrderRollup } from "../../src/model/rollups.ts";
import { SalesOrder } from "../../src/warehouse/entities/SalesOrder.ts";
import { keyColumnsOf } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";
import { type Carried, untouchedOrders } from "./carriedOver.ts";
import type { Derivation } from "./derivedTables.ts";
import { ordersTable, storedMeasureColumns } from "./deriveOrders.ts";
import { joinSegments, segmentsBeside } from "./segmentsBeside.ts";

const orderKey = keyColumnsOf(SalesOrder);
const segments = segmentsBeside(salesOrderRollup);
const segmentColumns = segments.map(({ column }) => column);

type Place = Pick<Derivation, "tables" | "snapshotId">;

export async function placeOrders(run: Run, place: Place, carried: Carried | null = null): Promise<void> {
  const { tables, snapshotId } = place;
  const insert = (orders: string, order: string) =>
    run(`INSERT INTO ${tables.orders} (customer_key, snapshot_id, guest, invoice, country, ordered_on,
      ${segmentColumns.join(", ")}, ${storedMeasureColumns.join(", ")})
    SELECT o.customer_key, ${snapshotId}, o.guest, o.invoice, o.country, o.ordered_on,
      ${segments.map(({ text }) => text).join(", ")}, ${storedMeasureColumns.map((column) => `o.${column}`).join(", ")}
    FROM ${orders} o
    ${joinSegments(place)}
    ${order}`);
  // These lie as they were placed, mostly in order already.
  if (carried) await insert(`(${untouchedOrders(carried)})`, "");
  await insert(ordersTable, "ORDER BY o.customer_key, o.guest, o.invoice");
  // What plans go by; what is only summed needs no statistics.
  await run(`ANALYZE ${tables.orders} (${[...orderKey, ...segmentColumns].join(", ")})`);
}
