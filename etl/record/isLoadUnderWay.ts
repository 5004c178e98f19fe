// Whether somebody is loading into this warehouse now, so that who would only load the same can wait instead of trying.
import { connectForLoad, loadLock } from "./loadSession.ts";

/** Looks at the lock and does not touch it: the look cannot make another load fail. */
export async function isLoadUnderWay(url: string): Promise<boolean> {
  const client = await connectForLoad(url);
  try {
    const { rows } = await client.query(
      `SELECT FROM pg_locks
       WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid = $1::oid AND objid = $2::oid
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [...loadLock],
    );
    return rows.length > 0;
  } finally {
    await client.end();
  }
}
