// Everything that a load may leave in a warehouse, as plain data: two states are compared to show that nothing changed, or what did.
import type pg from "pg";

export type WarehouseState = Readonly<{
  /** The published snapshot. */
  pointer: number | null;
  /** Tables of the public schema, partitions included. */
  tables: readonly string[];
  /** Partitions of the fact table and whether their detaching was interrupted. */
  partitions: readonly string[];
  /** Rows by table and snapshot (for the facts: by generation). */
  rows: Readonly<Record<string, number>>;
  /** Sum of all amounts stored. */
  amount: string;
}>;

const bySnapshot = [
  "snapshot",
  "sales_order",
  "customer_cell",
  "sales_cell",
  "rfm_segments",
  "dim_customer",
  "dim_product",
];

export async function readWarehouseState(owner: pg.Pool): Promise<WarehouseState> {
  const pointer = await owner.query("SELECT snapshot_id FROM published_snapshot");
  const tables = await owner.query(
    `SELECT relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname`,
  );
  const partitions = await owner.query(
    `SELECT c.relname || CASE WHEN i.inhdetachpending THEN ' (detach pending)' ELSE '' END AS name
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'fact_sales'::regclass ORDER BY c.oid`,
  );
  const counts = bySnapshot.map(
    (table) => `SELECT '${table} ' || snapshot_id AS key, count(*)::int AS rows FROM ${table} GROUP BY snapshot_id`,
  );
  const rows = await owner.query(
    `${counts.join(" UNION ALL ")} UNION ALL
     SELECT 'fact_sales ' || generation, count(*)::int FROM fact_sales GROUP BY generation ORDER BY 1`,
  );
  const amount = await owner.query("SELECT coalesce(sum(amount), 0) AS amount FROM fact_sales");
  return {
    pointer: pointer.rows[0]?.snapshot_id ?? null,
    tables: tables.rows.map((row) => row.relname),
    partitions: partitions.rows.map((row) => row.name),
    rows: Object.fromEntries(rows.rows.map((row) => [row.key, row.rows])),
    amount: amount.rows[0].amount,
  };
}

export type StoredRun = Readonly<{
  loadRunId: number;
  status: string;
  snapshotId: number | null;
  errorCode: string | null;
  account: Readonly<Record<string, number>>;
  finished: boolean;
}>;

/** The records of all loads, oldest first. */
export async function readLoadRuns(owner: pg.Pool): Promise<StoredRun[]> {
  const { rows } = await owner.query(
    `SELECT load_run_id AS "loadRunId", status, snapshot_id AS "snapshotId", error_code AS "errorCode", account,
       finished_at IS NOT NULL AS finished
     FROM load_run ORDER BY load_run_id`,
  );
  return rows;
}

/** Waits until no connection of a load is left in this warehouse. */
export async function loadersGone(owner: pg.Pool, milliseconds = 10_000): Promise<void> {
  const until = Date.now() + milliseconds;
  for (;;) {
    const { rows } = await owner.query(
      `SELECT count(*)::int AS open FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'consumer360-load'`,
    );
    if (rows[0].open === 0) return;
    if (Date.now() > until) throw new Error(`${rows[0].open} connections of a load are still open.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
