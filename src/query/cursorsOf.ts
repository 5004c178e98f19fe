// The cursors of a page, each made once it is looked at: a page of thousands of rows is seldom asked for more than its last one.
import type { Cursors } from "./answer.ts";

const none: Cursors = Object.freeze([]);

export function cursorsOf(length: number, cursorAt: (at: number) => string): Cursors {
  if (length === 0) return none;
  return Object.freeze({
    length,
    at(index: number) {
      const at = index < 0 ? length + index : index;
      return at >= 0 && at < length ? cursorAt(at) : undefined;
    },
  });
}
