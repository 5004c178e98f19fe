// The last step of a load: the snapshot's row, and the pointer to it. Both become true when the load's transaction commits.
import { rollupKeysOf } from "../../src/query/compile/rollupKey.ts";
import type { CutPoints } from "../derive/deriveSegments.ts";
import type { Run } from "../record/loadSession.ts";

export type NewSnapshot = Readonly<{
  snapshotId: number;
  generation: number;
  loadRunId: number;
  fingerprint: string;
  asOf: string;
  dataFrom: string;
  dataThrough: string;
  currency: string;
  lines: number;
  cuts: CutPoints;
  /** Names of the rollups that hold the snapshot whole. */
  rollups: readonly string[];
}>;

export async function publishSnapshot(run: Run, snapshot: NewSnapshot): Promise<void> {
  await run(
    `INSERT INTO snapshot (snapshot_id, generation, load_run_id, fingerprint, published_at, as_of, data_from, data_through,
       currency, lines, recency_cuts, frequency_cuts, monetary_cuts, rollups, rollup_keys)
     VALUES ($1, $2, $3, $4, clock_timestamp(), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      snapshot.snapshotId,
      snapshot.generation,
      snapshot.loadRunId,
      snapshot.fingerprint,
      snapshot.asOf,
      snapshot.dataFrom,
      snapshot.dataThrough,
      snapshot.currency,
      snapshot.lines,
      snapshot.cuts.recency,
      snapshot.cuts.frequency,
      snapshot.cuts.monetary,
      snapshot.rollups,
      rollupKeysOf(snapshot.rollups),
    ],
  );
  await run(
    `INSERT INTO published_snapshot (singleton, snapshot_id) VALUES (true, $1)
     ON CONFLICT (singleton) DO UPDATE SET snapshot_id = excluded.snapshot_id`,
    [snapshot.snapshotId],
  );
}
