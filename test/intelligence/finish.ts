// Takes all steps of a computation at once, as nobody else waits in a test.
import type { Steps } from "../../src/intelligence/Steps.ts";

export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
