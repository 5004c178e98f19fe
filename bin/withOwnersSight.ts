// The warehouse opened for a command that reads its records as the owner: it must be there, and is given back whatever happens.
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { RejectReader } from "../src/query/readRejects.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { openReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import { hasDatabase, openMigratedDatabase } from "./openDatabase.ts";
import { ownerScope } from "./readLoaded.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";

export type OwnersSight = Readonly<{
  reader: RejectReader;
  /** On standard error. */
  say: (message: string) => void;
  /** Aborted once a signal has come. */
  signal: AbortSignal;
}>;

/** Throws WAREHOUSE_NOT_READY where there is no warehouse. */
export async function withOwnersSight<T>(use: (sight: OwnersSight) => Promise<T>): Promise<T> {
  const config = readConfig();
  if (!hasDatabase(config)) {
    throw new Consumer360Error("WAREHOUSE_NOT_READY", `There is no warehouse in ${config.home}.`, {
      remedy: "Make one with npx consumer360 load FILE or npm start, or set CONSUMER360_HOME or DATABASE_URL.",
    });
  }
  const { say } = showProgress(process.stderr);
  const givenUp = new AbortController();
  const stop = stopSignal({
    exitCode: 130,
    onStop: () => {
      say("Stopping; nothing was changed.");
      givenUp.abort();
    },
  });
  const database = await openMigratedDatabase(config, say);
  try {
    stop.check();
    const warehouse = openReadWarehouse(database.readerUrl, { maxConnections: 1 });
    try {
      const work = use({ reader: { warehouse, scope: ownerScope }, say, signal: givenUp.signal });
      try {
        return await stop.orStop(work);
      } finally {
        // what was begun is cleared away before the process ends
        await work.catch(() => undefined);
      }
    } finally {
      await warehouse.close();
    }
  } finally {
    await database.release();
  }
}
