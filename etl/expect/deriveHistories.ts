// What the models must know of each customer, from the orders of a snapshot: as of the day that it looks back from, and as of an earlier day,
// so that what came between can be held back. One row for each customer with an order, for the length of the load's transaction.
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { RfmSegment } from "../../src/warehouse/entities/RfmSegment.ts";
import { SalesOrder } from "../../src/warehouse/entities/SalesOrder.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";

export const historiesTable = "load_histories";

/** What is lost where a customer orders no more: the net revenue of so many days before. */
const trailingDays = 365;

export type Days = Readonly<{ asOf: IsoDate; heldBackFrom: IsoDate }>;

/** An amount as a double, whatever its size: neither what is too large nor what is too small for one ends the load. */
export const asDouble = (amount: string) =>
  `(CASE WHEN abs(${amount}) < 1e-300 THEN 0 ELSE least(greatest(${amount}, -1e300), 1e300) END)::float8`;

/** Both numbers of days in one, which tells most histories apart: a join goes by it where three columns look like few values each. */
export const spanOf = (lastAfter: string, age: string) => `(${lastAfter})::bigint * 4194304 + (${age})`;

/** Answers with how many customers there are. */
export async function deriveHistories(run: Run, snapshotId: number, { asOf, heldBackFrom }: Days): Promise<number> {
  const [now, then] = [`date '${asOf}'`, `date '${heldBackFrom}'`];
  const [isBefore, isBeforeThen] = [`is_sold AND ordered_on < ${now}`, `is_sold AND ordered_on < ${then}`];
  // Orders stand by customer already: by day within each is soon sorted, where tables of days in memory, one a worker, take twice as long.
  await run("SET LOCAL enable_hashagg = off; SET LOCAL max_parallel_workers_per_gather = 0");
  const customers = await run.count(`CREATE TEMP TABLE ${historiesTable} ON COMMIT DROP AS
    SELECT customer_key,
      CASE WHEN days > 0 THEN days - 1 END AS repeats, last_on - first_on AS last_after, ${now} - first_on AS age,
      ${spanOf("last_on - first_on", `${now} - first_on`)} AS span,
      CASE WHEN days > 1 THEN ${asDouble("later / (days - 1)")} ELSE 0 END AS order_mean,
      coalesce(at_stake, 0) AS at_stake,
      CASE WHEN days_then > 0 THEN days_then - 1 END AS repeats_then, last_on_then - first_on_then AS last_after_then,
      ${then} - first_on_then AS age_then,
      coalesce(at_stake_then, 0) AS at_stake_then,
      orders_after, first_order_on, gross_revenue
    FROM (
      SELECT customer_key,
        (count(*) FILTER (WHERE ${isBefore}))::int AS days,
        min(ordered_on) FILTER (WHERE ${isBefore}) AS first_on,
        max(ordered_on) FILTER (WHERE ${isBefore}) AS last_on,
        trim_scale(sum(gross) FILTER (WHERE ${isBefore})
          - (array_agg(gross ORDER BY ordered_on) FILTER (WHERE ${isBefore}))[1]) AS later,
        sum(gross - returned) FILTER (WHERE ordered_on >= ${now} - ${trailingDays} AND ordered_on < ${now}) AS at_stake,
        (count(*) FILTER (WHERE ${isBeforeThen}))::int AS days_then,
        min(ordered_on) FILTER (WHERE ${isBeforeThen}) AS first_on_then,
        max(ordered_on) FILTER (WHERE ${isBeforeThen}) AS last_on_then,
        sum(gross - returned) FILTER (WHERE ordered_on >= ${then} - ${trailingDays} AND ordered_on < ${then}) AS at_stake_then,
        (count(*) FILTER (WHERE is_sold AND ordered_on >= ${then} AND ordered_on < ${now}))::int AS orders_after,
        min(ordered_on) FILTER (WHERE is_sold) AS first_order_on,
        sum(gross) AS gross_revenue
      FROM (
        SELECT customer_key, ordered_on, sum(sale_lines) > 0 AS is_sold, sum(gross_revenue) AS gross, sum(returns_value) AS returned
        FROM ${tableName(SalesOrder)}
        WHERE snapshot_id = ${snapshotId} AND NOT guest
        GROUP BY customer_key, ordered_on
      ) days
      GROUP BY customer_key
      HAVING bool_or(is_sold)
    ) customers`);
  await run("SET LOCAL enable_hashagg TO DEFAULT; SET LOCAL max_parallel_workers_per_gather TO DEFAULT");
  await run(`ANALYZE ${historiesTable} (customer_key, repeats, span)`);
  return customers;
}

/** Customers without any order, whom the models leave out. */
export async function countWithoutOrders(run: Run, snapshotId: number): Promise<number> {
  const [row] = await run(
    `SELECT count(*) AS customers FROM ${tableName(RfmSegment)} WHERE snapshot_id = ${snapshotId} AND frequency IS NULL`,
  );
  return Number(row?.customers);
}
