// A load, from files to a published snapshot: read → stage → judge → conform → derive → gate → publish, in one transaction. Whatever
// happens before the commit, readers keep the snapshot they had.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Consumer360Error } from "../src/kernel/errors.ts";
import { rollups } from "../src/model/rollups.ts";
import { rollupKey } from "../src/query/compile/rollupKey.ts";
import { isLostConnection, unavailable } from "../src/warehouse/lostConnection.ts";
import { progressOf } from "./conform/copyRows.ts";
import { freezeCutPoints } from "./derive/freezeCutPoints.ts";
import type { LoadOptions } from "./loadOptions.ts";
import type { LoadReport } from "./loadReport.ts";
import { type Load, makeSnapshot } from "./makeSnapshot.ts";
import { type Published, readPublished } from "./publish/readPublished.ts";
import { type FileEvidence, inspectFile } from "./read/inspectFile.ts";
import {
  beginRun,
  emptyAccount,
  emptyAmounts,
  endRun,
  hasPublished,
  loadedFiles,
  recordFiles,
  settleDeadRuns,
} from "./record/loadRecord.ts";
import { awaitTransaction, type LoadSession, openLoadSession } from "./record/loadSession.ts";
import { type Clock, startClock } from "./record/startClock.ts";

/** Part of what makes two loads the same: raised when the same file would make a different warehouse. */
const loaderVersion = 5;

export async function loadFiles(options: LoadOptions): Promise<LoadReport> {
  if (options.paths.length === 0) throw new Error("A load needs a file.");
  const clock = startClock(options.onProgress);
  clock.stage("read");
  try {
    const session = await openLoadSession(options.url);
    try {
      return await loadOnRecord(options, session, clock);
    } finally {
      await session.close();
    }
  } catch (cause) {
    // Also of what went wrong before there was a record.
    throw told(cause);
  }
}

async function loadOnRecord(options: LoadOptions, session: LoadSession, clock: Clock): Promise<LoadReport> {
  await settleDeadRuns(session.records);
  const mode = options.append ? "APPEND" : "REPLACE";
  const loadRunId = await beginRun(session.records, mode, recordedOptions(options));
  try {
    return await load({ options, session, loadRunId, clock });
  } catch (cause) {
    const error = told(cause);
    await recordFailure({ session, loadRunId, clock }, error);
    throw error;
  }
}

type Begun = Readonly<{ options: LoadOptions; session: LoadSession; loadRunId: number; clock: Clock }>;

async function load(begun: Begun): Promise<LoadReport> {
  const { options, session, loadRunId } = begun;
  const files = await inspectFiles(begun);
  const published = await readPublished(session.records);
  const fingerprint = fingerprintOf(files, options);
  if (published?.fingerprint === fingerprint && options.again !== true) {
    return leaveUnchanged(begun, files, published);
  }
  const base = options.append && published && !published.isSample ? published : null;
  if (base && base.currency !== options.currency) {
    throw new Consumer360Error(
      "CURRENCY_DIFFERS",
      `The warehouse's amounts are in ${base.currency}, and these files' would be in ${options.currency}.`,
      {
        remedy: "A warehouse has one currency: set CURRENCY to it, or load without --append to replace what is there.",
      },
    );
  }
  const frozen = freezeCutPoints(published, options);
  const known: Load = { ...begun, files, published, base, frozen, fingerprint };
  await recordFiles(session.records, loadRunId, loadedFiles(files));
  return makeSnapshot(known);
}

/** The first pass over each file, in turn. */
async function inspectFiles({ options, session, loadRunId }: Begun): Promise<readonly FileEvidence[]> {
  const { paths, reading, onProgress } = options;
  const files: FileEvidence[] = [];
  const sizes = await Promise.all(paths.map(async (path) => ({ bytes: await sizeOf(path) })));
  let before = 0;
  for (const [at, path] of paths.entries()) {
    const evidence = await inspectFile(path, {
      ...reading,
      onProgress: (done) =>
        onProgress?.({ ...progressOf("read", sizes, at), done: before + done, file: basename(path) }),
    });
    before += evidence.bytes;
    files.push(evidence);
    // On record as they are found, so that a load which fails at the next says which these were.
    if (paths.length > 1) await recordFiles(session.records, loadRunId, loadedFiles(files));
  }
  return files;
}

/** What cannot be read says so when it is. */
const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

async function leaveUnchanged(
  { options, session, loadRunId, clock }: Begun,
  files: readonly FileEvidence[],
  { snapshotId }: Published,
): Promise<LoadReport> {
  await recordFiles(session.records, loadRunId, loadedFiles(files));
  const end = {
    status: "UNCHANGED",
    account: emptyAccount,
    accountAmounts: emptyAmounts,
    amounts: [],
    warnings: [],
    stages: clock.stages(),
    snapshotId,
  } as const;
  await endRun(session.records, loadRunId, end);
  return {
    mode: options.append ? "APPEND" : "REPLACE",
    addedTo: null,
    loadRunId,
    files: loadedFiles(files),
    firstRejects: [],
    models: null,
    seconds: clock.seconds(),
    ...end,
  };
}

/** Equal for two loads that would make the same warehouse of the same one. */
function fingerprintOf(files: readonly FileEvidence[], options: LoadOptions): string {
  const {
    append = false,
    dropDuplicateLines = false,
    asOf = null,
    currency,
    monetary,
    scoresOf = null,
    models,
  } = options;
  const parts = [
    loaderVersion,
    rollups.map(rollupKey),
    files.map(({ sha256, readAs }) => [sha256, readAs]),
    {
      append,
      dropDuplicateLines,
      asOf,
      currency,
      monetary,
      scoresOf,
      models,
      ...(options.freezeCutPoints ? { freezes: true } : {}),
    },
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** What was asked for beside the files, where it is not what is usual. */
function recordedOptions(options: LoadOptions): Readonly<Record<string, unknown>> {
  const { dropDuplicateLines, asOf, monetary, maxRejects, tolerances, allow = [], again, isSample, models } = options;
  const { freezeCutPoints: freezes } = options;
  return {
    maxRejects,
    ...(dropDuplicateLines ? { dropDuplicateLines } : {}),
    ...(asOf ? { asOf } : {}),
    ...(monetary ? { monetary } : {}),
    ...(tolerances ? { tolerances } : {}),
    ...(allow.length > 0 ? { allow } : {}),
    ...(again ? { again } : {}),
    ...(freezes ? { freezeCutPoints: freezes } : {}),
    ...(isSample ? { isSample } : {}),
    ...(models ? { models } : {}),
  };
}

/** What went wrong in words for whoever loads, where it is none of the loader's own errors. */
function told(cause: unknown): unknown {
  if (cause instanceof Consumer360Error) return cause;
  if (isLostConnection(cause)) return unavailable(cause);
  const code = (cause as { code?: unknown } | null)?.code;
  // disk_full, and a server that was told to use no more
  if (code === "53100" || code === "53400") {
    return new Consumer360Error("WAREHOUSE_FULL", "The warehouse's PostgreSQL has no room left on its disk.", {
      remedy: "Make room on the disk that holds it and load again: what was published has not changed.",
      cause,
    });
  }
  return cause;
}

async function recordFailure({ session, loadRunId, clock }: Omit<Begun, "options">, cause: unknown): Promise<void> {
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
