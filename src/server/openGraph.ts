// Brings the parts of the graph together with the warehouse that they read.
import { buildGraphSchema } from "../graph/buildGraphSchema.ts";
import { makeFormatError } from "../graph/formatError.ts";
import type { GraphContext } from "../graph/GraphContext.ts";
import { graphPlugin } from "../graph/graphPlugin.ts";
import { parseOptions } from "../graph/guardCost.ts";
import { makeGraphContext } from "../graph/makeGraphContext.ts";
import type { ReadWarehouse } from "../warehouse/openReadWarehouse.ts";
import type { Graph } from "./graphRoute.ts";

export async function openGraph(warehouse: ReadWarehouse): Promise<Graph<GraphContext>> {
  return Object.freeze({
    schema: await buildGraphSchema(),
    makeContext: (scope) => makeGraphContext({ scope, warehouse }),
    makeFormatError,
    plugins: [graphPlugin()],
    parseOptions,
  });
}
