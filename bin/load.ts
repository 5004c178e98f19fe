// `consumer360 load FILE`: one file into the warehouse, beside a running server or alone.
import { readConfig } from "../src/server/readConfig.ts";
import { formatLoadReport, formatLoadReportJson } from "./formatLoadReport.ts";
import { openMigratedDatabase } from "./openDatabase.ts";
import type { ReadingFlags } from "./readingOptions.ts";
import { ensureFileOpens, runLoad } from "./runLoad.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";

export async function load(
  path: string,
  { json, ...flags }: ReadingFlags & { again?: boolean; json?: boolean },
): Promise<void> {
  const config = readConfig();
  await ensureFileOpens(path);
  const progress = showProgress(process.stderr);
  const stop = stopSignal({
    exitCode: 130,
    onStop: () => {
      progress.end("failed");
      progress.say("Stopping; npx consumer360 status shows what is published.");
    },
  });
  // not to be left half started: a signal waits until the database can be given back
  const database = await openMigratedDatabase(config, progress.say);
  try {
    stop.check();
    const report = await stop.orStop(runLoad(config, { url: database.url, path, flags }, progress));
    process.stdout.write(json ? formatLoadReportJson(report) : formatLoadReport(report));
  } finally {
    await database.release();
  }
}
