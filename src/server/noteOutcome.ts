// What has to be known of an answer before it may be given again: whether the question is one of those whose answer is fixed by snapshot and
// scope, what it was charged, and what came of it.
import type { ApolloServerPlugin, BaseContext } from "@apollo/server";
import type { FormattedExecutionResult } from "graphql";
import { isFixedBySnapshot } from "../graph/fixedBySnapshot.ts";
import { makeMemory } from "./makeMemory.ts";
import { sha256Of } from "./persistedDocuments.ts";

export type Outcome = {
  /** Called once it is known that the answer is not to be given again. */
  readonly onUnfixed: () => void;
  isFixed?: boolean;
  values?: number;
  result?: FormattedExecutionResult;
};

/** On the context, since plugins are given a copy of it. */
const outcomeOf = Symbol("what becomes of the question");
type Watched = { readonly [outcomeOf]?: Outcome };

/** Documents that were judged: clients ask the same ones again and again. */
const mostJudged = 10_000;

export function watchOutcome(context: BaseContext, outcome: Outcome): void {
  Object.assign(context, { [outcomeOf]: outcome });
}

export function noteOutcome<Context extends BaseContext>(): ApolloServerPlugin<Context> {
  const judged = makeMemory<boolean>({ most: mostJudged });
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, queryHash, contextValue }) {
          const outcome = (contextValue as Watched)[outcomeOf];
          if (!outcome || !operation) return;
          const key = `${queryHash} ${sha256Of(operation.name?.value ?? "")}`;
          const isFixed = judged.get(key) ?? isFixedBySnapshot(schema, document, operation);
          judged.set(key, isFixed);
          outcome.isFixed = isFixed;
          if (!isFixed) outcome.onUnfixed();
        },
        async willSendResponse({ response, contextValue }) {
          const outcome = (contextValue as Watched)[outcomeOf];
          if (outcome && response.body.kind === "single") outcome.result = response.body.singleResult;
        },
      };
    },
  };
}
