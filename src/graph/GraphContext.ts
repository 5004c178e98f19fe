// What every resolver of one request shares: who asks, the one snapshot that the whole answer comes from, and the way down to the query floor.
import type { Scope } from "../model/scope.ts";
import type { MetricsAnswer } from "../query/answer.ts";
import type { AnswerTo } from "../query/ask.ts";
import type { RowAccount } from "../query/readAccount.ts";
import type { MetricsRequest, Request } from "../query/request.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import type { Ask } from "./Ask.ts";
import type { Bulk } from "./bulk/BulkRows.ts";
import type { Cost } from "./documentCost.ts";
import type { Loaders } from "./makeLoaders.ts";
import type { Receipt } from "./receiptOf.ts";

export type GraphContext = Readonly<{
  scope: Scope;
  /** Aborted once the client has gone: from then on no statement is begun. */
  signal?: AbortSignal;
  /** Says that the answer is complete: from then on no statement is begun for what is left of the request. */
  end(): void;
  /** Called once with what the document will cost, before anything is asked. What it throws is the request's error. */
  spend?: (cost: Pick<Cost, "rows" | "values">) => void | Promise<void>;
  /** There where the rows of the document are wanted outside of GraphQL. */
  bulk?: Bulk;
  /** Rows that were read for the answer so far. */
  rows(): number;
  /** The cursor behind one that a client sent; null where it is none that was given to this scope. */
  openCursor(sealed: string): string | null;
  /** The made-up name of a customer. */
  pseudonymOf(customerId: string): string;
  /** Answers the whole request from an older snapshot; before the first question only. */
  pinSnapshot(snapshotId: number): void;
  /** The one snapshot of the request, read once. */
  snapshot(): Promise<SnapshotFacts>;
  /** The rows of the load behind the snapshot: for operators only. */
  account(): Promise<RowAccount>;
  ask: Ask;
  /** Like `ask`, with plain cursors, and nothing of it is remembered: for what is asked page by page without an end. */
  askUnkept<R extends Request>(request: R): Promise<AnswerTo<R>>;
  /** Like `ask`, without a statement where no figure is selected and nothing is filtered. */
  askFigures(request: Omit<MetricsRequest, "kind">): Promise<MetricsAnswer["rows"]>;
  loaders: Loaders;
  /** Where the answer comes from, as far as it has been asked; null where there is no snapshot to answer from. */
  receipt(): Promise<Receipt | null>;
}>;
