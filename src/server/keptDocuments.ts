// Documents that were read, for those who ask with the same ones again: Apollo's own store weighs them without their text, which they keep,
// so that blanks and remarks without end would fill the memory.
import type { DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";

/** What Apollo Server asks of a store. */
export type KeptDocuments = Readonly<{
  get(hash: string): Promise<DocumentNode | undefined>;
  set(hash: string, document: DocumentNode): Promise<void>;
  delete(hash: string): Promise<boolean>;
}>;

const mostBytes = 64 * 1024 * 1024;
/** Bytes that a character of a document becomes when it is read, at most about. */
const bytesPerCharacter = 50;
/** A document beyond this is read each time that it comes. */
const longest = 20_000;

export function keepDocuments(): KeptDocuments {
  const kept = new LRUCache<string, DocumentNode>({
    maxSize: mostBytes,
    maxEntrySize: longest * bytesPerCharacter,
    sizeCalculation: ({ loc }) => (loc ? loc.source.body.length * bytesPerCharacter : mostBytes) || 1,
  });
  return Object.freeze({
    get: async (hash: string) => kept.get(hash),
    set: async (hash: string, document: DocumentNode) => void kept.set(hash, document),
    delete: async (hash: string) => kept.delete(hash),
  });
}
