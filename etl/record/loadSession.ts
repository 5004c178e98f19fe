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

/** Advisory locks of loads, in a class of their own: readers hold theirs on snapshots by number. */
const loadLockClass = 361;
/** Held by the record's connection while a load goes on: one load at a time. */
export const loadLock = [loadLockClass, 0] as const;
/** Held by the load's transaction: who has it knows what became of the load before. */
const transactionLock = [loadLockClass, 1] as const;

export async function openLoadSession(url: string): Promise<LoadSession> {
  const records = await connectForLoad(url);
  try {
    const locked = await records.query("SELECT pg_try_advisory_lock($1, $2) AS locked", [...loadLock]);
    if (!locked.rows[0]?.locked)
      throw new Consumer360Error("LOAD_IN_PROGRESS", "Another load is under way in this warehouse.", {
        remedy: "Wait until it has finished, then load again.",
      });
    await awaitTransaction(records);
    const work = await connectForLoad(url);
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

/** Throws where the lock is gone: it lives as long as its connection does. */
export async function ensureSoleLoader({ records }: LoadSession): Promise<void> {
  await records.query("SELECT");
}

/** Begins the transaction that makes the snapshot. A loader that died a moment ago may still be rolling back: wait for it. */
export async function beginLoad(session: LoadSession): Promise<void> {
  await session.work.query(`BEGIN;
    SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL timezone = 'UTC';
    SET LOCAL work_mem = '128MB';
    SET LOCAL hash_mem_multiplier = 4;
    SET LOCAL maintenance_work_mem = '256MB';
    SET LOCAL jit = off;
    -- what is summed comes down to few rows; nobody else waits for this process's own core meanwhile
    SET LOCAL parallel_setup_cost = 100;
    SET LOCAL parallel_tuple_cost = 0.01;
    SET LOCAL default_statistics_target = 25;
    DO $$ BEGIN
      -- notices early that the loader is gone; not every system can
      SET LOCAL client_connection_check_interval = '2s';
    EXCEPTION WHEN invalid_parameter_value THEN NULL;
    END $$;
    SELECT pg_advisory_xact_lock(${transactionLock.join(", ")})`);
}

/** Waits until the transaction of a load whose connection is gone has ended, one way or the other. */
export async function awaitTransaction(records: pg.Client): Promise<void> {
  await records.query("SELECT pg_advisory_lock($1, $2)", [...transactionLock]);
  await records.query("SELECT pg_advisory_unlock($1, $2)", [...transactionLock]);
}

/** A connection that fails as the warehouse's, and reads days as text. */
export async function connectForLoad(url: string): Promise<pg.Client> {
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
    // a layout's marks are written into statements as plain texts, which hold whatever a database was told to take backslashes for
    await client.query("SET search_path = public; SET standard_conforming_strings = on");
  } catch (cause) {
    throw new Consumer360Error("WAREHOUSE_UNAVAILABLE", "The warehouse does not answer.", {
      remedy: "Check DATABASE_URL and that PostgreSQL is running.",
      cause,
    });
  }
  return client;
}
