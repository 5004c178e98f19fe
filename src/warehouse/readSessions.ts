// Transactions that readers share: what one request asks under one scope of one snapshot runs in one of them, one statement after the other,
// so that a page of several small statements opens and ends a transaction once. Never shared across scopes, snapshots or requests.
import { setImmediate as turn } from "node:timers/promises";
import type pg from "pg";
import { makeKeptStatements } from "./keptStatements.ts";
import type { Statement, StoredRow } from "./openReadWarehouse.ts";
import { openSession, type SessionScope, type SessionSnapshot } from "./openSession.ts";
import { snapshotExpired } from "./snapshotExpired.ts";

export type Asked = Readonly<{
  statement: Statement;
  scope: SessionScope;
  /** Null for what is published, whatever the snapshot. */
  snapshot: SessionSnapshot | null;
  signal: AbortSignal | undefined;
}>;

type Job = Readonly<{
  asked: Asked;
  resolve: (rows: StoredRow[]) => void;
  reject: (cause: unknown) => void;
}>;

type Session = { readonly first: Asked; readonly waiting: Job[]; isBusy: boolean };

export type ReadSessions = Readonly<{
  read(asked: Asked): Promise<StoredRow[]>;
}>;

/**
 * `connect` gives a connection or says why there is none; `isWanted` tells whether somebody waits for one; `meaningOf` says what an error means; `givenUp` is what becomes of statements
 * whose signal is aborted. A scope is the same where it is the same object.
 */
export function makeReadSessions({
  connect,
  isWanted,
  meaningOf,
  givenUp,
}: {
  connect: () => Promise<pg.PoolClient>;
  isWanted: () => boolean;
  meaningOf: (cause: unknown) => unknown;
  givenUp: () => Error;
}): ReadSessions {
  const sessions = new WeakMap<SessionScope, Set<Session>>();
  const keptStatements = makeKeptStatements();

  function read(asked: Asked): Promise<StoredRow[]> {
    if (asked.signal?.aborted) return Promise.reject(givenUp());
    return new Promise((resolve, reject) => begin({ asked, resolve, reject }));
  }

  function begin(job: Job): void {
    const { scope } = job.asked;
    const open = sessions.get(scope) ?? new Set();
    sessions.set(scope, open);
    const joined = [...open].find((session) => mayJoin(session, job.asked));
    if (joined) {
      joined.waiting.push(job);
      return;
    }
    const session: Session = { first: job.asked, waiting: [job], isBusy: true };
    open.add(session);
    void serve(session, open);
  }

  async function serve(session: Session, open: Set<Session>): Promise<void> {
    const { signal } = session.first;
    let client: pg.PoolClient;
    try {
      client = await connect();
    } catch (cause) {
      open.delete(session);
      for (const { reject } of session.waiting) reject(cause);
      return;
    }
    let isAbandoned = false;
    let isRunning = true;
    // A statement cannot be taken back on its own connection; the server ends it when it finds nobody there.
    const abandon = () => {
      if (!isRunning) return;
      isAbandoned = true;
      open.delete(session);
      client.release(true);
    };
    signal?.addEventListener("abort", abandon, { once: true });
    if (signal?.aborted) abandon();
    let failure: { readonly cause: unknown } | undefined;
    let current: Job | undefined;
    try {
      await enter(client, session.first);
      current = session.waiting.shift();
      while (current !== undefined && signal?.aborted !== true) {
        isRunning = true;
        const rows = await keptStatements.run(client, current.asked.statement);
        isRunning = false;
        current.resolve(rows);
        current = await next(session, open, isWanted);
      }
    } catch (cause) {
      failure = { cause };
    }
    isRunning = false;
    open.delete(session);
    signal?.removeEventListener("abort", abandon);
    if (!isAbandoned) await endSession(client, failure !== undefined);
    // what the session was opened for failed with it; what only waited for its turn has not been tried yet
    const failed = current ?? (failure === undefined ? undefined : session.waiting.shift());
    failed?.reject(isAbandoned || failure === undefined ? givenUp() : meaningOf(failure.cause));
    for (const job of session.waiting.splice(0)) {
      if (signal?.aborted) job.reject(givenUp());
      else begin(job);
    }
  }

  async function enter(client: pg.PoolClient, { statement, scope, snapshot }: Asked): Promise<void> {
    const text = openSession(scope, snapshot, { keepsPlans: statement.keepsPlan === true });
    const opened = (await client.query(text)) as unknown as pg.QueryResult[];
    if (snapshot && opened.at(-1)?.rows[0]?.generation !== snapshot.generation) throw snapshotExpired();
  }

  return Object.freeze({ read });
}

/** Small statements wait for each other, since each is done sooner than another transaction begins; the others do not. */
function mayJoin({ first, isBusy }: Session, asked: Asked): boolean {
  const { snapshot, signal, statement } = asked;
  if (snapshot === null || first.snapshot === null || first.signal !== signal) return false;
  if (first.snapshot.snapshotId !== snapshot.snapshotId || first.snapshot.generation !== snapshot.generation)
    return false;
  const keepsPlan = statement.keepsPlan === true;
  return keepsPlan === (first.statement.keepsPlan === true) && (keepsPlan || !isBusy);
}

/**
 * What comes next: what waits, or what the answer that has just been given leads to, where nobody else wants the connection meanwhile.
 * Undefined ends the session.
 */
async function next(session: Session, open: Set<Session>, isWanted: () => boolean): Promise<Job | undefined> {
  const { snapshot, statement } = session.first;
  if (session.waiting.length === 0 && snapshot !== null && statement.keepsPlan === true && !isWanted()) {
    session.isBusy = false;
    await turn();
    session.isBusy = true;
  }
  const job = session.waiting.shift();
  if (job === undefined) open.delete(session);
  return job;
}

/** Ends the transaction either way, so that the connection goes back clean; a connection that cannot do that is thrown away. */
async function endSession(client: pg.PoolClient, hasFailed: boolean): Promise<void> {
  try {
    await client.query(hasFailed ? "ROLLBACK" : "COMMIT");
    client.release();
  } catch {
    client.release(true);
  }
}
