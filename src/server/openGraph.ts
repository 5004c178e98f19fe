// Brings the parts of the graph together with the warehouse that they read.
import { buildGraphSchema } from "../graph/buildGraphSchema.ts";
import { makeFormatError } from "../graph/formatError.ts";
import type { GraphContext } from "../graph/GraphContext.ts";
import { graphPlugin } from "../graph/graphPlugin.ts";
import { parseOptions } from "../graph/guardCost.ts";
import { makeGraphContext } from "../graph/makeGraphContext.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import type { ReadWarehouse } from "../warehouse/openReadWarehouse.ts";
import type { Published } from "./followPublished.ts";
import { graphKeys } from "./graphKeys.ts";
import type { Graph } from "./graphRoute.ts";
import { shareConnections } from "./shareConnections.ts";

/**
 * `serverSecret`: 32 bytes that all servers of a warehouse share, so that each takes the cursors of the others. `connections`: how many the
 * warehouse has, to be shared among askers; without it they are its own affair. `published`: who knows what is published; without it each
 * request reads that for itself.
 */
export async function openGraph(
  warehouse: ReadWarehouse,
  serverSecret: Buffer,
  connections = Number.POSITIVE_INFINITY,
  published?: Pick<Published<SnapshotFacts>, "facts">,
): Promise<Graph<GraphContext>> {
  const warehouseOf = shareConnections(warehouse, connections);
  const keys = graphKeys(serverSecret);
  return Object.freeze({
    schema: await buildGraphSchema(),
    makeContext: (scope, spend, subject) =>
      makeGraphContext({ scope, warehouse: warehouseOf(subject), keys, spend, known: published?.facts }),
    makeFormatError,
    plugins: [graphPlugin()],
    parseOptions,
  });
}
