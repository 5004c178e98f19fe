// Writes a list of customers to where it goes, all of it at one snapshot, and says how much it was and of which snapshot.
import { setTimeout as sleep } from "node:timers/promises";
import { limitStatements } from "../src/graph/limitStatements.ts";
import { pseudonymOf } from "../src/graph/pseudonymOf.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Scope } from "../src/model/scope.ts";
import { readSnapshot } from "../src/query/readSnapshot.ts";
import type { SnapshotFacts } from "../src/query/snapshotFacts.ts";
import type { RowFormat } from "../src/server/formatRows.ts";
import { graphKeys } from "../src/server/graphKeys.ts";
import { openAccessRecords } from "../src/warehouse/openAccessRecords.ts";
import { openReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import type { Told } from "./auditExport.ts";
import type { Output } from "./chooseOutput.ts";
import type { Column, ListName } from "./exportedLists.ts";
import { formatCounted, formatSeconds } from "./formatProgress.ts";
import type { Database } from "./openDatabase.ts";
import { type ExportPage, readExport } from "./readExport.ts";
import type { Progress } from "./showProgress.ts";
import type { StopSignal } from "./stopSignal.ts";
import { writeOutput } from "./writeOutput.ts";

/** Milliseconds. */
const patience = 3000;

type Writing = Readonly<{
  list: ListName;
  columns: readonly Column[];
  format: RowFormat;
  scope: Scope;
  snapshotId: number | undefined;
  database: Database;
  output: Output;
  progress: Progress;
  stop: StopSignal;
  /** Aborted where the export is given up: no statement is begun from then on, and one that runs is left. */
  givenUp: AbortSignal;
  /** Is told what was read, also where the export fails. */
  told: Told;
}>;

export async function writeExport(writing: Writing): Promise<void> {
  const { list, columns, format, scope, snapshotId, database, output, progress, stop, givenUp, told } = writing;
  const began = performance.now();
  const opened = openReadWarehouse(database.readerUrl, { maxConnections: 2 });
  try {
    const warehouse = limitStatements(
      opened,
      () => givenUp.aborted,
      () => givenUp,
    );
    const snapshot = await stop.orStop(readSnapshot(warehouse, snapshotId)).catch(remedied);
    told.snapshotId = snapshot.snapshotId;
    const nameOf = await stop.orStop(pseudonyms(scope, database));
    const pages = readExport({ list, columns, asker: { warehouse, snapshot, scope }, pseudonymOf: nameOf });
    // on the terminal that the rows go to, progress would stand among them
    const shown = output.kind === "standard" && process.stdout.isTTY ? { show: () => undefined } : progress;
    const work = writeOutput(texts(pages, format, shown, told), output, givenUp);
    try {
      const taken = await stop.orStop(work).catch(remedied);
      const seconds = (performance.now() - began) / 1000;
      progress.say(summary({ taken, rows: told.rows, output, snapshot, seconds }));
    } finally {
      // what was begun is cleared away before the process ends; a device that does not take what it is given keeps nobody for longer
      await Promise.race([work.catch(() => undefined), sleep(patience, undefined, { ref: false })]);
    }
  } finally {
    await opened.close();
  }
}

/** A snapshot that is gone is met where it is named, and where a load cleans it away meanwhile: there is no page to begin again from. */
function remedied(error: unknown): never {
  if (!(error instanceof Consumer360Error) || error.code !== "SNAPSHOT_EXPIRED") throw error;
  throw new Consumer360Error(error.code, error.message, {
    remedy: "Export again, without --snapshot: the published one is written.",
    cause: error,
  });
}

/** Nothing before the first page is there: a list that is refused has no head either. */
async function* texts(
  pages: AsyncIterable<ExportPage>,
  { head, row }: RowFormat,
  { show }: Pick<Progress, "show">,
  told: Told,
): AsyncGenerator<string, void> {
  let before = head;
  show({ stage: "writing rows" });
  for await (const { rows, totalCount } of pages) {
    told.rows += rows.length;
    yield before + rows.map(row).join("");
    before = "";
    show({ stage: "writing rows", done: told.rows, total: totalCount, unit: "rows" });
  }
}

/** The same names that the servers of this warehouse make up. */
async function pseudonyms({ masks }: Scope, { url }: Database): Promise<(customerId: string) => string> {
  if (masks.customerName !== "pseudonym") return () => "";
  const records = openAccessRecords(url);
  try {
    const keys = graphKeys(await records.serverSecret());
    return (customerId) => pseudonymOf(keys.pseudonyms, customerId);
  } finally {
    await records.close();
  }
}

function summary({
  taken,
  rows,
  output,
  snapshot,
  seconds,
}: Readonly<{ taken: boolean; rows: number; output: Output; snapshot: SnapshotFacts; seconds: number }>): string {
  const of = `snapshot ${snapshot.snapshotId}, as of ${snapshot.asOf}, amounts in ${snapshot.currency}`;
  if (!taken) return `The reader went away before the end of the list (${of}).`;
  const where = output.kind === "standard" ? "" : ` to ${output.path}`;
  return `Wrote ${formatCounted(rows, "row")}${where} in ${formatSeconds(seconds)} (${of}).`;
}
