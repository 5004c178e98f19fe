// Writes what is expected of each customer. What the models say of a history is copied into a small table, once for all customers who have
// it, and joined to them in PostgreSQL: a million customers never come back through this process.
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type Histories, sizeOf } from "../../src/intelligence/Histories.ts";
import type { GroupOutlook, OrderValue } from "../../src/intelligence/useModels.ts";
import { CustomerOutlook } from "../../src/warehouse/entities/CustomerOutlook.ts";
import { RfmSegment } from "../../src/warehouse/entities/RfmSegment.ts";
import { keyColumnsOf, tableName } from "../../src/warehouse/entityTables.ts";
import { fillPartition } from "../conform/fillPartition.ts";
import type { Run } from "../record/loadSession.ts";
import { historiesTable } from "./deriveHistories.ts";

const scoresTable = "load_scores";
const outlooks = tableName(CustomerOutlook);

type Said = Readonly<{ outlook: GroupOutlook; orderValue: OrderValue | null }>;

/** Rows at a time, so that others get a turn between. */
const batch = 500;

/** `said`: null where the list goes by recency. */
export async function writeOutlooks(
  { work, run }: Readonly<{ work: pg.Client; run: Run }>,
  snapshotId: number,
  histories: Histories,
  said: Said | null,
): Promise<void> {
  await run(`CREATE TEMP TABLE ${scoresTable} (repeats int, last_after int, age int, no_order float8, alive float8,
    orders_30 float8, orders_90 float8, orders_365 float8, discounted float8, base float8, per_mean float8) ON COMMIT DROP`);
  if (said !== null) {
    const copy = work.query(copyFrom(`COPY ${scoresTable} FROM STDIN`));
    await pipeline(Readable.from(scoreRows(histories, said)), copy);
    await run(`ANALYZE ${scoresTable} (repeats, last_after, age)`);
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

function* scoreRows(histories: Histories, { outlook, orderValue }: Said): Generator<string> {
  const shown = (number: number | undefined) => (number === undefined ? "\\N" : String(number));
  let rows: string[] = [];
  for (let at = 0; at < sizeOf(histories); at += 1) {
    const repeats = histories.repeats[at] as number;
    const numbers = [
      repeats,
      histories.lastAfter[at],
      histories.age[at],
      outlook.noOrder[at],
      outlook.alive?.[at],
      outlook.orders30[at],
      outlook.orders90[at],
      outlook.orders365[at],
      outlook.discountedOrders[at],
      orderValue?.base[repeats],
      orderValue?.perMean[repeats],
    ];
    rows.push(`${numbers.map(shown).join("\t")}\n`);
    if (rows.length === batch) {
      yield rows.join("");
      rows = [];
    }
  }
  yield rows.join("");
}

const places = 4;
/** The largest key, well within a bigint and a cursor: beyond it customers are level and come by their ids. */
const largestKey = "9e17";

/** The list holds whoever has something to lose. By recency it is those who were away longest. */
function outlookRows(snapshotId: number, isByModel: boolean): string {
  const atRisk = `round(greatest(h.at_stake, 0) * c.no_order::numeric, ${places})`;
  const key = isByModel
    ? `least(${atRisk} * 1e${places}, ${largestKey})::bigint`
    : "CASE WHEN h.at_stake > 0 THEN h.age - h.last_after ELSE 0 END";
  const value = (amount: string) =>
    `CASE WHEN c.base IS NOT NULL THEN round(least(${amount}, 1e300)::numeric, ${places}) END`;
  const orderValue = "c.base + c.per_mean * h.order_mean";
  return `SELECT h.customer_key, ${snapshotId} AS snapshot_id, s.classic AS segment, s.countries, h.first_order_on,
      h.first_order_on + h.last_after AS last_order_on, h.age - h.last_after AS recency_days,
      s.frequency AS orders, h.repeats, CASE WHEN h.repeats > 0 THEN h.last_after::float8 / h.repeats END AS usual_interval,
      h.gross_revenue, h.at_stake AS trailing_net_revenue, c.no_order, c.alive, c.orders_30, c.orders_90, c.orders_365,
      ${value(orderValue)} AS order_value, ${value(`c.discounted * (${orderValue})`)} AS lifetime_value,
      ${isByModel ? atRisk : "NULL"} AS revenue_at_risk, ${key} AS risk_key
    FROM ${historiesTable} h
    JOIN ${tableName(RfmSegment)} s ON s.customer_key = h.customer_key AND s.snapshot_id = ${snapshotId}
    LEFT JOIN ${scoresTable} c ON c.repeats = h.repeats AND c.last_after = h.last_after AND c.age = h.age
    WHERE h.repeats IS NOT NULL AND s.frequency IS NOT NULL
    ORDER BY h.customer_key`;
}
