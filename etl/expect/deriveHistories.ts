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
const double = (amount: string) =>
  `(CASE WHEN abs(${amount}) < 1e-300 THEN 0 ELSE least(greatest(${amount}, -1e300), 1e300) END)::float8`;

/** Of an order day's history before a day: the orders, by days; SALE lines alone make an order. */
function historyBefore(day: IsoDate, suffix: string): string {
  const before = `is_sold AND ordered_on < date '${day}'`;
  const [first, last] = ["min", "max"].map((which) => `${which}(ordered_on) FILTER (WHERE ${before})`);
  const repeats = `(count(*) FILTER (WHERE ${before}) - 1)::int`;
  const later = `trim_scale(sum(gross) FILTER (WHERE ${before}) - (array_agg(gross ORDER BY ordered_on) FILTER (WHERE ${before}))[1])`;
  const stake = `coalesce(sum(gross - returned) FILTER (WHERE ordered_on >= date '${day}' - ${trailingDays}${suffix === "" ? "" : ` AND ordered_on < date '${day}'`}), 0)`;
  return `CASE WHEN ${first} IS NOT NULL THEN ${repeats} END AS repeats${suffix},
      ${last} - ${first} AS last_after${suffix},
      date '${day}' - ${first} AS age${suffix},
      coalesce(CASE WHEN ${repeats} > 0 THEN ${double(`${later} / ${repeats}`)} END, 0) AS order_mean${suffix},
      ${stake} AS at_stake${suffix}`;
}

/** Answers with how many customers there are. */
export async function deriveHistories(run: Run, snapshotId: number, { asOf, heldBackFrom }: Days): Promise<number> {
  const customers = await run.count(`CREATE TEMP TABLE ${historiesTable} ON COMMIT DROP AS
    SELECT customer_key,
      ${historyBefore(asOf, "")},
      ${historyBefore(heldBackFrom, "_then")},
      (count(*) FILTER (WHERE is_sold AND ordered_on >= date '${heldBackFrom}' AND ordered_on < date '${asOf}'))::int AS orders_after,
      min(ordered_on) FILTER (WHERE is_sold) AS first_order_on,
      sum(gross) AS gross_revenue
    FROM (
      SELECT customer_key, ordered_on, sum(sale_lines) > 0 AS is_sold, sum(gross_revenue) AS gross, sum(returns_value) AS returned
      FROM ${tableName(SalesOrder)}
      WHERE snapshot_id = ${snapshotId} AND NOT guest
      GROUP BY customer_key, ordered_on
    ) days
    GROUP BY customer_key
    HAVING bool_or(is_sold)`);
  await run(`ANALYZE ${historiesTable} (customer_key, repeats, last_after, age)`);
  return customers;
}

/** Customers without any order, whom the models leave out. */
export async function countWithoutOrders(run: Run, snapshotId: number): Promise<number> {
  const [row] = await run(
    `SELECT count(*) AS customers FROM ${tableName(RfmSegment)} WHERE snapshot_id = ${snapshotId} AND frequency IS NULL`,
  );
  return Number(row?.customers);
}
