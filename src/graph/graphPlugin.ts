// What happens to a valid operation before it is answered: it is weighed, and, where it goes on from a cursor, answered whole from the
// snapshot of that cursor, so that its pages fit together whatever was published in between. Every answer goes out with its receipt.
import type { ApolloServerPlugin } from "@apollo/server";
import { GraphQLError, OperationTypeNode } from "graphql";
import { Consumer360Error } from "../kernel/errors.ts";
import { cursorSnapshot } from "../query/cursor.ts";
import { cursorsAsked } from "./cursorsAsked.ts";
import type { GraphContext } from "./GraphContext.ts";
import { guardCost } from "./guardCost.ts";
import { asksTheGraph, type Operation, readOperation } from "./readOperation.ts";

export function graphPlugin(): ApolloServerPlugin<GraphContext> {
  return {
    async requestDidStart() {
      let isQuestion = false;
      return {
        async didResolveOperation({ schema, document, operation, request, contextValue }) {
          if (!operation) return;
          try {
            if (operation.operation !== OperationTypeNode.QUERY)
              throw new Consumer360Error("BAD_USER_INPUT", "This graph answers queries only.");
            const read = readOperation(schema, document, operation, request.variables ?? {});
            await prepare(read, contextValue);
            isQuestion = asksTheGraph(read);
          } catch (cause) {
            if (!(cause instanceof Consumer360Error)) throw cause;
            // An error from here is an answer about the request as a whole: 400, as for a document that is not valid.
            throw new GraphQLError(cause.message, { originalError: cause, extensions: { http: { status: 400 } } });
          }
        },
        async willSendResponse({ response: { body }, contextValue }) {
          // A field that cannot be null ends the whole answer while others are still being asked for: what they would ask is in vain.
          const isAnswer = isQuestion && body.kind === "single" && body.singleResult.data;
          const receipt = isAnswer ? await contextValue.receipt() : null;
          contextValue.end();
          if (body.kind !== "single") return;
          if (receipt) body.singleResult.extensions = { ...body.singleResult.extensions, receipt };
        },
      };
    },
  };
}

async function prepare(operation: Operation, context: GraphContext): Promise<void> {
  const { needsFacts } = guardCost(operation, null);
  const snapshotId = snapshotOfCursors(cursorsAsked(operation, context.scope));
  if (snapshotId !== null) context.pinSnapshot(snapshotId);
  if (!needsFacts) return;
  // Without a snapshot nothing can be answered, and the fields say so.
  const facts = await context.snapshot().catch(() => null);
  if (facts) guardCost(operation, facts);
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
