// `consumer360 start`: from nothing to a served graph in one go, and back to nothing running on Ctrl-C.
import { expandPaths } from "../etl/read/expandPaths.ts";
import type { Policy } from "../src/access/policy.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import { readSnapshot } from "../src/query/readSnapshot.ts";
import { ensurePortFree } from "../src/server/ensurePortFree.ts";
import { openLog } from "../src/server/openLog.ts";
import { type Config, readConfig } from "../src/server/readConfig.ts";
import { signToken } from "../src/server/signToken.ts";
import { watchPolicy } from "../src/server/watchPolicy.ts";
import type { ReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import { beginFollowing, type Following } from "./followLoad.ts";
import { formatLoadReport } from "./formatLoadReport.ts";
import { type DemoToken, demoClaims, demoNote, greeting, signedBy } from "./greeting.ts";
import { failureOf } from "./loadEnd.ts";
import type { LoadFlags } from "./loadOptions.ts";
import { loadSample } from "./loadSample.ts";
import { openServedDatabase } from "./openDatabase.ts";
import { openSecret } from "./openSecret.ts";
import { readLoaded } from "./readLoaded.ts";
import { ensureFilesOpen, runLoad } from "./runLoad.ts";
import { runServer } from "./runServer.ts";
import { type Progress, showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";
import { tellLoadEnd } from "./tellLoadEnd.ts";
import { prepareUnattended, runOwnLoad } from "./unattended/startUnattended.ts";
import type { UnattendedPlan } from "./unattended/unattendedOptions.ts";

/** Seconds that the greeting's tokens are good for. */
const tokensLast = 12 * 3600;

type StartFlags = LoadFlags & Readonly<{ load?: readonly string[]; port?: string; host?: string }>;

/** `plan`: what is loaded later on without anybody's doing. */
export async function start(
  { load: asked, port, host, ...flags }: StartFlags,
  plan: UnattendedPlan | null,
): Promise<void> {
  const config = readConfig({ port, host, authenticates: true });
  const log = openLog(config);
  const policies = await watchPolicy({ path: config.policyFile, log });
  const authSecret = await openSecret(config);
  const paths = asked && (await expandPaths(asked));
  if (paths) await ensureFilesOpen(paths);
  await ensurePortFree(config);

  const progress = showProgress(process.stderr);
  const { loadWebhook } = config;
  const surroundings = { loadWebhook, log, say: progress.say, runLoad: runOwnLoad(log) };
  const unattended = plan && (await prepareUnattended(plan, surroundings));
  const stop = stopSignal({
    exitCode: 0,
    onStop: () => {
      progress.end("failed");
      progress.say("Stopping; once more stops at once.");
      void unattended?.stop();
    },
    onHangup: () => void policies.reload(),
  });
  // not to be left half started: a signal waits until the database can be given back
  const database = await openServedDatabase(config, progress.say);
  const { url } = database;

  let following: Following | undefined;
  const prepare = async (warehouse: ReadWarehouse) => {
    if (paths) {
      await loadAsked(config, { url, paths, flags }, progress);
    } else if (!config.production && plan === null && (await isEmpty(warehouse))) {
      // a production warehouse is never filled with made-up figures, nor is one that files are about to be added to
      await loadSample(config, { url, isEmpty: () => isEmpty(warehouse) }, progress);
    }
    following = beginFollowing(url, log);
    unattended?.begin();
  };
  const greet = async (origin: string, warehouse: ReadWarehouse) => {
    // a secret that was set, and an identity provider, have people of their own
    const demoSecret = config.production || config.auth.secret !== null ? null : authSecret;
    const tokens = demoSecret === null ? [] : await demoTokens(demoSecret, config, policies.current());
    const loaded = (await isEmpty(warehouse)) ? null : await readLoaded(warehouse);
    return greeting({ origin, loaded, tokens, signedBy: signedBy(config.auth) });
  };
  try {
    stop.check();
    await runServer({ config, policies, authSecret, database, log, stop, prepare, greet });
  } finally {
    await Promise.all([unattended?.stop(), following?.stop()]);
    await database.release();
  }
}

/** However it ends is told as `load` tells it. */
async function loadAsked(config: Config, asked: Parameters<typeof runLoad>[1], progress: Progress): Promise<void> {
  const began = performance.now();
  try {
    const report = await runLoad(config, asked, progress);
    process.stderr.write(formatLoadReport(report));
    await tellLoadEnd(config, { kind: "finished", report });
  } catch (error) {
    const seconds = Math.round(performance.now() - began) / 1000;
    await tellLoadEnd(config, { kind: "failed", failure: failureOf(error), files: asked.paths, seconds });
    throw error;
  }
}

function demoTokens(secret: string, { auth }: Config, { roles }: Policy): Promise<DemoToken[]> {
  const { issuer, audience, roleClaim } = auth;
  return Promise.all(
    roles.map(async (role) => {
      const asked = { role: role.name, claims: demoClaims(role), expiresIn: tokensLast };
      const token = await signToken(secret, { ...asked, issuer, audience, roleClaim });
      return { role: role.name, note: demoNote(role), token };
    }),
  );
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
