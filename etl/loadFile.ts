// A load, from a file to a published snapshot: read → stage → judge → gate → conform → derive → publish, in one transaction. Whatever
// happens before the commit, readers keep the snapshot they had.
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { addDays } from "../src/kernel/calendar.ts";
import { toDecimal } from "../src/kernel/decimal.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import { rollups } from "../src/model/rollups.ts";
import type { Moment } from "../src/query/compile/moment.ts";
import { rollupKey } from "../src/query/compile/rollupKey.ts";
import type { RowAccount } from "../src/warehouse/entities/LoadRun.ts";
import { isLostConnection, unavailable } from "../src/warehouse/lostConnection.ts";
import { attachLines, conformLines, partitionOf } from "./conform/conformLines.ts";
import { describeProducts } from "./conform/describeProducts.ts";
import { copyIntoStage, createStageTable, stageColumns, stageTable } from "./conform/stageTable.ts";
import { deriveCells } from "./derive/deriveCells.ts";
import { type Derivation, storedTables } from "./derive/derivedTables.ts";
import { deriveOrders } from "./derive/deriveOrders.ts";
import { deriveSegments } from "./derive/deriveSegments.ts";
import { notFilledWarning } from "./derive/notFilledWarning.ts";
import { type KindAmount, summariseLines } from "./derive/summariseLines.ts";
import { refusalOf } from "./gate/refusalOf.ts";
import { type Judgement, judgeRows } from "./judge/judgeRows.ts";
import type { Reject } from "./judge/rejectCodes.ts";
import { cleanSnapshots } from "./publish/cleanSnapshots.ts";
import { publishSnapshot } from "./publish/publishSnapshot.ts";
import { type FileEvidence, inspectFile, type ReadingOptions } from "./read/inspectFile.ts";
import {
  beginRun,
  emptyAccount,
  endRun,
  hasPublished,
  type LoadedFile,
  type LoadStage,
  type LoadWarning,
  loadedFile,
  makeRejectLog,
  recordAccount,
  settleDeadRuns,
} from "./record/loadRecord.ts";
import { awaitTransaction, beginLoad, type LoadSession, openLoadSession } from "./record/loadSession.ts";
import { type LoadProgress, startClock } from "./record/startClock.ts";

export type LoadOptions = ReadingOptions &
  Readonly<{
    url: string;
    path: string;
    /** ISO 4217; the file does not say. */
    currency: string;
    /** Share of rows that may be rejected before the load is stopped. */
    maxRejects: number;
    /** Load even the file that the published snapshot was made of, as after damage. */
    again?: boolean | undefined;
    /**
     * A snapshot, still kept, whose scores, segments and cut-points stay: of its customers whatever the new lines say, of new customers by its
     * cut-points. For tests of what else follows from the lines; no command offers it.
     */
    scoresOf?: number | undefined;
    /** Snapshots that stay, the new one included; at least 2, so that readers under way can finish. */
    snapshotsKept: number;
    onProgress?: ((progress: LoadProgress) => void) | undefined;
  }>;

export type LoadReport = Readonly<{
  status: "PUBLISHED" | "UNCHANGED";
  loadRunId: number;
  snapshotId: number;
  file: LoadedFile;
  account: RowAccount;
  /** At most five, each with the beginning of its text; `account.rejected` counts them all. */
  firstRejects: readonly Reject[];
  amounts: readonly KindAmount[];
  warnings: readonly LoadWarning[];
  stages: readonly LoadStage[];
  seconds: number;
}>;

/** Part of what makes two loads the same: raised when the same file would make a different warehouse. */
const loaderVersion = 3;

export async function loadFile(options: LoadOptions): Promise<LoadReport> {
  const clock = startClock(options.onProgress);
  clock.stage("read");
  const evidence = await inspectFile(options.path, {
    ...options,
    onProgress: (done, total) => options.onProgress?.({ stage: "read", done, total, unit: "bytes" }),
  });
  const session = await openLoadSession(options.url);
  try {
    await settleDeadRuns(session.records);
    const fingerprint = fingerprintOf(evidence, options);
    const published = await readPublished(session);
    const loadRunId = await beginRun(session.records, loadedFile(evidence));
    const load = { options, evidence, session, fingerprint, published, loadRunId, clock };
    try {
      const isThere = published?.fingerprint === fingerprint && options.again !== true;
      return isThere ? await leaveUnchanged(load, published) : await makeSnapshot(load);
    } catch (cause) {
      const error = isLostConnection(cause) ? unavailable(cause) : cause;
      await recordFailure(load, error);
      throw error;
    }
  } finally {
    await session.close();
  }
}

type Published = Readonly<{ snapshotId: number; fingerprint: string; lines: number }>;
type Clock = ReturnType<typeof startClock>;
type Load = Readonly<{
  options: LoadOptions;
  evidence: FileEvidence;
  session: LoadSession;
  fingerprint: string;
  published: Published | null;
  loadRunId: number;
  clock: Clock;
}>;

async function leaveUnchanged(load: Load, published: Published): Promise<LoadReport> {
  const { session, loadRunId, evidence, clock } = load;
  const end = {
    account: emptyAccount,
    warnings: [],
    stages: clock.stages(),
    snapshotId: published.snapshotId,
  };
  await endRun(session.records, loadRunId, { status: "UNCHANGED", ...end });
  const nothing = { amounts: [], firstRejects: [] };
  return { status: "UNCHANGED", loadRunId, file: loadedFile(evidence), seconds: clock.seconds(), ...nothing, ...end };
}

async function makeSnapshot(load: Load): Promise<LoadReport> {
  const { options, evidence, session, loadRunId, clock, published } = load;
  const { run, records } = session;
  await beginLoad(session);

  clock.stage("copy");
  const { judgement, firstRejects } = await stageRows(load);
  const account = accountOf(judgement, published);
  const refusal = refusalOf(judgement, firstRejects, options);
  if (refusal) {
    await recordAccount(records, loadRunId, account);
    throw refusal;
  }

  clock.stage("conform");
  const [next] = await run(
    "SELECT coalesce(max(snapshot_id), 0) + 1 AS id FROM (SELECT snapshot_id FROM snapshot UNION ALL SELECT snapshot_id FROM load_run) known",
  );
  const snapshotId = Number(next?.id);
  const partition = partitionOf(snapshotId);
  const lines = await conformLines(run, snapshotId, evidence.layout.marks);
  if (lines !== judgement.accepted)
    throw new Error(`${judgement.accepted} rows were accepted, but ${lines} lines were made.`);
  await describeProducts(run, snapshotId);
  await run("ANALYZE dim_product");
  await run(`DROP TABLE ${stageTable}`);
  clock.stage("index");
  await attachLines(run, snapshotId);

  clock.stage("derive");
  const { dataFrom, dataThrough, amounts } = await summariseLines(run, partition);
  const asOf = addDays(dataThrough, 1);
  const moment: Moment = { snapshot: String(snapshotId), generation: String(snapshotId), asOf: `date '${asOf}'` };
  const derivation: Derivation = { tables: storedTables, snapshotId, moment, scoresOf: options.scoresOf };
  await deriveOrders(run, partition, moment);
  const cuts = await deriveSegments(run, derivation);
  const { filled, notFilled } = await deriveCells(run, derivation);

  clock.stage("publish");
  await recordAccount(records, loadRunId, account);
  await publishSnapshot(run, {
    snapshotId,
    generation: snapshotId,
    loadRunId,
    fingerprint: load.fingerprint,
    asOf,
    dataFrom,
    dataThrough,
    currency: options.currency,
    lines,
    cuts,
    rollups: filled,
  });
  await run("COMMIT");

  clock.stage("clean");
  const warnings = [...warningsOf(evidence), ...notFilled.map(notFilledWarning)];
  // The snapshot is published: that an old one could not be taken away now is no failure of this load, and the next one tries again.
  await cleanSnapshots(records, options.snapshotsKept).catch((cause: unknown) => {
    if (isLostConnection(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    warnings.push({ code: "NOT_CLEANED", count: 1, message: `Old snapshots are still there: ${why}` });
  });
  const end = { account, warnings, snapshotId };
  const stages = clock.stages();
  await endRun(records, loadRunId, { status: "PUBLISHED", ...end, stages });
  return {
    status: "PUBLISHED",
    loadRunId,
    file: loadedFile(evidence),
    firstRejects,
    amounts,
    seconds: clock.seconds(),
    stages,
    ...end,
  };
}

type Staged = Readonly<{ judgement: Judgement; firstRejects: readonly Reject[] }>;

async function stageRows({ options, evidence, session, loadRunId }: Load): Promise<Staged> {
  await session.run(createStageTable());
  const rejects = makeRejectLog(session.records, loadRunId, evidence.name);
  const rows = judgeRows(evidence, {
    columns: stageColumns,
    onReject: rejects.add,
    onProgress: (done, total) => options.onProgress?.({ stage: "copy", done, total, unit: "bytes" }),
  });
  const copy = session.work.query(copyFrom(copyIntoStage(evidence.encoding)));
  let judgement: Judgement = { accepted: 0, rejected: 0, bytesRead: 0, amount: toDecimal(0), edgeSpaces: 0 };
  await pipeline(async function* () {
    judgement = yield* rows;
  }, copy);
  await rejects.flush();
  return { judgement, firstRejects: rejects.first() };
}

function accountOf(judgement: Judgement, published: Published | null): RowAccount {
  return {
    ...emptyAccount,
    read: judgement.accepted + judgement.rejected,
    loaded: judgement.accepted,
    rejected: judgement.rejected,
    replaced: published?.lines ?? 0,
  };
}

async function readPublished({ records }: LoadSession): Promise<Published | null> {
  const { rows } = await records.query(
    "SELECT s.snapshot_id, s.fingerprint, s.lines FROM published_snapshot p JOIN snapshot s USING (snapshot_id)",
  );
  const [row] = rows;
  return row ? { snapshotId: row.snapshot_id, fingerprint: row.fingerprint, lines: Number(row.lines) } : null;
}

function warningsOf(evidence: FileEvidence): LoadWarning[] {
  if (evidence.extraColumns.length === 0) return [];
  const names = evidence.extraColumns.join(", ");
  return [
    { code: "EXTRA_COLUMNS", count: evidence.extraColumns.length, message: `Columns that were not loaded: ${names}.` },
  ];
}

/** Equal for two loads that would make the same warehouse. */
function fingerprintOf(
  evidence: FileEvidence,
  { currency, scoresOf }: Pick<LoadOptions, "currency" | "scoresOf">,
): string {
  const rollupKeys = rollups.map(rollupKey);
  const parts = [loaderVersion, rollupKeys, evidence.sha256, evidence.readAs, currency];
  const known = scoresOf === undefined ? parts : [...parts, scoresOf];
  return createHash("sha256").update(JSON.stringify(known)).digest("hex");
}

async function recordFailure({ session, loadRunId, clock }: Load, cause: unknown): Promise<void> {
  const known = cause instanceof Consumer360Error;
  const rolledBack = await session.work.query("ROLLBACK").then(
    () => true,
    () => false,
  );
  try {
    if (!rolledBack) await awaitTransaction(session.records);
    if (await hasPublished(session.records, loadRunId)) return await settleDeadRuns(session.records);
    await endRun(session.records, loadRunId, {
      status: "FAILED",
      warnings: [],
      stages: clock.stages(),
      snapshotId: null,
      errorCode: known ? cause.code : "INTERNAL",
      errorMessage: cause instanceof Error ? cause.message : String(cause),
    });
  } catch {
    // Without a connection the record stays as it is; the next load settles it.
  }
}
