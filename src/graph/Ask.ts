// How this floor asks the one below.
import type { LinesAnswer, MetricsAnswer } from "../query/answer.ts";
import type { AnswerTo } from "../query/ask.ts";
import type { Request } from "../query/request.ts";
import type { Seal } from "./sealCursors.ts";

/** An answer whose pages know how to seal their cursors. */
export type SealedAnswer<Answer> = Answer extends MetricsAnswer | LinesAnswer
  ? Answer & Pick<Seal, "seal">
  : Answer extends readonly LinesAnswer[]
    ? readonly (LinesAnswer & Pick<Seal, "seal">)[]
    : Answer;

/** Asks at the request's snapshot, under the request's scope. The same question twice is one statement. */
export type Ask = <R extends Request>(request: R) => Promise<SealedAnswer<AnswerTo<R>>>;
