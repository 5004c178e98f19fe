// Documents that a client sent once and names by their hash from then on (automatic persisted queries, as Apollo's clients do it). Each
// scope has its own: that a document is known here tells nobody what askers of another scope have asked.
import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { Consumer360Error } from "../kernel/errors.ts";

export type PersistedDocuments = Readonly<{
  /** Throws PERSISTED_QUERY_NOT_FOUND. */
  find(fingerprint: string, sha256: string): string;
  keep(fingerprint: string, text: string): void;
}>;

/** Characters of all documents that are kept; those that were asked for longest ago go first. */
const mostCharacters = 16 * 2 ** 20;

export const sha256Of = (text: string | Buffer): string => hash("sha256", text, "hex");

export function openPersistedDocuments(): PersistedDocuments {
  const texts = new LRUCache<string, string>({
    maxSize: mostCharacters,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  return Object.freeze({
    find(fingerprint, sha256) {
      const text = texts.get(`${fingerprint} ${sha256}`);
      // the words by which clients know that they have to send the text
      if (text === undefined) throw new Consumer360Error("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
      return text;
    },
    keep: (fingerprint, text) => void texts.set(`${fingerprint} ${sha256Of(text)}`, text),
  });
}
