// The peers' servers, each in a process of its own, on the product's warehouse as the same reader under the same scope.
import { join } from "node:path";
import type { Bench } from "../setting/openBench.ts";
import { benchFolder } from "../setting/openBench.ts";
import type { ServedWarehouse } from "../setting/servedWarehouse.ts";
import { poolSize } from "../setting/startProduct.ts";
import { type StartedServer, startServer } from "../setting/startServer.ts";

type Options = Readonly<{ node: string; warehouse: ServedWarehouse }>;

const compiled = (name: string) => join(benchFolder, "dist/bench/peers", name);

export const startPostGraphile = (bench: Bench, options: Options): Promise<StartedServer> =>
  startReader(bench, options, join(benchFolder, "peers/servePostGraphile.mjs"));

export const startRaw = (bench: Bench, options: Options): Promise<StartedServer> =>
  startReader(bench, options, compiled("serveRaw.js"));

/** Sends what stands in the file. */
export const startBytes = ({ folder }: Bench, node: string, file: string): Promise<StartedServer> =>
  startServer({
    file: node,
    args: [compiled("serveBytes.js")],
    cwd: folder,
    env: { NODE_ENV: "production", BENCH_BYTES: file },
  });

function startReader({ server, folder }: Bench, { node, warehouse }: Options, script: string): Promise<StartedServer> {
  return startServer({
    file: node,
    args: [script],
    cwd: folder,
    env: {
      NODE_ENV: "production",
      GRAPHILE_ENV: "production",
      BENCH_READER_URL: server.readerUrlOf(warehouse.database),
      BENCH_POOL_SIZE: String(poolSize),
      BENCH_PG_SETTINGS: JSON.stringify(readerSettings(warehouse)),
    },
  });
}

/** What the row policies read, for a transaction of the scoped asker. */
function readerSettings({ countries, snapshot: { snapshotId, generation } }: ServedWarehouse): Record<string, string> {
  const quoted = countries.map((country) => `"${country.replace(/["\\]/g, "\\$&")}"`);
  return {
    role: "consumer360_reader",
    "consumer360.countries": Buffer.from(`{${quoted.join(",")}}`).toString("base64"),
    "consumer360.segments": "*",
    "consumer360.operator": "off",
    "consumer360.snapshot": String(snapshotId),
    "consumer360.generation": String(generation),
  };
}
