// `consumer360 serve`: the server alone, on a warehouse that is there. Several may stand side by side.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { ensurePortFree } from "../src/server/ensurePortFree.ts";
import { openLog } from "../src/server/openLog.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { reasonNotReady } from "../src/server/reasonNotReady.ts";
import { watchPolicy } from "../src/server/watchPolicy.ts";
import { beginFollowing, type Following } from "./followLoad.ts";
import { greeting, signedBy } from "./greeting.ts";
import { hasDatabase, openServedDatabase } from "./openDatabase.ts";
import { openSecret } from "./openSecret.ts";
import { readLoaded } from "./readLoaded.ts";
import { runServer } from "./runServer.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";
import { prepareUnattended, runOwnLoad } from "./unattended/startUnattended.ts";
import type { UnattendedPlan } from "./unattended/unattendedOptions.ts";

type ServeFlags = Readonly<{ port?: string; host?: string }>;

/** `plan`: what is loaded meanwhile without anybody's doing. */
export async function serve({ port, host }: ServeFlags, plan: UnattendedPlan | null): Promise<void> {
  const config = readConfig({ port, host, authenticates: true });
  if (!hasDatabase(config)) {
    throw new Consumer360Error("WAREHOUSE_NOT_READY", `There is no warehouse in ${config.home}.`, {
      remedy: "Make one with npx consumer360 load FILE or npm start, or set CONSUMER360_HOME or DATABASE_URL.",
    });
  }
  const log = openLog(config);
  const policies = await watchPolicy({ path: config.policyFile, log });
  const authSecret = await openSecret(config);
  await ensurePortFree(config);
  const { say } = showProgress(process.stderr);
  const { loadWebhook } = config;
  const unattended = plan && (await prepareUnattended(plan, { loadWebhook, log, say, runLoad: runOwnLoad(log) }));
  const stop = stopSignal({
    exitCode: 0,
    onStop: () => {
      say("Stopping; once more stops at once.");
      void unattended?.stop();
    },
    onHangup: () => void policies.reload(),
  });
  const database = await openServedDatabase(config, say);
  let following: Following | undefined;
  try {
    stop.check();
    await runServer({
      config,
      policies,
      authSecret,
      database,
      log,
      stop,
      prepare: async () => {
        following = beginFollowing(database.url, log);
        unattended?.begin();
      },
      greet: async (origin, warehouse) =>
        greeting({
          origin,
          loaded: (await reasonNotReady(warehouse)) === null ? await readLoaded(warehouse) : null,
          tokens: [],
          signedBy: signedBy(config.auth),
        }),
    });
  } finally {
    await Promise.all([unattended?.stop(), following?.stop()]);
    await database.release();
  }
}
