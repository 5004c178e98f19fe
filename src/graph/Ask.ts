// How this floor asks the one below.
import type { AnswerTo } from "../query/ask.ts";
import type { Request } from "../query/request.ts";

/** Asks at the request's snapshot, under the request's scope. The same question twice is one statement. */
export type Ask = <R extends Request>(request: R) => Promise<AnswerTo<R>>;
