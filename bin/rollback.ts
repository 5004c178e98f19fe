// `consumer360 rollback`: the snapshot before is published again; nothing is loaded and nothing is lost.
import { rollBack } from "../etl/rollBack.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { formatCounted } from "./formatProgress.ts";
import { hasDatabase, openMigratedDatabase } from "./openDatabase.ts";
import { showProgress } from "./showProgress.ts";

export async function rollback({ to, json }: { to?: number; json?: boolean }): Promise<void> {
  const config = readConfig();
  if (!hasDatabase(config)) {
    throw new Consumer360Error("WAREHOUSE_NOT_READY", `There is no warehouse in ${config.home}.`, {
      remedy: "Make one with npx consumer360 load FILE or npm start, or set CONSUMER360_HOME or DATABASE_URL.",
    });
  }
  const database = await openMigratedDatabase(config, showProgress(process.stderr).say);
  try {
    const done = await rollBack({ url: database.url, to });
    process.stdout.write(
      json
        ? `${JSON.stringify(done, null, 2)}\n`
        : `Snapshot ${done.to} is published again, as of ${done.asOf}, with ${formatCounted(done.lines, "line")} (load ${done.loadRunId}).\n` +
            `Snapshot ${done.from} is kept for now: npx consumer360 rollback --to ${done.from} returns to it.\n`,
    );
  } finally {
    await database.release();
  }
}
