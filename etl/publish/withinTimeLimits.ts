// Work on tables that readers use: it gives up instead of queueing before them, and what it did not get to is left for the next time.
import type pg from "pg";

export async function withinTimeLimits(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query("SET lock_timeout = '2s'; SET statement_timeout = '30s'");
  try {
    await work();
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
  } finally {
    await client.query("RESET lock_timeout; RESET statement_timeout");
  }
}

/** lock_not_available and query_canceled. */
const isTimeout = (cause: unknown) => ["55P03", "57014"].includes(String((cause as { code?: unknown }).code));
