// Rejected rows in words, for whoever mends the file: the first few, each with its place, its reason and the beginning of its text.
import type { Reject } from "../judge/rejectCodes.ts";

const mostLetters = 80;

/** The same reject with no more of its text than fits on a line. */
export function shortenReject(reject: Reject): Reject {
  return Object.freeze({ ...reject, raw: shortenText(reject.raw) });
}

export function shortenText(text: string): string {
  const letters = [...text.slice(0, 3 * mostLetters).toWellFormed()];
  return letters.length > mostLetters ? `${letters.slice(0, mostLetters - 1).join("")}…` : letters.join("");
}

/** A heading, then a line for each of the first of `total` rejects. */
export function listRejects(first: readonly Reject[], total: number): string[] {
  const heading =
    total > first.length
      ? `The first ${first.length} of ${total.toLocaleString("en-GB")} rejected rows:`
      : total === 1
        ? "The rejected row:"
        : "The rejected rows:";
  return [heading, ...first.map((reject) => `  ${describeReject(reject)}`)];
}

function describeReject({ line, column, code, raw }: Reject): string {
  return `line ${line}${column === null ? "" : `, ${column}`}: ${code}: ${quote(raw)}`;
}

/** In quotes, with what a terminal would obey or hide written out. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
