// Runs a long computation beside others: after a few milliseconds of it, whatever else waits in this process gets its turn.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Steps } from "../../src/intelligence/Steps.ts";

/** Milliseconds of computing after which others get their turn. A step that takes longer is not interrupted. */
const longest = 8;

export async function takeTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const began = performance.now();
    do {
      const step = steps.next();
      if (step.done) return step.value;
    } while (performance.now() - began < longest);
    await nextTurn();
  }
}
