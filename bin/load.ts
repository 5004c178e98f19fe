// `consumer360 load FILE…`: files into the warehouse, beside a running server or alone. However it ends, a line for monitoring and the
// webhook tell.
import { readConfig } from "../src/server/readConfig.ts";
import { followLoad } from "./followLoad.ts";
import { formatLoadReport, formatLoadReportJson } from "./formatLoadReport.ts";
import { failureOf, type LoadEnd } from "./loadEnd.ts";
import type { LoadFlags } from "./loadOptions.ts";
import { openMigratedDatabase } from "./openDatabase.ts";
import { ensureFilesOpen, runLoad } from "./runLoad.ts";
import { showProgress } from "./showProgress.ts";
import { Stopped, stopSignal } from "./stopSignal.ts";
import { tellLoadEnd } from "./tellLoadEnd.ts";
import { withInputs } from "./withInputs.ts";

export async function load(
  asked: readonly string[],
  { json, followUp = true, ...flags }: LoadFlags & { json?: boolean; followUp?: boolean },
): Promise<void> {
  const config = readConfig();
  const began = performance.now();
  const progress = showProgress(process.stderr);
  const stop = stopSignal({
    exitCode: 130,
    onStop: () => {
      progress.end("failed");
      progress.say("Stopping; npx consumer360 status shows what is published.");
    },
  });
  let isTold = false;
  const tell = (end: LoadEnd) => tellLoadEnd(config, end);
  try {
    await withInputs(config, asked, async (paths) => {
      await ensureFilesOpen(paths);
      // not to be left half started: a signal waits until the database can be given back
      const database = await openMigratedDatabase(config, progress.say);
      try {
        stop.check();
        const report = await stop.orStop(runLoad(config, { url: database.url, paths, flags }, progress));
        process.stdout.write(json ? formatLoadReportJson(report) : formatLoadReport(report));
        await tell({ kind: "finished", report });
        isTold = true;
        if (followUp) await stop.orStop(followLoad(database.url, { info: progress.say, warn: progress.say }));
      } finally {
        await database.release();
      }
    });
  } catch (error) {
    const seconds = Math.round(performance.now() - began) / 1000;
    if (!(error instanceof Stopped) && !isTold)
      await tell({ kind: "failed", failure: failureOf(error), files: asked, seconds });
    throw error;
  }
}
