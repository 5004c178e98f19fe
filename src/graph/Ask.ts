// How this floor asks the one below.
import type { AnswerPage } from "../query/answer.ts";
import type { AnswerTo } from "../query/ask.ts";
import type { RecordsAnswerTo, RecordsRequest } from "../query/recordsRequest.ts";
import type { Request } from "../query/request.ts";
import type { SealedPage } from "./sealCursors.ts";

/** An answer whose pages know how to seal their cursors. */
export type SealedAnswer<Answer> = Answer extends AnswerPage
  ? SealedPage<Answer>
  : Answer extends readonly (infer Page extends AnswerPage)[]
    ? readonly SealedPage<Page>[]
    : Answer;

export type AnyRequest = Request | RecordsRequest;

/** What the query floor answers. */
export type PlainAnswerTo<R extends AnyRequest> = R extends Request
  ? AnswerTo<R>
  : R extends RecordsRequest
    ? RecordsAnswerTo<R>
    : never;

/**
 * Asks under the request's scope, at the request's snapshot; about loads, which belong to none, as they stand. The same question twice is one
 * statement.
 */
export type Ask = <R extends AnyRequest>(request: R) => Promise<SealedAnswer<PlainAnswerTo<R>>>;
