// Rows that leave outside of GraphQL: what their columns are, and how they come, page by page.
import type { Value } from "../../query/answer.ts";
import type { SnapshotFacts } from "../../query/snapshotFacts.ts";

/** `text` comes from outside, as names do, and so does each of `texts`; `word` is one of ours, as keys, figures and dates are. */
export type BulkForm = "text" | "texts" | "word";

export type BulkColumn = Readonly<{ name: string; form: BulkForm }>;

export type BulkPage = Readonly<{
  count: number;
  /** A list for each column, of one length. */
  values: readonly (readonly Value[])[];
}>;

export type BulkRows = Readonly<{
  columns: readonly BulkColumn[];
  facts: SnapshotFacts;
  /** What the asker should know of the scope. */
  notices: readonly string[];
  /** The first page has been read: what is refused is refused before. */
  first: BulkPage;
  rest: AsyncGenerator<BulkPage, void>;
}>;

/** Left on the context by the server where rows are wanted, and filled by the plugin: nothing is executed then. */
export type Bulk = {
  /** Whether the estimated cost must be told, for which the rows are counted before they are read. */
  readonly isCounted: boolean;
  /** Names that no column may have. */
  readonly reserved: readonly string[];
  rows?: BulkRows;
};
