// What is kept about access, opened for one command: the warehouse must be there, and is given back whatever happens.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { type AccessRecords, openAccessRecords } from "../src/warehouse/openAccessRecords.ts";
import { hasDatabase, openMigratedDatabase } from "./openDatabase.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";

/** `onStop`: what is said where a signal comes in between. Throws WAREHOUSE_NOT_READY where there is no warehouse. */
export async function withRecords<T>(use: (records: AccessRecords) => Promise<T>, onStop: string): Promise<T> {
  const config = readConfig();
  if (!hasDatabase(config)) {
    throw new Consumer360Error("WAREHOUSE_NOT_READY", `There is no warehouse in ${config.home}.`, {
      remedy: "Make one with npx consumer360 load FILE or npm start, or set CONSUMER360_HOME or DATABASE_URL.",
    });
  }
  const { say } = showProgress(process.stderr);
  const stop = stopSignal({ exitCode: 130, onStop: () => say(onStop) });
  const database = await openMigratedDatabase(config, say);
  try {
    stop.check();
    const records = openAccessRecords(database.url);
    try {
      return await stop.orStop(use(records));
    } finally {
      await records.close();
    }
  } finally {
    await database.release();
  }
}
