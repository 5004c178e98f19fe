// Back to a snapshot that is still kept: the pointer alone moves, in one transaction, and the record says who was there before.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { isLostConnection, unavailable } from "../src/warehouse/lostConnection.ts";
import { pointTo } from "./publish/publishSnapshot.ts";
import { beginRun, endRun, settleDeadRuns } from "./record/loadRecord.ts";
import { beginLoad, openLoadSession } from "./record/loadSession.ts";

export type Rollback = Readonly<{
  loadRunId: number;
  /** Snapshots: the one that was published, and the one that is now. */
  from: number;
  to: number;
  asOf: string;
  lines: number;
}>;

/** To the snapshot before, or to the one that is named. Throws SNAPSHOT_EXPIRED where it is not kept. */
export async function rollBack({ url, to }: Readonly<{ url: string; to?: number | undefined }>): Promise<Rollback> {
  const session = await openLoadSession(url).catch((cause: unknown) => {
    throw isLostConnection(cause) ? unavailable(cause) : cause;
  });
  const { records, run } = session;
  try {
    await settleDeadRuns(records);
    const published = await records.query<{ id: number; former: number | null }>(
      `SELECT s.snapshot_id AS id, s.former_snapshot_id AS former
       FROM published_snapshot p JOIN snapshot s USING (snapshot_id)`,
    );
    const { id: from, former = null } = published.rows[0] ?? {};
    if (from === undefined) {
      throw new Consumer360Error("WAREHOUSE_NOT_READY", "Nothing has been published yet.", {
        remedy: "Load a file: npx consumer360 load FILE.",
      });
    }
    const kept = await records.query<{ id: number; asOf: string; lines: number }>(
      `SELECT snapshot_id AS id, as_of AS "asOf", lines::float8 AS lines FROM snapshot WHERE snapshot_id <> $1 ORDER BY 1 DESC`,
      [from],
    );
    // What had been published before: not always the number before, which may be what somebody went back from. Older versions did not say.
    const asked = to ?? former;
    const target = kept.rows.find(({ id }) => (asked === null ? id < from : id === asked));
    if (!target)
      throw notKept(
        to,
        from,
        kept.rows.map(({ id }) => id),
      );
    // In one transaction, unlike a load's: there is no way between that would be worth a record.
    await beginLoad(session);
    const loadRunId = await beginRun(session.work, "ROLLBACK", { from });
    await pointTo(run, target.id);
    await endRun(session.work, loadRunId, { status: "PUBLISHED", warnings: [], stages: [], snapshotId: target.id });
    await run("COMMIT");
    return Object.freeze({ loadRunId, from, to: target.id, asOf: target.asOf, lines: target.lines });
  } catch (cause) {
    throw isLostConnection(cause) ? unavailable(cause) : cause;
  } finally {
    await session.close();
  }
}

function notKept(to: number | undefined, from: number, others: readonly number[]): Consumer360Error {
  if (to === from) {
    return new Consumer360Error("SNAPSHOT_EXPIRED", `Snapshot ${to} is the one that is published.`, {
      remedy: "Nothing need be done.",
    });
  }
  const kept = others.length === 0 ? "none but the published one is" : `kept are ${others.join(", ")}`;
  return new Consumer360Error(
    "SNAPSHOT_EXPIRED",
    to === undefined
      ? `There is no snapshot before ${from} any more: ${kept}.`
      : `Snapshot ${to} is not kept: ${kept}.`,
    { remedy: "Load the files once more; SNAPSHOTS_KEPT and SNAPSHOT_DAYS say how many stay." },
  );
}
