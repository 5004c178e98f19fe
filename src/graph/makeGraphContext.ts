// Makes the context of one request: one snapshot, one scope, its own loaders. Nothing in it outlives the request.
import type { Scope } from "../model/scope.ts";
import type { QueryTrace } from "../query/answer.ts";
import { type AnswerTo, type Asker, ask as askWarehouse } from "../query/ask.ts";
import { askRecords } from "../query/askRecords.ts";
import { type RowAccount, readAccount } from "../query/readAccount.ts";
import { readSnapshot } from "../query/readSnapshot.ts";
import type { RecordsRequest } from "../query/recordsRequest.ts";
import type { MetricsRequest, Request } from "../query/request.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import type { AnyRequest, Ask, PlainAnswerTo, SealedAnswer } from "./Ask.ts";
import type { GraphContext } from "./GraphContext.ts";
import { limitStatements } from "./limitStatements.ts";
import { makeLoaders } from "./makeLoaders.ts";
import { pseudonymOf } from "./pseudonymOf.ts";
import { type AskedQuestion, receiptOf } from "./receiptOf.ts";
import { type Seal, sealCursors } from "./sealCursors.ts";

/** The query floor, as far as this floor uses it. */
export type Reads = Readonly<{
  ask: typeof askWarehouse;
  askRecords: typeof askRecords;
  readSnapshot: typeof readSnapshot;
  readAccount: typeof readAccount;
}>;

const fromWarehouse: Reads = Object.freeze({ ask: askWarehouse, askRecords, readSnapshot, readAccount });

type Options = Readonly<{
  scope: Scope;
  warehouse: Asker["warehouse"];
  /** For HMAC-SHA256: what signs cursors, and what makes names up. */
  keys: Readonly<{ cursors: Buffer; pseudonyms: Buffer }>;
  /** Keeps account of what is asked; what it throws is the request's error. */
  spend?: GraphContext["spend"];
  /** A snapshot that the request was asked to be answered from; without it the published one. */
  pinnedSnapshot?: number | undefined;
  /** The published snapshot, where somebody knows it; null, or without it, it is read. */
  known?: (() => Promise<SnapshotFacts | null>) | undefined;
  reads?: Reads;
}>;

export function makeGraphContext({
  scope,
  keys,
  spend,
  pinnedSnapshot,
  known,
  reads = fromWarehouse,
  ...given
}: Options): GraphContext {
  let isEnded = false;
  const warehouse = limitStatements(
    given.warehouse,
    () => isEnded || context.signal?.aborted === true,
    () => context.signal,
  );
  let pinned = pinnedSnapshot;
  let snapshotRead: Promise<SnapshotFacts> | undefined;
  const snapshot = () => {
    snapshotRead ??= readFacts();
    return snapshotRead;
  };

  async function readFacts(): Promise<SnapshotFacts> {
    const facts = pinned === undefined ? await known?.() : null;
    return facts ?? reads.readSnapshot(warehouse, pinned);
  }

  const answers = new Map<string, Promise<unknown>>();
  const asked: AskedQuestion[] = [];
  let hasAnswer = false;
  let rows = 0;
  const seal = sealCursors(keys.cursors, scope);
  const ask: Ask = (request) => {
    const text = JSON.stringify(request);
    const answer = answers.get(text) ?? askOnce(request, text);
    answers.set(text, answer);
    // What `askOnce` gives back is the answer to this very request.
    return answer as ReturnType<typeof ask<typeof request>>;
  };
  async function askOnce(request: AnyRequest, text: string): Promise<unknown> {
    const traces: QueryTrace[] = [];
    asked.push({ text, later: hasAnswer, traces });
    try {
      const trace = (told: QueryTrace) => void traces.push(told);
      const plain = unsealed(request, seal);
      const answer = isOfRecords(plain)
        ? await reads.askRecords(plain, { warehouse, scope, trace })
        : await reads.ask(plain, { warehouse, snapshot: await snapshot(), scope, trace });
      rows += rowsOf(answer);
      return sealed(answer, seal);
    } finally {
      hasAnswer = true;
    }
  }

  async function askUnkept<R extends Request>(request: R): Promise<AnswerTo<R>> {
    const answer = await reads.ask(request, { warehouse, snapshot: await snapshot(), scope });
    rows += rowsOf(answer as Answer);
    return answer;
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
    ...(spend && { spend }),
    rows: () => rows,
    openCursor: seal.open,
    pseudonymOf: (customerId) => pseudonymOf(keys.pseudonyms, customerId),
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
    askUnkept,
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

type Answer = PlainAnswerTo<AnyRequest>;

/** A cursor that is none of ours goes on as a text that is none of anybody's: it is refused where every other fault of a question is. */
function unsealed(request: AnyRequest, { open }: Seal): AnyRequest {
  if (!("page" in request) || request.page?.after === undefined) return request;
  return { ...request, page: { ...request.page, after: open(request.page.after) ?? "" } };
}

function sealed(answer: Answer, { seal }: Seal): SealedAnswer<Answer> {
  if ("cursors" in answer) return { ...answer, seal };
  return answer.map((part) => (part && "cursors" in part ? { ...part, seal } : part)) as SealedAnswer<Answer>;
}

function rowsOf(answer: Answer): number {
  if ("rows" in answer) return answer.rows.length;
  if ("columns" in answer) return answer.count;
  return answer.reduce((sum, part) => sum + (part && "rows" in part ? part.rows.length : 0), 0);
}

const recordKinds: ReadonlySet<string> = new Set(["loadRuns", "rejects"] satisfies RecordsRequest["kind"][]);

function isOfRecords(request: AnyRequest): request is RecordsRequest {
  return recordKinds.has(request.kind);
}
