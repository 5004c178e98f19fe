// Which snapshots what is published now was made from, told from the record of the loads: an append is made from what was published before
// it, a replacing load from nothing, and a rollback publishes an older one again.
import type { Run } from "../record/loadSession.ts";

export type Lineage = Readonly<{
  /** Snapshots from the first of the generation to the one that is added to. */
  snapshots: ReadonlySet<number>;
  /** Those of them that were added to an older snapshot after a rollback: lines that came back then seem to be theirs. */
  restoring: ReadonlySet<number>;
}>;

/** `base`: the snapshot that is added to. */
export async function readLineage(
  run: Run,
  base: Readonly<{ snapshotId: number; generation: number }>,
): Promise<Lineage> {
  const rows = await run(
    `SELECT snapshot_id, mode FROM load_run
     WHERE status = 'PUBLISHED' AND snapshot_id >= $1 ORDER BY load_run_id`,
    [base.generation],
  );
  const parents = new Map<number, number | null>();
  const appended: number[] = [];
  const restored = new Set<number>();
  let published: number | null = null;
  for (const { snapshot_id, mode } of rows) {
    const id = Number(snapshot_id);
    if (mode === "APPEND") {
      const parent: number | null = published;
      parents.set(id, parent);
      if (appended.some((other) => parent !== null && other > parent)) restored.add(id);
      appended.push(id);
    } else if (mode === "REPLACE") parents.set(id, null);
    published = id;
  }
  const snapshots = new Set<number>();
  for (let at: number | null | undefined = base.snapshotId; typeof at === "number"; at = parents.get(at)) {
    snapshots.add(at);
    // An append to the generated sample, or to nothing, begins a generation as well.
    if (at === base.generation) break;
  }
  return { snapshots, restoring: new Set([...restored].filter((id) => snapshots.has(id))) };
}
