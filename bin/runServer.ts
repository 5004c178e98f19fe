// The server from listening to stopping: shared by `start`, which fills the warehouse first, and `serve`, which finds it filled.
import { setTimeout as sleep } from "node:timers/promises";
import { readSnapshot } from "../src/query/readSnapshot.ts";
import { type AnswerCache, openAnswerCache } from "../src/server/answerCache.ts";
import { createServer } from "../src/server/createServer.ts";
import { reasonNoKeys } from "../src/server/fetchKeys.ts";
import { followPublished } from "../src/server/followPublished.ts";
import { makeIdentify } from "../src/server/identify.ts";
import { openAudit } from "../src/server/openAudit.ts";
import { openGraph } from "../src/server/openGraph.ts";
import type { Log } from "../src/server/openLog.ts";
import type { Config } from "../src/server/readConfig.ts";
import { reasonNotReady } from "../src/server/reasonNotReady.ts";
import type { PolicyWatch } from "../src/server/watchPolicy.ts";
import { listenForPublish } from "../src/warehouse/listenForPublish.ts";
import { openAccessRecords } from "../src/warehouse/openAccessRecords.ts";
import { openReadWarehouse, type ReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import type { Database } from "./openDatabase.ts";
import type { StopSignal } from "./stopSignal.ts";

/** Milliseconds that running statements get to end after the last answer. */
const patience = 3000;

/** Serves until stopped; `prepare` runs while the server already listens, and until it is done nothing is ready. */
export async function runServer({
  config,
  policies,
  authSecret,
  database,
  log,
  stop,
  prepare,
  greet,
}: {
  config: Config;
  policies: PolicyWatch;
  /** Null: only the key server's tokens are good. */
  authSecret: string | null;
  database: Pick<Database, "url" | "readerUrl">;
  log: Log;
  stop: StopSignal;
  prepare: (warehouse: ReadWarehouse) => Promise<void>;
  greet: (origin: string, warehouse: ReadWarehouse) => Promise<string>;
}): Promise<never> {
  const warehouse = openReadWarehouse(database.readerUrl, { maxConnections: config.poolSize });
  const records = openAccessRecords(database.url);
  const table = config.audit === "table" ? records.writeAudit : null;
  const audit = config.audit === "off" ? null : openAudit({ production: config.production, table, log });
  const kept = config.answerCacheBytes === 0 ? null : keepAnswers(database.readerUrl, config.answerCacheBytes);
  try {
    let prepared = false;
    const server = await createServer({
      config,
      identify: makeIdentify({ auth: config.auth, demoSecret: authSecret, findKey: records.useKey }),
      policy: policies.current,
      graph: await openGraph(warehouse, await stop.orStop(records.serverSecret()), config.poolSize),
      notReady: async () => (prepared ? reasonNotReady(warehouse) : "The load has not finished."),
      audit,
      answers: kept?.answers ?? null,
    });
    try {
      const origin = await server.listen();
      const warned = warnOfKeyServer(config.auth.jwksUrl, log);
      await stop.orStop(prepare(warehouse));
      prepared = true;
      await stop.orStop(warned);
      process.stdout.write(await stop.orStop(greet(origin, warehouse)));
      return await stop.wait();
    } finally {
      await server.close();
    }
  } finally {
    policies.close();
    // the last answers are recorded by now
    await audit?.close();
    const closed = Promise.all([records.close(), warehouse.close(), kept?.close()]);
    await Promise.race([closed, sleep(patience, undefined, { ref: false })]);
  }
}

/** Its two connections are its own: whether an answer still holds must be known however busy the others are. */
function keepAnswers(url: string, bytes: number): Readonly<{ answers: AnswerCache; close(): Promise<void> }> {
  const pointer = openReadWarehouse(url, { maxConnections: 1 });
  const published = followPublished(() => readSnapshot(pointer));
  const listening = listenForPublish(url, published.doubt);
  return {
    answers: openAnswerCache(published, bytes),
    close: async () => void (await Promise.all([listening.close(), pointer.close()])),
  };
}

/** A slip in the setting, or a provider that is away, is told at once, not by the first who asks. */
async function warnOfKeyServer(url: string | null, log: Log): Promise<void> {
  const reason = url === null ? null : await reasonNoKeys(url);
  if (reason !== null)
    log.warn(`The identity provider's tokens cannot be checked now: no keys can be had from ${url}: ${reason}`);
}
