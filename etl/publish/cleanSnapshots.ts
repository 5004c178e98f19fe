// Takes away snapshots that are no longer kept, without making a reader wait: a snapshot that someone is reading is left for the
// next time, and a generation's partition is detached concurrently before it is dropped.
import type pg from "pg";
import { snapshotTables } from "../../src/warehouse/entityTables.ts";
import { snapshotLockClass } from "../../src/warehouse/openReadWarehouse.ts";
import { partitionOf } from "../conform/conformLines.ts";

/** Keeps the published snapshot and the newest others, `keep` in all; returns the ids that were taken away. */
export async function cleanSnapshots(client: pg.Client, keep: number): Promise<number[]> {
  const old = await client.query<{ snapshot_id: number }>(
    `SELECT s.snapshot_id FROM snapshot s
     WHERE s.snapshot_id NOT IN (SELECT snapshot_id FROM published_snapshot)
     ORDER BY s.snapshot_id DESC OFFSET $1`,
    [Math.max(0, keep - 1)],
  );
  const cleaned: number[] = [];
  for (const { snapshot_id } of old.rows) if (await cleanSnapshot(client, snapshot_id)) cleaned.push(snapshot_id);
  await dropUnusedGenerations(client);
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
  await client.query("SET lock_timeout = '2s'; SET statement_timeout = '30s'");
  try {
    for (const { generation, pending } of attached.rows) {
      const how = pending ? "FINALIZE" : "CONCURRENTLY";
      await client.query(`ALTER TABLE fact_sales DETACH PARTITION ${partitionOf(generation)} ${how}`);
      await client.query(`DROP TABLE ${partitionOf(generation)}`);
    }
    for (const { generation } of detached.rows) await client.query(`DROP TABLE ${partitionOf(generation)}`);
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
  } finally {
    await client.query("RESET lock_timeout; RESET statement_timeout");
  }
}

/** lock_not_available and query_canceled. */
const isTimeout = (cause: unknown) => ["55P03", "57014"].includes(String((cause as { code?: unknown }).code));
