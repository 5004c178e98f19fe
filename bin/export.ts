// `consumer360 export`: a list of customers as a file, as the owner or a role sees it, all of it at one snapshot. Data goes to the file
// or to standard output and nothing else does; whose sight it was and which snapshot, is said on standard error.
import type { Command } from "commander";
import { scopeOf } from "../src/access/scopeOf.ts";
import { limitStatements } from "../src/graph/limitStatements.ts";
import { pseudonymOf } from "../src/graph/pseudonymOf.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Scope } from "../src/model/scope.ts";
import { readSnapshot } from "../src/query/readSnapshot.ts";
import type { SnapshotFacts } from "../src/query/snapshotFacts.ts";
import { graphKeys } from "../src/server/graphKeys.ts";
import { type Config, readConfig } from "../src/server/readConfig.ts";
import { openAccessRecords } from "../src/warehouse/openAccessRecords.ts";
import { openReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import { chooseOutput, type Output } from "./chooseOutput.ts";
import { exportedLists, type ListName } from "./exportedLists.ts";
import { csvFormat, type ExportFormat, jsonlFormat } from "./formatExport.ts";
import { formatCounted, formatSeconds } from "./formatProgress.ts";
import { type Database, hasDatabase, openServedDatabase } from "./openDatabase.ts";
import type { OutputFlags } from "./outputOptions.ts";
import type { Claims } from "./parseClaims.ts";
import { type ExportPage, readExport } from "./readExport.ts";
import { ownerScope } from "./readLoaded.ts";
import { roleOf } from "./roleOf.ts";
import { showProgress } from "./showProgress.ts";
import { type StopSignal, stopSignal } from "./stopSignal.ts";
import { type VisibleColumns, visibleColumns } from "./visibleColumns.ts";
import { warnOfClaims } from "./warnOfClaims.ts";
import { writeOutput } from "./writeOutput.ts";

export type ExportFlags = OutputFlags & Readonly<{ role?: string; claim?: Claims; snapshot?: number }>;

type Progress = ReturnType<typeof showProgress>;

export async function exportList(list: ListName, flags: ExportFlags, command: Command): Promise<void> {
  const { format, bom = false, snapshot: snapshotId } = flags;
  if (bom && format !== "csv") {
    return command.error("consumer360: a byte order mark is for CSV; leave --bom or --format jsonl out");
  }
  const config = readConfig();
  const output = await chooseOutput(flags, `${exportedLists[list].fileName}.${format}`, command);
  const progress = showProgress(process.stderr);
  const scope = await scopeAsked(config, flags, command, progress);
  const { columns, leftOut } = await visibleColumns(list, scope);
  if (leftOut.length > 0) progress.say(`Left out, because the role may not see them: ${leftOut.join(", ")}`);
  if (!hasDatabase(config)) {
    throw new Consumer360Error("WAREHOUSE_NOT_READY", `There is no warehouse in ${config.home}.`, {
      remedy: "Make one with npx consumer360 load FILE or npm start, or set CONSUMER360_HOME or DATABASE_URL.",
    });
  }
  const givenUp = new AbortController();
  const stop = stopSignal({
    exitCode: 130,
    onStop: () => {
      progress.say("Stopping; a file that was not finished is taken away.");
      givenUp.abort();
    },
  });
  const database = await openServedDatabase(config, progress.say);
  try {
    stop.check();
    const written = format === "csv" ? csvFormat(columns, { bom }) : jsonlFormat(columns);
    await write({
      list,
      columns,
      format: written,
      scope,
      snapshotId,
      database,
      output,
      progress,
      stop,
      givenUp: givenUp.signal,
    });
  } finally {
    progress.end("failed");
    await database.release();
  }
}

/** Says whose sight it is. */
async function scopeAsked(
  config: Config,
  { role: name, claim: claims }: ExportFlags,
  command: Command,
  { say }: Progress,
): Promise<Scope> {
  if (name === undefined) {
    if (claims !== undefined)
      return command.error("consumer360: --claim says what a role may see; name it with --role");
    say("The owner's view: nothing is hidden. --role NAME exports what a role may see.");
    return ownerScope;
  }
  const { policy, role } = await roleOf(config, name, command);
  for (const warning of warnOfClaims(policy, role, claims ?? {})) say(`consumer360: ${warning}`);
  say(`As the role ${name} sees it.`);
  return scopeOf(policy, { role: name, claims: claims ?? {} });
}

type Writing = Readonly<{
  list: ListName;
  columns: VisibleColumns["columns"];
  format: ExportFormat;
  scope: Scope;
  snapshotId: number | undefined;
  database: Database;
  output: Output;
  progress: Progress;
  stop: StopSignal;
  givenUp: AbortSignal;
}>;

async function write({ list, columns, format, scope, snapshotId, database, output, progress, stop, givenUp }: Writing) {
  const began = performance.now();
  const opened = openReadWarehouse(database.readerUrl, { maxConnections: 2 });
  try {
    const warehouse = limitStatements(
      opened,
      () => givenUp.aborted,
      () => givenUp,
    );
    const snapshot = await stop.orStop(readSnapshot(warehouse, snapshotId)).catch(remedied);
    const nameOf = await stop.orStop(pseudonyms(scope, database));
    const pages = readExport({ list, columns, asker: { warehouse, snapshot, scope }, pseudonymOf: nameOf });
    const count = { rows: 0 };
    // on the terminal that the rows go to, progress would stand among them
    const shown = output.kind === "standard" && process.stdout.isTTY ? { show: () => undefined } : progress;
    const work = writeOutput(texts(pages, format, shown, count), output, givenUp);
    try {
      const taken = await stop.orStop(work).catch(remedied);
      const seconds = (performance.now() - began) / 1000;
      progress.say(summary({ taken, rows: count.rows, output, snapshot, seconds }));
    } finally {
      // what was begun is cleared away before the process ends
      await work.catch(() => undefined);
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

/** Nothing before the first page is there: a list that is refused has no head either. Counts the rows that were handed on. */
async function* texts(
  pages: AsyncIterable<ExportPage>,
  { head, row }: ExportFormat,
  { show }: Pick<Progress, "show">,
  count: { rows: number },
): AsyncGenerator<string, void> {
  let before = head;
  show({ stage: "writing rows" });
  for await (const { rows, totalCount } of pages) {
    yield before + rows.map(row).join("");
    before = "";
    count.rows += rows.length;
    show({ stage: "writing rows", done: count.rows, total: totalCount, unit: "rows" });
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
