// What is computed once a snapshot is published, so that no load waits for it: where its customers stand, and what is bought together.
// Each part is a transaction of its own and says on record that it is complete; what is missing of any snapshot that is kept is made up for.
import type pg from "pg";
import { snapshotLockClass } from "../../src/warehouse/openReadWarehouse.ts";
import { connectForLoad, type Run } from "../record/loadSession.ts";
import { derivePairs } from "./derivePairs.ts";
import { deriveStandings } from "./deriveStandings.ts";
import type { FollowedSnapshot } from "./followedSnapshot.ts";

/** A part of the work: `run` fills its tables for the snapshot. */
type Part = Readonly<{
  name: string;
  /** Of the published snapshot alone, or of all that are kept. */
  of: "published" | "kept";
  run(run: Run, snapshot: FollowedSnapshot): Promise<void>;
}>;

const parts: readonly Part[] = Object.freeze([
  { name: "standings", of: "kept", run: deriveStandings },
  { name: "pairs", of: "published", run: derivePairs },
]);

export type FollowUpDone = Readonly<{ snapshotId: number; name: string; seconds: number }>;

/** Held while the work goes on: who finds it taken leaves the work to whoever has it. */
const followUpLock = [361, 2] as const;

export type FollowUpOptions = Readonly<{
  url: string;
  /** Ends the connection, and with it what is under way. */
  signal?: AbortSignal;
}>;

/** What was done now, in order; null where another process is at it. */
export async function followUp({ url, signal }: FollowUpOptions): Promise<readonly FollowUpDone[] | null> {
  const client = await connectForLoad(url);
  const abandon = () => void client.end();
  signal?.addEventListener("abort", abandon, { once: true });
  try {
    // While the connection was being made nobody listened.
    if (signal?.aborted) return [];
    const locked = await client.query("SELECT pg_try_advisory_lock($1, $2) AS held", [...followUpLock]);
    if (!locked.rows[0]?.held) return null;
    const done: FollowUpDone[] = [];
    for (let next = await findMissing(client); next !== null; next = await findMissing(client)) {
      const began = performance.now();
      if (!(await complete(client, next, began))) break;
      done.push({
        snapshotId: next.snapshotId,
        name: next.part.name,
        seconds: Math.round(performance.now() - began) / 1000,
      });
    }
    return done;
  } catch (cause) {
    if (signal?.aborted) return [];
    throw cause;
  } finally {
    signal?.removeEventListener("abort", abandon);
    await client.end();
  }
}

type Missing = FollowedSnapshot & Readonly<{ part: Part }>;

/** The published snapshot's first, then the newest. */
async function findMissing(client: pg.Client): Promise<Missing | null> {
  const { rows } = await client.query<FollowedSnapshot & { name: string }>(
    `SELECT s.snapshot_id AS "snapshotId", s.generation, part.name
     FROM snapshot s
     CROSS JOIN unnest($1::text[], $2::boolean[]) WITH ORDINALITY AS part (name, published_only, nth)
     LEFT JOIN published_snapshot p ON p.snapshot_id = s.snapshot_id
     WHERE (p.snapshot_id IS NOT NULL OR NOT part.published_only)
       AND NOT EXISTS (SELECT FROM follow_up f WHERE f.snapshot_id = s.snapshot_id AND f.name = part.name)
     ORDER BY p.snapshot_id IS NULL, s.snapshot_id DESC, part.nth
     LIMIT 1`,
    [parts.map(({ name }) => name), parts.map(({ of }) => of === "published")],
  );
  const [row] = rows;
  const part = parts.find(({ name }) => name === row?.name);
  return row && part ? { snapshotId: row.snapshotId, generation: row.generation, part } : null;
}

/** False where the snapshot is being cleaned away. */
async function complete(client: pg.Client, { part, ...snapshot }: Missing, began: number): Promise<boolean> {
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ;
    SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL work_mem = '64MB';
    SET LOCAL maintenance_work_mem = '64MB';
    SET LOCAL jit = off`);
  try {
    // Who cleans leaves the snapshot alone until this transaction ends.
    const pinned = await client.query(
      `SELECT pg_try_advisory_xact_lock_shared($1, $2) AS held,
         EXISTS (SELECT FROM snapshot WHERE snapshot_id = $2) AS there`,
      [snapshotLockClass, snapshot.snapshotId],
    );
    if (!pinned.rows[0]?.held || !pinned.rows[0]?.there) {
      await client.query("ROLLBACK");
      return false;
    }
    await part.run(runOf(client), snapshot);
    await client.query(
      `INSERT INTO follow_up (snapshot_id, name, finished_at, seconds) VALUES ($1, $2, clock_timestamp(), $3)`,
      [snapshot.snapshotId, part.name, Math.round(performance.now() - began) / 1000],
    );
    await client.query("COMMIT");
    return true;
  } catch (cause) {
    await client.query("ROLLBACK").catch(() => {});
    throw cause;
  }
}

function runOf(client: pg.Client): Run {
  return Object.assign(
    async (text: string, values: readonly unknown[] = []) => {
      const result = await client.query(text, values.length === 0 ? undefined : [...values]);
      return (Array.isArray(result) ? [] : result.rows) as Record<string, unknown>[];
    },
    { count: async (text: string) => (await client.query(text)).rowCount ?? 0 },
  );
}
