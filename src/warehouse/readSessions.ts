// Reading transactions, each sent at once: what opens it, its statements and what ends it, so that a question costs one round trip. What a
// request asks at the same moment under one scope of one snapshot shares a transaction; never do scopes, snapshots or requests.
import type { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import type pg from "pg";
import { type Asked, mayShare } from "./mayShare.ts";
import { endSession, openSession, type SessionScope } from "./openSession.ts";
import { sendTogether, type Together } from "./sendTogether.ts";
import { snapshotExpired } from "./snapshotExpired.ts";
import type { StoredRow } from "./statement.ts";

type Job = Readonly<{
  asked: Asked;
  resolve: (rows: StoredRow[]) => void;
  reject: (cause: unknown) => void;
}>;

type Session = Readonly<{ first: Asked; jobs: Job[] }>;

export type ReadSessions = Readonly<{
  read(asked: Asked): Promise<StoredRow[]>;
}>;

/**
 * `connect` gives a connection, or says why there is none; `meaningOf` says what an error means; `givenUp` is what becomes of
 * statements whose signal is aborted.
 */
export function makeReadSessions({
  connect,
  meaningOf,
  givenUp,
}: {
  connect: () => Promise<pg.PoolClient>;
  meaningOf: (cause: unknown) => unknown;
  givenUp: () => Error;
}): ReadSessions {
  /** Sessions that have not been sent yet. */
  const sessions = new WeakMap<SessionScope, Set<Session>>();

  function read(asked: Asked): Promise<StoredRow[]> {
    if (asked.signal?.aborted) return Promise.reject(givenUp());
    return new Promise((resolve, reject) => begin({ asked, resolve, reject }));
  }

  function begin(job: Job): void {
    const { scope } = job.asked;
    const unsent = sessions.get(scope) ?? new Set();
    sessions.set(scope, unsent);
    const joined = [...unsent].find(({ first }) => mayShare(first, job.asked));
    if (joined) {
      joined.jobs.push(job);
      return;
    }
    const session: Session = { first: job.asked, jobs: [job] };
    unsent.add(session);
    void serve(session, unsent);
  }

  async function serve(session: Session, unsent: Set<Session>): Promise<void> {
    const { first, jobs } = session;
    let client: pg.PoolClient;
    try {
      // what is asked in the same turn goes along
      if (first.statement.keepsPlan === true) await turn();
      client = await connect();
    } catch (cause) {
      unsent.delete(session);
      for (const { reject } of jobs) reject(cause);
      return;
    }
    unsent.delete(session);
    let isAbandoned = false;
    // A statement cannot be taken back on its own connection; the server ends it when it finds nobody there.
    const abandon = () => {
      isAbandoned = true;
      streamOf(client).destroy();
      client.release(true);
    };
    first.signal?.addEventListener("abort", abandon, { once: true });
    if (first.signal?.aborted) abandon();
    const opening = openSession(first.scope, first.snapshot, { keepsPlans: first.statement.keepsPlan === true });
    const statements = jobs.map(({ asked }) => asked.statement);
    const { answers, failure } = await sendTogether(client, [...opening, ...statements, endSession]);
    const isClean = failure === null || (!isAbandoned && (await isRolledBack(client)));
    first.signal?.removeEventListener("abort", abandon);
    if (!isAbandoned) client.release(!isClean);
    const opened = answers.length < opening.length ? null : answers[opening.length - 1];
    const fault = isAbandoned ? { cause: givenUp() } : faultOf(first, opened, failure);
    if (fault) for (const { reject } of jobs) reject(fault.cause);
    else settle(jobs, answers.slice(opening.length, opening.length + jobs.length), failure);
  }

  /** What failed keeps its transaction open until this ends it. */
  function isRolledBack(client: pg.PoolClient): Promise<boolean> {
    return client.query("ROLLBACK").then(
      () => true,
      () => false,
    );
  }

  /** Why nothing counts that was asked. `opened`: the last answer of the opening; null where it failed. */
  function faultOf(
    { snapshot }: Asked,
    opened: readonly StoredRow[] | null | undefined,
    failure: Together["failure"],
  ): Together["failure"] {
    if (!opened) return { cause: meaningOf(failure?.cause) };
    const isThere = snapshot === null || opened[0]?.generation === snapshot.generation;
    return isThere ? null : { cause: snapshotExpired() };
  }

  /** `failure`: of the first one without an answer; those after it were not tried. */
  function settle(jobs: readonly Job[], answers: Together["answers"], failure: Together["failure"]): void {
    for (const [index, job] of jobs.entries()) {
      const rows = answers[index];
      if (rows) job.resolve(rows);
      else if (index === answers.length) job.reject(meaningOf(failure?.cause));
      else begin(job);
    }
  }

  return Object.freeze({ read });
}

/** The driver's socket, which its types do not tell of. */
const streamOf = (client: pg.PoolClient) =>
  (client as unknown as { connection: { stream: Writable } }).connection.stream;
