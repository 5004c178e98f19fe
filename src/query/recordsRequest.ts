// What can be asked about loads: records, not rows of a snapshot, so an answer is of the moment when it is given.

import type { RowPage } from "./answer.ts";
import type { LoadRunRecord, RejectRecord } from "./decodeRecords.ts";
import type { Page } from "./request.ts";

/** Newest first. `id`: of the one load of this number; what is no number is that of none. */
export type LoadRunsRequest = Readonly<{ kind: "loadRuns"; id?: string | undefined; page: Page; count: boolean }>;

/** The rejected rows of several loads, each by file and line. With a cursor, of the one load that it belongs to. */
export type RejectsRequest = Readonly<{
  kind: "rejects";
  loadRunIds: readonly number[];
  page: Page;
  count: boolean;
  /** Whether their text is wanted; it stays null where the scope may not see it. */
  raw: boolean;
}>;

/** Which rejected rows of a load. */
export type RejectFilter = Readonly<{ loadRunId: number; file?: string | undefined; code?: string | undefined }>;

export type RecordsRequest = LoadRunsRequest | RejectsRequest;

export type RecordsAnswerTo<R extends RecordsRequest> = R extends LoadRunsRequest
  ? RowPage<LoadRunRecord>
  : R extends RejectsRequest
    ? readonly RowPage<RejectRecord>[]
    : never;
