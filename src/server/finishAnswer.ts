// The two forms of an answer: as it goes out now, and as it goes out when it is given again. They differ in one word of the receipt.
import { hash } from "node:crypto";
import { nameOf, type SnapshotName } from "./followPublished.ts";
import type { Outcome } from "./noteOutcome.ts";

export type Finished = Readonly<{
  /** Its receipt says that it was not cached. */
  text: string;
  /** Null: this answer is for this request alone. */
  again: Readonly<{ text: string; snapshot: string; values: number }> | null;
}>;

/** How an answer ends, the receipt being the last that stands in it. */
const receiptEnd = "}}}\n";

/** `text`: as Apollo Server prints the outcome. */
export function finishAnswer(text: string, { isFixed, values, result }: Outcome): Finished {
  const receipt = result?.extensions?.receipt as SnapshotName | undefined;
  if (receipt === undefined || !text.endsWith(receiptEnd)) return { text, again: null };
  const marked = (cached: boolean) => `${text.slice(0, -receiptEnd.length)},"cached":${cached}${receiptEnd}`;
  const isWhole = isFixed === true && values !== undefined && result?.errors === undefined;
  return {
    text: marked(false),
    again: isWhole ? { text: marked(true), snapshot: nameOf(receipt), values } : null,
  };
}

/** In memory of its own, so that it is gone with the answer and counts what it is counted for. */
export function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** Weak: the same whether the receipt says that the answer was cached or not. `again`: as it is given again. */
export const etagOf = (again: string | Buffer): string => `W/"${hash("sha256", again, "base64url")}"`;
