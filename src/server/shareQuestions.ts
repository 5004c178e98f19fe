// Equal questions that are under way at the same time are asked of the warehouse once. The one who came first asks; the others wait for the
// answer, and go their own way where there is none that can be shared.
import type { ServerResponse } from "node:http";
import { whenGone } from "./onceSent.ts";

export type Lead<Answer> = Readonly<{
  /** Aborted once nobody who waits for the answer is there any more. */
  signal: AbortSignal;
  /** Null: there is no answer to share. Only the first call counts, and it must be made, whatever happens. */
  settle(answer: Answer | null): void;
}>;

export type SharedQuestions<Answer> = Readonly<{
  /** Null: nobody asks it, so that it is for this asker to lead. The promise never rejects. */
  join(key: string, raw: ServerResponse): Promise<Answer | null> | null;
  lead(key: string, raw: ServerResponse): Lead<Answer>;
}>;

type UnderWay<Answer> = Readonly<{ answer: Promise<Answer | null>; enter: (raw: ServerResponse) => () => void }>;

export function shareQuestions<Answer>(): SharedQuestions<Answer> {
  const underWay = new Map<string, UnderWay<Answer>>();
  return Object.freeze({
    join(key, raw) {
      const question = underWay.get(key);
      if (!question) return null;
      const leave = question.enter(raw);
      return question.answer.finally(leave);
    },
    lead(key, raw) {
      const gone = new AbortController();
      let askers = 0;
      const end = () => {
        if (underWay.get(key) === question) underWay.delete(key);
      };
      const enter = (asker: ServerResponse) => {
        askers += 1;
        let isHere = true;
        const leave = () => {
          if (isHere) askers -= 1;
          isHere = false;
          if (askers > 0) return;
          end();
          gone.abort();
        };
        whenGone(asker, leave);
        return leave;
      };
      let settle: (answer: Answer | null) => void = () => {};
      const answer = new Promise<Answer | null>((resolve) => {
        settle = resolve;
      });
      const question: UnderWay<Answer> = { answer, enter };
      underWay.set(key, question);
      enter(raw);
      return Object.freeze({
        signal: gone.signal,
        settle(found: Answer | null) {
          end();
          settle(found);
        },
      });
    },
  });
}
