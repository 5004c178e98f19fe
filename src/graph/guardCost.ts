// Refuses a document that would cost too much before anything of it is asked.
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode, ParseOptions } from "graphql";
import { Consumer360Error } from "../kernel/errors.ts";
import { documentCost } from "./documentCost.ts";

const mostDepth = 12;
const mostRows = 200_000;

/** For the parser: a longer document is not even read. */
export const parseOptions: ParseOptions = Object.freeze({ maxTokens: 10_000 });

/** Throws QUERY_TOO_COSTLY. */
export function guardCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): void {
  const { rows, depth } = documentCost(schema, document, operation, variables);
  if (depth > mostDepth)
    throw new Consumer360Error("QUERY_TOO_COSTLY", `The query is nested ${depth} deep; the bound is ${mostDepth}.`);
  if (rows > mostRows)
    throw new Consumer360Error(
      "QUERY_TOO_COSTLY",
      `The query may bring an estimated ${inWords(rows)} rows; the bound is ${inWords(mostRows)}. Ask for smaller pages.`,
    );
}

const inWords = (count: number) => count.toLocaleString("en-US");
