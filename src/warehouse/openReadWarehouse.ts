// The way in for readers: a pool of connections on which every statement runs as a role that owns nothing, may only read, and sees
// nothing but one snapshot under one scope. The scope lives and dies with the transaction, so a pooled connection never carries it on.
import pg from "pg";
import { Consumer360Error } from "../kernel/errors.ts";
import { isLostConnection, unavailable } from "./lostConnection.ts";
import { type SessionScope, type SessionSnapshot, statementTimeout } from "./openSession.ts";
import { makeReadSessions } from "./readSessions.ts";
import type { Statement, StoredRow } from "./statement.ts";

export { type SessionScope, type SessionSnapshot, snapshotLockClass } from "./openSession.ts";
export type { Statement, StoredRow } from "./statement.ts";

export type ReadWarehouse = Readonly<{
  /**
   * Runs one statement at one snapshot under one scope. Throws SNAPSHOT_EXPIRED where the snapshot has been cleaned away. Once the
   * signal is aborted the connection is thrown away, and the server ends the statement soon after. Statements under one scope object,
   * snapshot and signal may share a transaction.
   */
  read(
    statement: Statement,
    scope: SessionScope,
    snapshot: SessionSnapshot,
    signal?: AbortSignal,
  ): Promise<StoredRow[]>;
  /** Runs one statement that needs no snapshot: it sees what is published, and nothing that belongs to a snapshot. */
  readPublished(statement: Statement, scope: SessionScope, signal?: AbortSignal): Promise<StoredRow[]>;
  close(): Promise<void>;
}>;

/** How often the server looks whether the client of a running statement is still there. */
const lookForClient = "1s";

/** Opens the pool; connects at the first statement. */
export function openReadWarehouse(url: string, options: { maxConnections: number }): ReadWarehouse {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections,
    application_name: "consumer360-read",
    connectionTimeoutMillis: 10_000,
    // with it goes what the server and the driver have gathered for it
    maxLifetimeSeconds: 3600,
    onConnect: noticeLostClients,
  });
  // A connection that breaks while idle is replaced by the pool; the next statement says so if the server is gone.
  pool.on("error", () => {});
  // One that breaks while it is in use fails its statement, which says so; the pool does not listen to it meanwhile.
  pool.on("connect", (client) => void client.on("error", () => {}));

  const sessions = makeReadSessions({
    connect: () => connect(pool),
    meaningOf,
    givenUp,
  });

  return Object.freeze({
    read: (statement: Statement, scope: SessionScope, snapshot: SessionSnapshot, signal?: AbortSignal) =>
      sessions.read({ statement, scope, snapshot, signal }),
    readPublished: (statement: Statement, scope: SessionScope, signal?: AbortSignal) =>
      sessions.read({ statement, scope, snapshot: null, signal }),
    close: () => pool.end(),
  });
}

/** Only some systems can tell a server that a client has gone; on others a statement runs to its end, or to its time limit. */
async function noticeLostClients(client: pg.ClientBase): Promise<void> {
  try {
    await client.query(`SET client_connection_check_interval = '${lookForClient}'`);
  } catch (cause) {
    if (codeOf(cause) !== invalidParameterValue) throw cause;
  }
}

const invalidParameterValue = "22023";

const codeOf = (cause: unknown) => (cause as { code?: unknown } | null)?.code;

/** Of the server's means: disk_full, out_of_memory, and a limit on them (temp_file_limit). */
const meansUsedUp: readonly unknown[] = ["53100", "53200", "53400"];

function meaningOf(cause: unknown): unknown {
  if (isLostConnection(cause)) return unavailable(cause);
  const code = codeOf(cause);
  if (code === "57014") return tooCostly(`The question took longer than ${statementTimeout / 1000} seconds.`, cause);
  if (meansUsedUp.includes(code)) return tooCostly("The question needs more room than the warehouse gives it.", cause);
  return cause;
}

const tooCostly = (message: string, cause: unknown) =>
  new Consumer360Error("QUERY_TOO_COSTLY", message, {
    remedy: "Ask for less at once: fewer members, a shorter range, a smaller page.",
    cause,
  });

/** Nobody reads it. */
const givenUp = () => new Consumer360Error("BAD_USER_INPUT", "The request was given up before it was answered.");

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw unavailable(cause);
  }
}
