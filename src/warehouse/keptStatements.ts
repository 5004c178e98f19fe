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
  /** What a text is prepared under. `isNew`: it must be prepared first. `dropped`: the name of one that had to make room. */
  nameOf(text: string): Readonly<{ kept: KeptStatement; isNew: boolean; dropped: string | null }>;
  /** After a fault: it may not have been prepared at all. */
  forget(text: string): void;
}>;

/** Of one connection. */
export function makeKeptStatements(): KeptStatements {
  // by text, the longest unused first
  const known = new Map<string, KeptStatement>();
  // a name is never used twice, so that what was dropped or forgotten is never taken for another
  let names = 0;
  return Object.freeze({
    nameOf(text) {
      const found = known.get(text);
      let dropped: string | null = null;
      if (found) known.delete(text);
      else if (known.size >= mostKept) {
        const [[oldest, { name }]] = [...known] as [[string, KeptStatement]];
        known.delete(oldest);
        dropped = name;
      }
      names += found ? 0 : 1;
      const kept = found ?? { name: `kept_${names}`, columns: null };
      known.set(text, kept);
      return { kept, isNew: found === undefined, dropped };
    },
    forget: (text) => void known.delete(text),
  });
}
