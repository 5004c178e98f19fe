// `consumer360 load FILE…`: files into the warehouse, beside a running server or alone.
import { readConfig } from "../src/server/readConfig.ts";
import { formatLoadReport, formatLoadReportJson } from "./formatLoadReport.ts";
import type { LoadFlags } from "./loadOptions.ts";
import { openMigratedDatabase } from "./openDatabase.ts";
import { ensureFilesOpen, runLoad } from "./runLoad.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";
import { withInputs } from "./withInputs.ts";

export async function load(
  asked: readonly string[],
  { json, ...flags }: LoadFlags & { json?: boolean },
): Promise<void> {
  const config = readConfig();
  const progress = showProgress(process.stderr);
  const stop = stopSignal({
    exitCode: 130,
    onStop: () => {
      progress.end("failed");
      progress.say("Stopping; npx consumer360 status shows what is published.");
    },
  });
  await withInputs(config, asked, async (paths) => {
    await ensureFilesOpen(paths);
    // not to be left half started: a signal waits until the database can be given back
    const database = await openMigratedDatabase(config, progress.say);
    try {
      stop.check();
      const report = await stop.orStop(runLoad(config, { url: database.url, paths, flags }, progress));
      process.stdout.write(json ? formatLoadReportJson(report) : formatLoadReport(report));
    } finally {
      await database.release();
    }
  });
}
