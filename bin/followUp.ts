// `consumer360 follow-up`: computes what a load leaves for after its publish, where that has not been done: what is bought together, and
// where customers stand, by which snapshots are compared.
import { type FollowUpDone, followUp as runFollowUp } from "../etl/followUp/followUp.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { formatSeconds } from "./formatProgress.ts";
import { hasDatabase, openMigratedDatabase } from "./openDatabase.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";

export async function followUp({ json }: { json?: boolean }): Promise<void> {
  const config = readConfig();
  if (!hasDatabase(config))
    throw new Consumer360Error("WAREHOUSE_NOT_READY", `There is no warehouse in ${config.home}.`, {
      remedy: "Make one with npx consumer360 load FILE or npm start, or set CONSUMER360_HOME or DATABASE_URL.",
    });
  const { say } = showProgress(process.stderr);
  const stopping = new AbortController();
  const stop = stopSignal({
    exitCode: 130,
    onStop: () => {
      say("Stopping; what is complete stays.");
      stopping.abort();
    },
  });
  const database = await openMigratedDatabase(config, say);
  try {
    stop.check();
    const done = await stop.orStop(runFollowUp({ url: database.url, signal: stopping.signal }));
    process.stdout.write(json ? `${JSON.stringify(done, null, 2)}\n` : formatFollowUp(done));
  } finally {
    await database.release();
  }
}

const inWords: Readonly<Record<string, string>> = {
  standings: "where customers stand",
  pairs: "what is bought together",
};

/** A line for each part. */
function formatFollowUp(done: readonly FollowUpDone[] | null): string {
  if (done === null) return "Another process is at it.\n";
  if (done.length === 0) return "Nothing is left to compute.\n";
  return done.map((part) => `${sayDone(part)}\n`).join("");
}

export const sayDone = ({ snapshotId, name, seconds }: FollowUpDone): string =>
  `Snapshot ${snapshotId}: ${inWords[name] ?? name}, in ${formatSeconds(seconds)}`;
