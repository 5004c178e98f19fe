// Writes what is expected of each customer. What the models say of a history is copied into a small table, once for all customers who have
// it, and joined to them in PostgreSQL: a million customers never come back through this process.
import type pg from "pg";
import { type Histories, sizeOf } from "../../src/intelligence/Histories.ts";
import type { GroupOutlook, OrderValue } from "../../src/intelligence/useModels.ts";
import { CustomerOutlook } from "../../src/warehouse/entities/CustomerOutlook.ts";
import { RfmSegment } from "../../src/warehouse/entities/RfmSegment.ts";
import { keyColumnsOf, tableName } from "../../src/warehouse/entityTables.ts";
import { fillPartition } from "../conform/fillPartition.ts";
import type { Run } from "../record/loadSession.ts";
import { historiesTable, spanOf } from "./deriveHistories.ts";
import { type NumberColumn, writeNumbers } from "./writeNumbers.ts";

const scoresTable = "load_scores";
const outlooks = tableName(CustomerOutlook);

type Said = Readonly<{ outlook: GroupOutlook; orderValue: OrderValue | null }>;

/** `said`: null where the list goes by recency. */
export async function writeOutlooks(
  { work, run }: Readonly<{ work: pg.Client; run: Run }>,
  snapshotId: number,
  histories: Histories,
  said: Said | null,
): Promise<void> {
  // The chance of no order as numeric too: it is one of many customers, each of whom has an amount that it is multiplied with.
  await run(`CREATE TEMP TABLE ${scoresTable} (repeats int, last_after int, age int, no_order float8, alive float8,
    orders_30 float8, orders_90 float8, orders_365 float8, discounted float8, base float8, per_mean float8,
    span bigint GENERATED ALWAYS AS (${spanOf("last_after", "age")}) STORED,
    no_order_exact numeric GENERATED ALWAYS AS (no_order::numeric) STORED) ON COMMIT DROP`);
  if (said !== null) {
    await writeNumbers(work, scoresTable, { rows: sizeOf(histories), columns: columnsOf(histories, said) });
    await run(`ANALYZE ${scoresTable} (repeats, span)`);
  }
  const partition = `${outlooks}_s${snapshotId}`;
  await fillPartition(run, {
    entity: CustomerOutlook,
    name: partition,
    rows: outlookRows(snapshotId, said !== null),
    key: { column: "snapshot_id", value: snapshotId },
  });
  await run(`ALTER TABLE ${partition} ADD CONSTRAINT ${partition}_pkey PRIMARY KEY (${keyColumnsOf(CustomerOutlook).join(", ")});
    CREATE INDEX ${partition}_risk ON ${partition} (risk_key DESC, customer_key)`);
  await run(`ANALYZE ${partition}`);
  await run(`ALTER TABLE ${outlooks} ATTACH PARTITION ${partition} FOR VALUES IN (${snapshotId})`);
}

function columnsOf(histories: Histories, { outlook, orderValue }: Said): Readonly<Record<string, NumberColumn>> {
  const int = (numbers: Int32Array): NumberColumn => ({ type: "int", numberAt: (row) => numbers[row] });
  const double = (numbers: Float64Array | null): NumberColumn => ({
    type: "float8",
    numberAt: (row) => numbers?.[row],
  });
  const byRepeats = (numbers: Float64Array | undefined): NumberColumn => ({
    type: "float8",
    numberAt: (row) => numbers?.[histories.repeats[row] as number],
  });
  return {
    repeats: int(histories.repeats),
    last_after: int(histories.lastAfter),
    age: int(histories.age),
    no_order: double(outlook.noOrder),
    alive: double(outlook.alive),
    orders_30: double(outlook.orders30),
    orders_90: double(outlook.orders90),
    orders_365: double(outlook.orders365),
    discounted: double(outlook.discountedOrders),
    base: byRepeats(orderValue?.base),
    per_mean: byRepeats(orderValue?.perMean),
  };
}

const places = 4;
/** The largest key, well within a bigint and a cursor: beyond it customers are level and come by their ids. */
const largestKey = "9e17";

/** The list holds whoever has something to lose. By recency it is those who were away longest. */
function outlookRows(snapshotId: number, isByModel: boolean): string {
  const key = isByModel
    ? `least(revenue_at_risk * 1e${places}, ${largestKey})::bigint`
    : "CASE WHEN trailing_net_revenue > 0 THEN recency_days ELSE 0 END";
  const atRisk = isByModel ? `round(greatest(h.at_stake, 0) * c.no_order_exact, ${places})` : "NULL::numeric";
  const value = (amount: string) =>
    `CASE WHEN c.base IS NOT NULL THEN round(least(${amount}, 1e300)::numeric, ${places}) END`;
  const orderValue = "c.base + c.per_mean * h.order_mean";
  // OFFSET 0: what is computed of a customer once is not computed again for the key.
  return `SELECT *, ${key} AS risk_key FROM (
      SELECT h.customer_key, ${snapshotId} AS snapshot_id, s.classic AS segment, s.countries, h.first_order_on,
        h.first_order_on + h.last_after AS last_order_on, h.age - h.last_after AS recency_days,
        s.frequency AS orders, h.repeats, CASE WHEN h.repeats > 0 THEN h.last_after::float8 / h.repeats END AS usual_interval,
        h.gross_revenue, h.at_stake AS trailing_net_revenue, c.no_order, c.alive, c.orders_30, c.orders_90, c.orders_365,
        ${value(orderValue)} AS order_value, ${value(`c.discounted * (${orderValue})`)} AS lifetime_value,
        ${atRisk} AS revenue_at_risk
      FROM ${historiesTable} h
      JOIN ${tableName(RfmSegment)} s ON s.customer_key = h.customer_key AND s.snapshot_id = ${snapshotId}
      LEFT JOIN ${scoresTable} c ON c.span = h.span AND c.repeats = h.repeats
      WHERE h.repeats IS NOT NULL AND s.frequency IS NOT NULL
      ORDER BY h.customer_key
      OFFSET 0
    ) expected`;
}
