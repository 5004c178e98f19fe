// What happens to a valid operation before it is answered: it is weighed, and, where it goes on from a cursor, answered whole from the
// snapshot of that cursor, so that its pages fit together whatever was published in between. What is asked about the schema is answered from
// what the viewer may use of it. Every answer goes out with its receipt.
import { type ApolloServerPlugin, HeaderMap } from "@apollo/server";
import { execute, GraphQLError, type GraphQLSchema, getVariableValues, OperationTypeNode } from "graphql";
import { Consumer360Error, type ErrorCode } from "../kernel/errors.ts";
import { cursorSnapshot } from "../query/cursor.ts";
import { openBulk } from "./bulk/openBulk.ts";
import { cursorsAsked } from "./cursorsAsked.ts";
import type { Cost } from "./documentCost.ts";
import type { GraphContext } from "./GraphContext.ts";
import { guardCost } from "./guardCost.ts";
import { type Operation, readOperation, rootsOf } from "./readOperation.ts";
import { makeSchemaSights } from "./schemaSight.ts";
import { makeRowsWhole, type RowsWhole } from "./wholeRows.ts";

export function graphPlugin(): ApolloServerPlugin<GraphContext> {
  const sightOf = makeSchemaSights();
  const wholeRows = new WeakMap<GraphQLSchema, RowsWhole>();
  const rowsWholeOf = (schema: GraphQLSchema): RowsWhole => {
    const known = wholeRows.get(schema) ?? makeRowsWhole(schema);
    wholeRows.set(schema, known);
    return known;
  };
  return {
    async requestDidStart() {
      let roots = { asks: false, tells: false };
      return {
        async didResolveOperation({ schema, document, operation, request, contextValue }) {
          if (!operation) return;
          try {
            if (operation.operation !== OperationTypeNode.QUERY)
              throw new Consumer360Error("BAD_USER_INPUT", "This graph answers queries only.");
            const read = readOperation(schema, document, operation, request.variables ?? {});
            const found = rootsOf(read);
            if (found.asks && found.tells)
              throw new Consumer360Error(
                "BAD_USER_INPUT",
                "The document asks about the schema and about the data at once.",
                { remedy: "Ask for `__schema` and `__type` in a document of their own." },
              );
            const { bulk } = contextValue;
            if (bulk) {
              pinSnapshot(read, contextValue);
              bulk.rows = await openBulk(known(read, request.variables), contextValue, bulk);
            } else {
              const cost = await weigh(read, contextValue);
              await contextValue.spend?.(cost);
            }
            roots = found;
          } catch (cause) {
            if (!(cause instanceof Consumer360Error)) throw cause;
            // An error from here is an answer about the request as a whole.
            const http = { status: statusOf(cause.code) };
            throw new GraphQLError(cause.message, { originalError: cause, extensions: { http } });
          }
        },
        async responseForOperation({ schema, document, operation, operationName, request, contextValue }) {
          if (contextValue.bulk) return { http: { headers: new HeaderMap() }, body: nothing };
          const whole = roots.asks && operation ? rowsWholeOf(schema)(document, operation) : null;
          if (whole) {
            const { data, errors } = await execute({
              schema: whole,
              document,
              operationName: operationName ?? null,
              variableValues: request.variables ?? {},
              contextValue,
            });
            // Apollo Server executes it and tells what is wrong: nothing is asked a second time.
            return data && !errors
              ? { http: { headers: new HeaderMap() }, body: { kind: "single", singleResult: { data } } }
              : null;
          }
          if (!roots.tells) return null;
          const { data, errors } = await execute({
            schema: sightOf(schema, contextValue.scope),
            document,
            operationName: operationName ?? null,
            variableValues: request.variables ?? {},
          });
          return {
            http: { headers: new HeaderMap() },
            body: {
              kind: "single",
              singleResult: { data: data ?? null, ...(errors && { errors: errors.map((error) => error.toJSON()) }) },
            },
          };
        },
        async willSendResponse({ response: { body }, contextValue }) {
          // Its rows are still to come.
          if (contextValue.bulk?.rows) return;
          // A field that cannot be null ends the whole answer while others are still being asked for: what they would ask is in vain.
          const isAnswer = roots.asks && body.kind === "single" && body.singleResult.data;
          const receipt = isAnswer ? await contextValue.receipt() : null;
          contextValue.end();
          if (body.kind !== "single") return;
          if (receipt) body.singleResult.extensions = { ...body.singleResult.extensions, receipt };
        },
      };
    },
  };
}

/** Stands for rows that leave another way. */
const nothing = Object.freeze({ kind: "single" as const, singleResult: { data: null } });

/** As for a document that is not valid, but for what has a status of its own among clients. */
function statusOf(code: ErrorCode): number {
  switch (code) {
    case "FORBIDDEN":
      return 403;
    case "RATE_LIMITED":
      return 429;
    case "WAREHOUSE_NOT_READY":
    case "WAREHOUSE_UNAVAILABLE":
      return 503;
    default:
      return 400;
  }
}

/** Where nothing is executed, nobody else says which variables do not fit. */
function known(operation: Operation, given: Readonly<Record<string, unknown>> = {}): Operation {
  if (operation.variables !== null) return operation;
  const { errors } = getVariableValues(operation.schema, operation.definition.variableDefinitions ?? [], given);
  const message = errors?.[0]?.message ?? "The variables do not fit.";
  throw new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT", http: { status: 400 } } });
}

function pinSnapshot(operation: Operation, context: GraphContext): void {
  const cursors = cursorsAsked(operation, context.scope).map(context.openCursor);
  const snapshotId = snapshotOfCursors(cursors.filter((cursor) => cursor !== null));
  if (snapshotId !== null) context.pinSnapshot(snapshotId);
}

async function weigh(operation: Operation, context: GraphContext): Promise<Cost> {
  const { mostRows } = context.scope;
  const cost = guardCost(operation, null, mostRows);
  pinSnapshot(operation, context);
  if (!cost.needsFacts) return cost;
  // Without a snapshot nothing can be answered, and the fields say so.
  const facts = await context.snapshot().catch(() => null);
  return facts ? guardCost(operation, facts, mostRows) : cost;
}

/** The one snapshot that the cursors belong to; null where there is none. What is no cursor of ours is refused where it is used. */
export function snapshotOfCursors(cursors: readonly string[]): number | null {
  const snapshots = new Set(cursors.map(cursorSnapshot).filter((snapshot) => snapshot !== null));
  if (snapshots.size > 1)
    throw new Consumer360Error("BAD_USER_INPUT", "The `after` cursors of one document belong to different snapshots.", {
      remedy: "Ask for the pages of each snapshot in a document of their own, or start again without `after`.",
    });
  return [...snapshots][0] ?? null;
}
