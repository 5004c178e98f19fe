// Makes the context of one request: one snapshot, one scope, its own loaders. Nothing in it outlives the request.
import type { Scope } from "../model/scope.ts";
import type { QueryTrace } from "../query/answer.ts";
import { type Asker, ask as askWarehouse } from "../query/ask.ts";
import { type RowAccount, readAccount } from "../query/readAccount.ts";
import { readSnapshot } from "../query/readSnapshot.ts";
import type { MetricsRequest, Request } from "../query/request.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import type { Ask } from "./Ask.ts";
import type { GraphContext } from "./GraphContext.ts";
import { limitStatements } from "./limitStatements.ts";
import { makeLoaders } from "./makeLoaders.ts";
import { type AskedQuestion, receiptOf } from "./receiptOf.ts";

/** The query floor, as far as this floor uses it. */
export type Reads = Readonly<{
  ask: typeof askWarehouse;
  readSnapshot: typeof readSnapshot;
  readAccount: typeof readAccount;
}>;

const fromWarehouse: Reads = Object.freeze({ ask: askWarehouse, readSnapshot, readAccount });

type Options = Readonly<{
  scope: Scope;
  warehouse: Asker["warehouse"];
  /** A snapshot that the request was asked to be answered from; without it the published one. */
  pinnedSnapshot?: number | undefined;
  reads?: Reads;
}>;

export function makeGraphContext({ scope, pinnedSnapshot, reads = fromWarehouse, ...given }: Options): GraphContext {
  let isEnded = false;
  const warehouse = limitStatements(given.warehouse, () => isEnded || context.signal?.aborted === true);
  let pinned = pinnedSnapshot;
  let snapshotRead: Promise<SnapshotFacts> | undefined;
  const snapshot = () => {
    snapshotRead ??= reads.readSnapshot(warehouse, pinned);
    return snapshotRead;
  };

  const answers = new Map<string, Promise<unknown>>();
  const asked: AskedQuestion[] = [];
  let hasAnswer = false;
  const ask: Ask = (request) => {
    const text = JSON.stringify(request);
    const answer = answers.get(text) ?? askOnce(request, text);
    answers.set(text, answer);
    return answer as ReturnType<typeof reads.ask<typeof request>>;
  };
  async function askOnce(request: Request, text: string): Promise<unknown> {
    const traces: QueryTrace[] = [];
    asked.push({ text, later: hasAnswer, traces });
    try {
      const trace = (told: QueryTrace) => void traces.push(told);
      return await reads.ask(request, { warehouse, snapshot: await snapshot(), scope, trace });
    } finally {
      hasAnswer = true;
    }
  }

  async function askFigures(request: Omit<MetricsRequest, "kind">) {
    if (request.measures.length === 0 && request.where === undefined) return [];
    // A filter is judged even where no figure is selected: what may not be asked for is refused, whatever is shown of it.
    const measures = request.measures.length === 0 ? (["orders"] as const) : request.measures;
    return (await ask({ kind: "metrics", ...request, measures })).rows;
  }

  let accountRead: Promise<RowAccount> | undefined;

  // Not frozen: the server adds the signal, and graphql-shield keeps what its rules found, for this request only.
  const context: GraphContext = {
    scope,
    snapshot,
    end() {
      isEnded = true;
    },
    pinSnapshot(snapshotId) {
      if (snapshotRead) throw new Error("The request has been answered in part; its snapshot stands.");
      pinned = snapshotId;
    },
    account() {
      accountRead ??= snapshot().then((facts) => reads.readAccount(warehouse, facts, scope));
      return accountRead;
    },
    ask,
    askFigures,
    loaders: makeLoaders(ask),
    async receipt() {
      // Without a snapshot nothing was answered from one, and the fields that needed it have said so.
      const facts = await snapshot().catch(() => null);
      return facts && receiptOf(facts, scope, asked);
    },
  };
  return context;
}
