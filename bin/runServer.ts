// The server from listening to stopping: shared by `start`, which fills the warehouse first, and `serve`, which finds it filled.
import { setTimeout as sleep } from "node:timers/promises";
import type { Policy } from "../src/access/policy.ts";
import { createServer } from "../src/server/createServer.ts";
import { openGraph } from "../src/server/openGraph.ts";
import type { Config } from "../src/server/readConfig.ts";
import { reasonNotReady } from "../src/server/reasonNotReady.ts";
import { openReadWarehouse, type ReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import type { StopSignal } from "./stopSignal.ts";

/** Milliseconds that running statements get to end after the last answer. */
const patience = 3000;

/** Serves until stopped; `prepare` runs while the server already listens, and until it is done nothing is ready. */
export async function runServer({
  config,
  policy,
  authSecret,
  url,
  stop,
  prepare,
  greet,
}: {
  config: Config;
  policy: Policy;
  authSecret: string;
  url: string;
  stop: StopSignal;
  prepare: (warehouse: ReadWarehouse) => Promise<void>;
  greet: (origin: string, warehouse: ReadWarehouse) => Promise<string>;
}): Promise<never> {
  const warehouse = openReadWarehouse(url, { maxConnections: config.poolSize });
  try {
    let prepared = false;
    const server = await createServer({
      config,
      policy,
      authSecret,
      graph: await openGraph(warehouse),
      notReady: async () => (prepared ? reasonNotReady(warehouse) : "The load has not finished."),
    });
    try {
      const origin = await server.listen();
      await stop.orStop(prepare(warehouse));
      prepared = true;
      process.stdout.write(await stop.orStop(greet(origin, warehouse)));
      return await stop.wait();
    } finally {
      await server.close();
    }
  } finally {
    await Promise.race([warehouse.close(), sleep(patience, undefined, { ref: false })]);
  }
}
