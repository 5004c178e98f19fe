// Statements that a connection prepares once and runs again and again: the server neither parses nor plans them anew, which for small ones
// is most of the work. Each connection keeps the ones that it used last.
import type pg from "pg";
import type { Statement, StoredRow } from "./statement.ts";

/** On each connection. */
const mostKept = 100;

/** By text: the name that it is prepared under, the longest unused first. */
type Kept = Map<string, string>;

export type KeptStatements = Readonly<{
  /** Runs the statement, which is prepared only where it `keepsPlan`. */
  run(client: pg.PoolClient, statement: Statement): Promise<StoredRow[]>;
}>;

export function makeKeptStatements(): KeptStatements {
  const keptBy = new WeakMap<pg.PoolClient, Kept>();
  // A name is never used twice: the driver believes that what it has prepared stays.
  let names = 0;

  function nameOn(client: pg.PoolClient, kept: Kept, text: string): string {
    const known = kept.get(text);
    const name = known ?? `kept_${++names}`;
    kept.delete(text);
    if (known === undefined && kept.size >= mostKept) {
      const [[oldest, oldName]] = [...kept] as [[string, string]];
      kept.delete(oldest);
      // what failed is not among the kept, so that this does not
      client.query(`DEALLOCATE ${oldName}`).catch(() => {});
    }
    kept.set(text, name);
    return name;
  }

  return Object.freeze({
    async run(client: pg.PoolClient, { text, values, keepsPlan }: Statement): Promise<StoredRow[]> {
      if (keepsPlan !== true) return (await client.query({ text, values: [...values] })).rows as StoredRow[];
      const kept = keptBy.get(client) ?? new Map();
      keptBy.set(client, kept);
      const name = nameOn(client, kept, text);
      try {
        return (await client.query({ name, text, values: [...values] })).rows as StoredRow[];
      } catch (cause) {
        // it may not have been prepared at all
        kept.delete(text);
        throw cause;
      }
    },
  });
}
