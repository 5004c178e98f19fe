// Takes away snapshots that are no longer kept, without making a reader wait: a snapshot that someone is reading is left for the
// next time, a generation's partition is detached concurrently before it is dropped, and lines that no snapshot sees any more are deleted.
import type pg from "pg";
import { snapshotTables } from "../../src/warehouse/entityTables.ts";
import { snapshotLockClass } from "../../src/warehouse/openReadWarehouse.ts";
import { forever, partitionOf } from "../conform/lineTable.ts";

export type Kept = Readonly<{
  /** Snapshots that stay, the published one included. */
  snapshotsKept: number;
  /** Days that a snapshot stays at least after it was published, beyond that number. */
  daysKept?: number | undefined;
}>;

/** Keeps the published snapshot and the newest others; returns the ids that were taken away. */
export async function cleanSnapshots(client: pg.Client, { snapshotsKept, daysKept = 0 }: Kept): Promise<number[]> {
  const old = await client.query<{ snapshot_id: number }>(
    `SELECT snapshot_id FROM (
       SELECT snapshot_id, published_at FROM snapshot
       WHERE snapshot_id NOT IN (SELECT snapshot_id FROM published_snapshot)
       ORDER BY snapshot_id DESC OFFSET $1
     ) beyond
     WHERE published_at < now() - make_interval(days => $2)`,
    [Math.max(0, snapshotsKept - 1), daysKept],
  );
  const cleaned: number[] = [];
  for (const { snapshot_id } of old.rows) if (await cleanSnapshot(client, snapshot_id)) cleaned.push(snapshot_id);
  await dropUnusedGenerations(client);
  await deleteUnseenLines(client);
  return cleaned;
}

async function cleanSnapshot(client: pg.Client, snapshotId: number): Promise<boolean> {
  await client.query("BEGIN");
  try {
    const locked = await client.query("SELECT pg_try_advisory_xact_lock($1, $2) AS locked", [
      snapshotLockClass,
      snapshotId,
    ]);
    if (!locked.rows[0]?.locked) {
      await client.query("ROLLBACK");
      return false;
    }
    for (const table of snapshotTables())
      await client.query(`DELETE FROM ${table} WHERE snapshot_id = $1`, [snapshotId]);
    await client.query("COMMIT");
    return true;
  } catch (cause) {
    await client.query("ROLLBACK");
    throw cause;
  }
}

/** Drops the partitions of generations that no snapshot refers to. What cannot be had within the time-out is left for later. */
async function dropUnusedGenerations(client: pg.Client): Promise<void> {
  const attached = await client.query<{ generation: number; pending: boolean }>(
    `SELECT substring(c.relname FROM '^fact_sales_g([0-9]+)$')::int AS generation, i.inhdetachpending AS pending
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'fact_sales'::regclass
       AND substring(c.relname FROM '^fact_sales_g([0-9]+)$')::int NOT IN (SELECT generation FROM snapshot)
     ORDER BY i.inhdetachpending DESC, c.oid`,
  );
  const detached = await client.query<{ generation: number }>(
    `SELECT substring(c.relname FROM '^fact_sales_g([0-9]+)$')::int AS generation
     FROM pg_class c
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname ~ '^fact_sales_g[0-9]+$'
       AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)`,
  );
  await withinTimeLimits(client, async () => {
    for (const { generation, pending } of attached.rows) {
      const how = pending ? "FINALIZE" : "CONCURRENTLY";
      await client.query(`ALTER TABLE fact_sales DETACH PARTITION ${partitionOf(generation)} ${how}`);
      await client.query(`DROP TABLE ${partitionOf(generation)}`);
    }
    for (const { generation } of detached.rows) await client.query(`DROP TABLE ${partitionOf(generation)}`);
  });
}

/** Of generations that were appended to: lines withdrawn before the oldest snapshot that is kept, found by the index of withdrawn lines. */
async function deleteUnseenLines(client: pg.Client): Promise<void> {
  const appended = await client.query<{ generation: number }>(
    `SELECT substring(c.relname FROM '^fact_sales_g([0-9]+)_died$')::int AS generation
     FROM pg_class c JOIN pg_index x ON x.indexrelid = c.oid JOIN pg_inherits i ON i.inhrelid = x.indrelid
     WHERE i.inhparent = 'fact_sales'::regclass AND c.relname ~ '^fact_sales_g[0-9]+_died$'`,
  );
  await withinTimeLimits(client, async () => {
    for (const { generation } of appended.rows)
      await client.query(
        `DELETE FROM ${partitionOf(generation)} f
         WHERE f.died < ${forever} AND NOT EXISTS (
           SELECT FROM snapshot s WHERE s.generation = $1 AND s.snapshot_id >= f.born AND s.snapshot_id < f.died)`,
        [generation],
      );
  });
}

async function withinTimeLimits(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query("SET lock_timeout = '2s'; SET statement_timeout = '30s'");
  try {
    await work();
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
  } finally {
    await client.query("RESET lock_timeout; RESET statement_timeout");
  }
}

/** lock_not_available and query_canceled. */
const isTimeout = (cause: unknown) => ["55P03", "57014"].includes(String((cause as { code?: unknown }).code));
