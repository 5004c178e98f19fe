// Takes away snapshots that are no longer kept, without making a reader wait: a snapshot that someone is reading is left for the
// next time, then go the partitions that none needs any more, and lines that no snapshot sees any more are deleted.
import type pg from "pg";
import { snapshotTables } from "../../src/warehouse/entityTables.ts";
import { snapshotLockClass } from "../../src/warehouse/openReadWarehouse.ts";
import { forever, partitionOf } from "../conform/lineTable.ts";
import { dropUnusedPartitions } from "./dropUnusedPartitions.ts";
import { withinTimeLimits } from "./withinTimeLimits.ts";

export type Kept = Readonly<{
  /** Snapshots that stay, the published one included. */
  snapshotsKept: number;
  /** Days that a snapshot stays at least after it was published, beyond that number. */
  daysKept?: number | undefined;
}>;

/** Keeps the published snapshot, the one that was published before it, and the newest others; returns the ids that were taken away. */
export async function cleanSnapshots(client: pg.Client, { snapshotsKept, daysKept = 0 }: Kept): Promise<number[]> {
  const old = await client.query<{ snapshot_id: number }>(
    `SELECT snapshot_id FROM (
       SELECT snapshot_id, published_at FROM snapshot
       WHERE snapshot_id NOT IN (SELECT snapshot_id FROM published_snapshot)
       ORDER BY snapshot_id = (
         SELECT former_snapshot_id FROM snapshot JOIN published_snapshot USING (snapshot_id)
       ) DESC NULLS LAST, snapshot_id DESC OFFSET $1
     ) beyond
     WHERE published_at < now() - make_interval(days => $2)`,
    [Math.max(0, snapshotsKept - 1), daysKept],
  );
  const cleaned: number[] = [];
  for (const { snapshot_id } of old.rows) if (await cleanSnapshot(client, snapshot_id)) cleaned.push(snapshot_id);
  await dropUnusedPartitions(client);
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
