// Puts the orders where the snapshot has them, with their customers' segments beside them: those that were summed now, and those that an
// append carries over as they stand.
import { salesOrderRollup } from "../../src/model/rollups.ts";
import { SalesOrder } from "../../src/warehouse/entities/SalesOrder.ts";
import { keyColumnsOf } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";
import { type Carried, untouchedOrders } from "./carriedOver.ts";
import type { Derivation } from "./derivedTables.ts";
import { ordersTable } from "./deriveOrders.ts";
import { joinSegments, segmentsBeside } from "./segmentsBeside.ts";
import { fillTable } from "./snapshotPartitions.ts";

const orderKey = keyColumnsOf(SalesOrder);
const segments = segmentsBeside(salesOrderRollup);
const segmentColumns = segments.map(({ column }) => column);

type Place = Pick<Derivation, "tables" | "snapshotId">;

export async function placeOrders(run: Run, place: Place, carried: Carried | null = null): Promise<void> {
  const { tables, snapshotId } = place;
  const beside = (orders: string) => `SELECT o.*, ${snapshotId} AS snapshot_id,
      ${segments.map(({ column, text }) => `${text} AS ${column}`).join(", ")}
    FROM ${orders} o
    ${joinSegments(place)}`;
  const summed = `${beside(ordersTable)}
    ORDER BY o.customer_key, o.guest, o.invoice`;
  // What is carried over lies as it was placed, mostly in this order already.
  const rows = carried ? `${beside(`(${untouchedOrders(carried)})`)} UNION ALL (${summed})` : summed;
  await fillTable(run, place, "orders", rows);
  // What plans go by; what is only summed needs no statistics.
  await run(`ANALYZE ${tables.orders} (${[...orderKey, ...segmentColumns].join(", ")})`);
}
