// The last step of a load: the snapshot's row, and the pointer to it. Both become true when the load's transaction commits.
import { rollupKeysOf } from "../../src/query/compile/rollupKey.ts";
import { publishChannel } from "../../src/warehouse/listenForPublish.ts";
import { snapshotLockClass } from "../../src/warehouse/openReadWarehouse.ts";
import type { Derived } from "../derive/deriveSnapshot.ts";
import { type KindAmount, totalOf } from "../derive/summariseLines.ts";
import type { Run } from "../record/loadSession.ts";
import { storedAmounts } from "./readPublished.ts";

export type NewSnapshot = Readonly<{
  snapshotId: number;
  generation: number;
  loadRunId: number;
  fingerprint: string;
  formerSnapshotId: number | null;
  currency: string;
  isSample: boolean;
  /** Of all lines of the snapshot. */
  amounts: readonly KindAmount[];
}> &
  Omit<Derived, "notFilled">;

export async function publishSnapshot(run: Run, snapshot: NewSnapshot): Promise<void> {
  // Held until the commit has ended: between the moment when the rows below are seen and the one when every session knows of the new
  // partitions, whoever reads the snapshot waits instead of finding it empty.
  await run("SELECT pg_advisory_xact_lock($1, $2)", [snapshotLockClass, snapshot.snapshotId]);
  const { cuts, filled, amounts } = snapshot;
  const values: Readonly<Record<string, unknown>> = {
    snapshot_id: snapshot.snapshotId,
    generation: snapshot.generation,
    load_run_id: snapshot.loadRunId,
    fingerprint: snapshot.fingerprint,
    former_snapshot_id: snapshot.formerSnapshotId,
    as_of: snapshot.asOf,
    data_from: snapshot.dataFrom,
    data_through: snapshot.dataThrough,
    currency: snapshot.currency,
    lines: totalOf(amounts).lines,
    recency_cuts: cuts.recency,
    frequency_cuts: cuts.frequency,
    monetary_cuts: cuts.monetary,
    monetary: snapshot.monetary,
    cuts_of: snapshot.cutsOf,
    is_sample: snapshot.isSample,
    amounts: JSON.stringify(storedAmounts(amounts)),
    rollups: filled,
    rollup_keys: rollupKeysOf(filled),
  };
  const columns = Object.keys(values);
  await run(
    `INSERT INTO snapshot (published_at, ${columns.join(", ")})
     VALUES (clock_timestamp(), ${columns.map((_, at) => `$${at + 1}`).join(", ")})`,
    Object.values(values),
  );
  await pointTo(run, snapshot.snapshotId);
}

/** Flips the pointer. Servers hear of it once the transaction has committed, and not where it has not. */
export async function pointTo(run: Run, snapshotId: number): Promise<void> {
  await run(
    `INSERT INTO published_snapshot (singleton, snapshot_id) VALUES (true, $1)
     ON CONFLICT (singleton) DO UPDATE SET snapshot_id = excluded.snapshot_id`,
    [snapshotId],
  );
  await run(`NOTIFY ${publishChannel}`);
}
