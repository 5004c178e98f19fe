// One transaction from judged files to a published snapshot. The new lines fill a partition of their own, or are added to the one that is
// there; everything that is derived is written anew beside the old; and the pointer is flipped at the end.
import { sumDecimals } from "../src/kernel/decimal.ts";
import { rollupsOfKeys } from "../src/query/compile/rollupKey.ts";
import { isLostConnection } from "../src/warehouse/lostConnection.ts";
import { copyRows } from "./conform/copyRows.ts";
import { countRenamed, describeProducts } from "./conform/describeProducts.ts";
import { gatheredTable, gatherLines } from "./conform/gatherLines.ts";
import { createLineTable, type LineTable, partitionOf, stageTable } from "./conform/lineTable.ts";
import { addLines, attachPartition, makePartition, settleColumns } from "./conform/placeLines.ts";
import { markSettled, settleCorrections } from "./conform/settleCorrections.ts";
import { dropDuplicates, dropSuperseded, nothing, numberLines } from "./conform/settleLines.ts";
import { withdrawLines, withdrawnTable } from "./conform/withdrawLines.ts";
import { deriveSnapshot } from "./derive/deriveSnapshot.ts";
import type { FrozenCuts } from "./derive/freezeCutPoints.ts";
import { type KindAmount, settleKinds, summariseLines, summariseSums, totalOf } from "./derive/summariseLines.ts";
import { expectCustomers, usualModelOptions } from "./expect/expectCustomers.ts";
import { judgePublish } from "./gate/judgePublish.ts";
import { refusalOf } from "./gate/refusalOf.ts";
import { areCorrections } from "./layouts/correctionColumns.ts";
import type { LoadOptions } from "./loadOptions.ts";
import type { LoadReport } from "./loadReport.ts";
import { cleanSnapshots } from "./publish/cleanSnapshots.ts";
import { publishSnapshot } from "./publish/publishSnapshot.ts";
import type { Published } from "./publish/readPublished.ts";
import type { FileEvidence } from "./read/inspectFile.ts";
import { type AccountAmounts, endRun, type LoadWarning, loadedFiles, recordAccount } from "./record/loadRecord.ts";
import { beginLoad, ensureSoleLoader, type LoadSession, type Run } from "./record/loadSession.ts";
import { warningsOfFiles, warningsOfSnapshot } from "./record/loadWarnings.ts";
import type { Clock } from "./record/startClock.ts";

export type Load = Readonly<{
  options: LoadOptions;
  files: readonly FileEvidence[];
  session: LoadSession;
  loadRunId: number;
  clock: Clock;
  fingerprint: string;
  /** What readers have while this load goes on. */
  published: Published | null;
  /** What is added to; null where everything is replaced. */
  base: Published | null;
  /** Whose cut-points are kept; null where they are computed. */
  frozen: FrozenCuts | null;
}>;

export async function makeSnapshot(load: Load): Promise<LoadReport> {
  const { options, files, session, loadRunId, clock, published, base } = load;
  const { run, records } = session;
  await beginLoad(session);

  clock.stage("copy");
  const table = await makeTable(load);
  const copied = await copyRows(load, table);
  const rejected = copied.reduce((sum, each) => sum + each.judgement.rejected, 0);
  const accepted = copied.reduce((sum, each) => sum + each.judgement.accepted, 0);
  const firstRejects = copied.flatMap((each) => each.firstRejects).slice(0, 5);
  const account = { read: accepted + rejected, loaded: 0, duplicate: 0, superseded: 0, rejected, replaced: 0 };
  const refusal = refusalOf({ accepted, rejected }, firstRejects, { files, maxRejects: options.maxRejects });
  if (refusal) {
    await recordAccount(records, loadRunId, { account: { ...account, loaded: accepted } });
    throw refusal;
  }

  clock.stage("conform");
  const isNumbered = copied.every((each) => each.judgement.isNumbered);
  const lines = await conform(load, table, isNumbered);
  const { loaded, held } = lines;
  const judged = { lines: accepted, amount: sumDecimals(copied.map((each) => each.judgement.amount)) };
  const settled = {
    account: {
      ...account,
      loaded: totalOf(loaded).lines,
      duplicate: lines.duplicate.lines,
      superseded: lines.superseded.lines,
      replaced: lines.replaced.lines,
    },
    accountAmounts: {
      read: judged.amount,
      loaded: totalOf(loaded).amount,
      duplicate: lines.duplicate.amount,
      superseded: lines.superseded.amount,
      replaced: lines.replaced.amount,
    } satisfies AccountAmounts,
    amounts: loaded,
  };
  // Before anything is refused or published, so that whoever sees either finds the account.
  await recordAccount(records, loadRunId, settled);

  clock.stage("derive");
  const { snapshotId, generation } = table;
  const derived = await deriveSnapshot(run, {
    options,
    table,
    published,
    base,
    frozen: load.frozen,
    hasNames: files.some((file) => file.hasCustomerName),
  });

  clock.stage("gate");
  const gated = await judgePublish(run, {
    snapshotId,
    former: published && !published.isSample ? { ...published, rollups: rollupsOfKeys(published.rollupKeys) } : null,
    append: base !== null,
    books: { judged, superseded: lines.superseded, duplicate: lines.duplicate, loaded, held, rollups: derived.filled },
    options,
  });
  const warnings = [
    ...gated,
    ...warningsOfFiles(files, copied),
    ...(await warningsOfSnapshot(run, { snapshotId, ...derived, renamed: await countRenamed(run, snapshotId) })),
    ...(load.frozen ? [cutPointsFrozen(load.frozen)] : []),
    ...(options.append && published?.isSample ? [sampleReplaced] : []),
  ];

  clock.stage("models");
  const models = await expectCustomers(session, {
    snapshotId,
    asOf: derived.asOf,
    cardOf: options.scoresOf,
    options: { ...usualModelOptions, ...options.models },
  });

  clock.stage("publish");
  await ensureSoleLoader(session);
  await publishSnapshot(run, {
    snapshotId,
    generation,
    loadRunId,
    fingerprint: load.fingerprint,
    formerSnapshotId: published?.snapshotId ?? null,
    currency: options.currency,
    isSample: options.isSample ?? false,
    amounts: held,
    ...derived,
  });
  await run("COMMIT");

  clock.stage("clean");
  warnings.push(...(await clean(load)));
  const stages = clock.stages();
  const end = { ...settled, warnings, stages, snapshotId, status: "PUBLISHED" } as const;
  await endRun(records, loadRunId, end);
  return {
    mode: options.append ? "APPEND" : "REPLACE",
    addedTo: base?.snapshotId ?? null,
    loadRunId,
    files: loadedFiles(files),
    firstRejects,
    models,
    seconds: clock.seconds(),
    ...end,
  };
}

const cutPointsFrozen = ({ computedIn }: FrozenCuts): LoadWarning => ({
  code: "CUT_POINTS_FROZEN",
  count: 1,
  message: `Customers are scored by the cut-points of snapshot ${computedIn}, not by those of the new population: fifths are no fifths any more.`,
});

const sampleReplaced: LoadWarning = Object.freeze({
  code: "SAMPLE_REPLACED",
  count: 1,
  message: "What was published was the generated sample: these files took its place, instead of being added to it.",
});

/** The partition itself where one file is all there is and says nothing that a line has no place for; else a stage. */
async function makeTable({ files, session, base, options }: Load): Promise<LineTable> {
  const { run } = session;
  const [next] = await run(
    "SELECT coalesce(max(snapshot_id), 0) + 1 AS id FROM (SELECT snapshot_id FROM snapshot UNION ALL SELECT snapshot_id FROM load_run) known",
  );
  const snapshotId = Number(next?.id);
  const generation = base?.generation ?? snapshotId;
  const isCorrection = areCorrections(files);
  const isStage =
    base !== null ||
    files.length > 1 ||
    options.dropDuplicateLines === true ||
    isCorrection ||
    files.some((file) => file.hasCustomerName);
  const table: LineTable = {
    name: isStage ? stageTable : partitionOf(generation),
    isStage,
    isCorrection,
    snapshotId,
    generation,
  };
  await createLineTable(run, table);
  return table;
}

type Conformed = Readonly<{
  superseded: typeof nothing;
  duplicate: typeof nothing;
  /** Lines of what was published before that the new snapshot no longer has. */
  replaced: typeof nothing;
  loaded: readonly KindAmount[];
  /** All lines of the new snapshot. */
  held: readonly KindAmount[];
}>;

async function conform(load: Load, table: LineTable, isNumbered: boolean): Promise<Conformed> {
  const { session, base, published, clock, loadRunId } = load;
  const { run } = session;
  const { superseded, duplicate } = await settle(load, table, isNumbered);
  await gatherLines(run, table);
  const loaded = await summariseSums(run, gatheredTable);

  if (base === null) {
    if (table.isStage) await makePartition(run, table);
    else await settleColumns(run, table);
    await describeProducts(run, table.snapshotId, null);
    clock.stage("index");
    await attachPartition(run, table.generation);
    const replaced = published === null ? nothing : totalOf(await heldBy(run, published));
    return { superseded, duplicate, replaced, loaded, held: loaded };
  }

  await withdrawLines(run, { table, base: base.snapshotId });
  const withdrawn = await summariseLines(run, withdrawnTable);
  await describeProducts(run, table.snapshotId, base.snapshotId);
  const before = await heldBy(run, base);
  clock.stage("index");
  await addLines(run, table);
  if (table.isCorrection) await markSettled(run, { stage: table.name, loadRunId });
  return {
    superseded,
    duplicate,
    replaced: totalOf(withdrawn),
    loaded,
    held: settleKinds(before, withdrawn, loaded),
  };
}

/** Takes out what is not to be loaded, and numbers the rest. */
async function settle(
  { options, files, session, base }: Load,
  table: LineTable,
  isNumbered: boolean,
): Promise<Pick<Conformed, "superseded" | "duplicate">> {
  const { run } = session;
  if (table.isStage) await run(`ANALYZE ${table.name} (invoice)`);
  if (table.isCorrection)
    return settleCorrections(run, { stage: table.name, partition: partitionOf(table.generation), base });
  const superseded = files.length > 1 ? await dropSuperseded(run, table) : nothing;
  const duplicate = options.dropDuplicateLines ? await dropDuplicates(run, table) : nothing;
  if (!isNumbered || duplicate.lines > 0) await numberLines(run, table, duplicate.lines > 0);
  return { superseded, duplicate };
}

/** What the lines of a snapshot amount to; summed where an older version, which did not keep it, made the snapshot. */
async function heldBy(run: Run, { generation, snapshotId, amounts }: Published): Promise<readonly KindAmount[]> {
  if (amounts !== null) return amounts;
  const lines = `${partitionOf(generation)} WHERE born <= ${snapshotId} AND died > ${snapshotId}`;
  return summariseLines(run, `(SELECT * FROM ${lines}) f`);
}

/** The snapshot is published: that an old one could not be taken away now is no failure of this load, and the next one tries again. */
async function clean({ session, options }: Load): Promise<LoadWarning[]> {
  try {
    await cleanSnapshots(session.records, options);
    return [];
  } catch (cause) {
    if (isLostConnection(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    return [{ code: "NOT_CLEANED", count: 1, message: `Old snapshots are still there: ${why}` }];
  }
}
