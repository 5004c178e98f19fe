// The two connections of a load: one for the transaction that makes the new snapshot, one for the record of the load, which must
// survive whatever becomes of the first.
import pg from "pg";
import { Consumer360Error } from "../../src/kernel/errors.ts";

/** Runs a statement of the load's transaction and returns its rows; `count` returns how many rows it wrote. */
export type Run = {
  (text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  count(text: string): Promise<number>;
};

export type LoadSession = Readonly<{ work: pg.Client; records: pg.Client; run: Run; close(): Promise<void> }>;

/** Held by the record's connection while a load goes on, and by its transaction: one load at a time. */
const loadLock = [360, 0] as const;

export async function openLoadSession(url: string): Promise<LoadSession> {
  const records = await connect(url);
  try {
    const locked = await records.query("SELECT pg_try_advisory_lock($1, $2) AS locked", [...loadLock]);
    if (!locked.rows[0]?.locked)
      throw new Consumer360Error("LOAD_IN_PROGRESS", "Another load is under way in this warehouse.", {
        remedy: "Wait until it has finished, then load again.",
      });
    const work = await connect(url);
    const run: Run = Object.assign(
      async (text: string, values: readonly unknown[] = []) => {
        const result = await work.query(text, values.length === 0 ? undefined : [...values]);
        return (Array.isArray(result) ? [] : result.rows) as Record<string, unknown>[];
      },
      { count: async (text: string) => (await work.query(text)).rowCount ?? 0 },
    );
    return {
      work,
      records,
      run,
      close: async () => {
        await Promise.allSettled([work.end(), records.end()]);
      },
    };
  } catch (cause) {
    await records.end();
    throw cause;
  }
}

/** Begins the transaction that makes the snapshot. A loader that died a moment ago may still be rolling back: wait for it. */
export async function beginLoad(session: LoadSession): Promise<void> {
  await session.work.query(`BEGIN;
    SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL timezone = 'UTC';
    SET LOCAL work_mem = '128MB';
    SET LOCAL maintenance_work_mem = '256MB';
    SET LOCAL jit = off;
    SET LOCAL client_connection_check_interval = '2s';
    SELECT pg_advisory_xact_lock(${loadLock[0]}, ${loadLock[1]} + 1)`);
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "consumer360-load",
    connectionTimeoutMillis: 10_000,
  });
  // A connection that breaks fails the statement under way, which is where it is reported.
  client.on("error", () => {});
  client.setTypeParser(pg.types.builtins.DATE, (text) => text);
  try {
    await client.connect();
    await client.query("SET search_path = public");
  } catch (cause) {
    throw new Consumer360Error("WAREHOUSE_UNAVAILABLE", "The warehouse does not answer.", {
      remedy: "Check DATABASE_URL and that PostgreSQL is running.",
      cause,
    });
  }
  return client;
}
