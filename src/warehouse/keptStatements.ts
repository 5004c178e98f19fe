// Statements that a connection prepares once and runs again and again: the server neither parses nor plans them anew, which for small ones
// is most of the work. Each connection keeps the ones that it used last.

/** On each connection. */
const mostKept = 100;

/** A column of an answer: its name, and how its text becomes a value; null where it stays as it is. */
export type StoredColumn = Readonly<{ name: string; decode: ((text: string) => unknown) | null }>;

export type KeptStatement = {
  readonly name: string;
  /** Null until the server has described them: it does so once, since a prepared statement keeps its columns. */
  columns: readonly StoredColumn[] | null;
};

export type KeptStatements = Readonly<{
  /** What a text is prepared under. `isNew`: it must be prepared first. */
  nameOf(text: string): Readonly<{ kept: KeptStatement; isNew: boolean }>;
  /** After a fault of it, or before it: nobody knows whether it is prepared. */
  forget(text: string): void;
  /** Names that are no longer used, once: the server is to be told. */
  takeDropped(): readonly string[];
}>;

/** Of one connection. */
export function makeKeptStatements(): KeptStatements {
  // by text, the longest unused first
  const known = new Map<string, KeptStatement>();
  let dropped: string[] = [];
  // a name is never used twice, so that what was dropped or forgotten is never taken for another
  let names = 0;
  function forget(text: string): void {
    const found = known.get(text);
    if (!found) return;
    known.delete(text);
    dropped.push(found.name);
  }
  return Object.freeze({
    nameOf(text) {
      const found = known.get(text);
      if (found) {
        known.delete(text);
        known.set(text, found);
        return { kept: found, isNew: false };
      }
      const [oldest] = known.size >= mostKept ? known.keys() : [];
      if (oldest !== undefined) forget(oldest);
      names += 1;
      const kept = { name: `kept_${names}`, columns: null };
      known.set(text, kept);
      return { kept, isNew: true };
    },
    forget,
    takeDropped() {
      const taken = dropped;
      dropped = [];
      return taken;
    },
  });
}
