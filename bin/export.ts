// `consumer360 export`: a list of customers as a file, as the owner or a role sees it, all of it at one snapshot. Data goes to the file
// or to standard output and nothing else does; whose sight it was and which snapshot, is said on standard error.
import type { Command } from "commander";
import { scopeOf } from "../src/access/scopeOf.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Scope } from "../src/model/scope.ts";
import { csvFormat, jsonlFormat } from "../src/server/formatRows.ts";
import { type Config, readConfig } from "../src/server/readConfig.ts";
import { auditExport, type Told } from "./auditExport.ts";
import { chooseOutput } from "./chooseOutput.ts";
import { exportedLists, type ListName } from "./exportedLists.ts";
import { hasDatabase, openServedDatabase } from "./openDatabase.ts";
import type { OutputFlags } from "./outputOptions.ts";
import type { Claims } from "./parseClaims.ts";
import { ownerScope } from "./readLoaded.ts";
import { roleOf } from "./roleOf.ts";
import { type Progress, showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";
import { visibleColumns } from "./visibleColumns.ts";
import { warnOfClaims } from "./warnOfClaims.ts";
import { writeExport } from "./writeExport.ts";

export type ExportFlags = OutputFlags & Readonly<{ role?: string; claim?: Claims; snapshot?: number }>;

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
      progress.end("failed");
      progress.say("Stopping; a file that was not finished is taken away.");
      givenUp.abort();
    },
  });
  const database = await openServedDatabase(config, progress.say);
  try {
    stop.check();
    const written = format === "csv" ? csvFormat(columns, { bom }) : jsonlFormat(columns);
    const told: Told = { rows: 0, snapshotId: null };
    const audited = { list, scope, columns, told, url: database.url, say: progress.say };
    const writing = { list, columns, format: written, scope, snapshotId, database, output, progress, stop, told };
    await auditExport(config, audited, () => writeExport({ ...writing, givenUp: givenUp.signal }));
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
