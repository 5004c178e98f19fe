// Answers as finished bytes, for whoever asks the same question under the same scope while the same snapshot is published. Bounded by
// memory; all of it is dropped as soon as another snapshot is known to be published.
import { LRUCache } from "lru-cache";
import type { Told } from "./auditRequests.ts";
import type { Published } from "./followPublished.ts";
import { type SharedQuestions, shareQuestions } from "./shareQuestions.ts";

export type KeptAnswer = Readonly<{
  /** JSON in UTF-8, whose receipt says that it was given before. */
  body: Buffer;
  contentType: string;
  /** Made once it is asked for, which few are. */
  etag(): string;
  /** The name of its snapshot, as `Published` has it. */
  snapshot: string;
  /** Values, as estimated before it was asked: what each asker is charged for. */
  values: number;
  /** For the audit; null where there is none. */
  told: Told | null;
}>;

/** How questions were answered: from memory, with another's answer that was under way, by the warehouse, or by it without a question of keeping. */
export type Way = "hit" | "shared" | "miss" | "uncached";

export type CacheFigures = Readonly<{
  answers: Readonly<Record<Way, number>>;
  entries: number;
  bytes: number;
  mostBytes: number;
  /** Answers that had to make room for others, and that went with their snapshot. */
  evicted: number;
  outdated: number;
}>;

export type AnswerCache = Readonly<{
  published: Published;
  find(key: string, snapshot: string): KeptAnswer | undefined;
  /** Keeps the answer, unless it is of another snapshot than the published one or too large. */
  keep(key: string, answer: KeptAnswer): void;
  underWay: SharedQuestions<KeptAnswer>;
  count(way: Way): void;
  figures(): CacheFigures;
}>;

/** The share of the memory that one answer may take. */
const largestShare = 1 / 8;
/** Bytes that an answer takes beside its own, about. */
const overhead = 600;

export function openAnswerCache(published: Published, mostBytes: number): AnswerCache {
  const counts = { hit: 0, shared: 0, miss: 0, uncached: 0 };
  let evicted = 0;
  let outdated = 0;
  const answers = new LRUCache<string, KeptAnswer>({
    maxSize: mostBytes,
    maxEntrySize: Math.floor(mostBytes * largestShare),
    sizeCalculation: ({ body, told }, key) => overhead + body.length + key.length + JSON.stringify(told).length,
    dispose: (_answer, _key, reason) => {
      if (reason === "evict") evicted += 1;
      if (reason === "delete") outdated += 1;
    },
  });
  published.onChange(() => answers.clear());

  return Object.freeze({
    published,
    find(key, snapshot) {
      const found = answers.get(key);
      return found?.snapshot === snapshot ? found : undefined;
    },
    keep(key, answer) {
      const last = published.last();
      if (answer.snapshot === last) answers.set(key, answer);
      // numbers only grow, except where a former snapshot is published once more
      else if (last === null || Number.parseInt(answer.snapshot, 10) > Number.parseInt(last, 10)) published.doubt();
    },
    underWay: shareQuestions<KeptAnswer>(),
    count(way) {
      counts[way] += 1;
    },
    figures: () => ({
      answers: { ...counts },
      entries: answers.size,
      bytes: answers.calculatedSize,
      mostBytes,
      evicted,
      outdated,
    }),
  });
}
