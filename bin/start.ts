// `consumer360 start`: from nothing to a served graph in one go, and back to nothing running on Ctrl-C.
import { loadPolicy } from "../src/access/loadPolicy.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import { readSnapshot } from "../src/query/readSnapshot.ts";
import { ensurePortFree } from "../src/server/ensurePortFree.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { signToken } from "../src/server/signToken.ts";
import type { ReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import { formatLoadReport } from "./formatLoadReport.ts";
import { demoClaims, demoNote, greeting } from "./greeting.ts";
import type { FileFlags } from "./loadOptions.ts";
import { loadSample } from "./loadSample.ts";
import { openMigratedDatabase } from "./openDatabase.ts";
import { openSecret } from "./openSecret.ts";
import { readLoaded } from "./readLoaded.ts";
import { ensureFileOpens, runLoad } from "./runLoad.ts";
import { runServer } from "./runServer.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";

/** Seconds that the greeting's tokens are good for. */
const tokensLast = 12 * 3600;

type StartFlags = FileFlags & Readonly<{ load?: string; port?: string; host?: string }>;

export async function start({ load: path, port, host, ...flags }: StartFlags): Promise<void> {
  const config = readConfig({ port, host, authenticates: true });
  const policy = await loadPolicy(config.policyFile);
  const authSecret = await openSecret(config);
  if (path !== undefined) await ensureFileOpens(path);
  await ensurePortFree(config);

  const progress = showProgress(process.stderr);
  const stop = stopSignal({
    exitCode: 0,
    onStop: () => {
      progress.end("failed");
      progress.say("Stopping; once more stops at once.");
    },
  });
  // not to be left half started: a signal waits until the database can be given back
  const database = await openMigratedDatabase(config, progress.say);
  const { url } = database;

  const prepare = async (warehouse: ReadWarehouse) => {
    if (path !== undefined) {
      const report = await runLoad(config, { url, path, flags }, progress);
      process.stderr.write(formatLoadReport(report));
    } else if (!config.production && (await isEmpty(warehouse))) {
      // a production warehouse is never filled with made-up figures
      await loadSample(config, { url, isEmpty: () => isEmpty(warehouse) }, progress);
    }
  };
  const greet = async (origin: string, warehouse: ReadWarehouse) => {
    const roles = config.production || config.authSecret !== null ? [] : policy.roles;
    const tokens = roles.map(async (role) => ({
      role: role.name,
      note: demoNote(role),
      token: await signToken(authSecret, { role: role.name, claims: demoClaims(role), expiresIn: tokensLast }),
    }));
    const loaded = (await isEmpty(warehouse)) ? null : await readLoaded(warehouse);
    return greeting({ origin, loaded, tokens: await Promise.all(tokens) });
  };
  try {
    stop.check();
    await runServer({ config, policy, authSecret, url, stop, prepare, greet });
  } finally {
    await database.release();
  }
}

async function isEmpty(warehouse: ReadWarehouse): Promise<boolean> {
  try {
    await readSnapshot(warehouse);
    return false;
  } catch (error) {
    if (error instanceof Consumer360Error && error.code === "WAREHOUSE_NOT_READY") return true;
    throw error;
  }
}
