// Reading transactions, each sent at once: what opens it, its statements and what ends it, so that a question costs one round trip. What a
// request asks at the same moment under one scope of one snapshot shares a transaction; never do scopes, snapshots or requests.
import type { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import type pg from "pg";
import { makeKeptStatements } from "./keptStatements.ts";
import { openSession, type SessionScope, type SessionSnapshot } from "./openSession.ts";
import { snapshotExpired } from "./snapshotExpired.ts";
import type { Statement, StoredRow } from "./statement.ts";

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

type Session = Readonly<{ first: Asked; jobs: Job[] }>;

export type ReadSessions = Readonly<{
  read(asked: Asked): Promise<StoredRow[]>;
}>;

/**
 * `connect` gives a connection that pipelines, or says why there is none; `meaningOf` says what an error means; `givenUp` is what becomes of
 * statements whose signal is aborted. A scope is the same where it is the same object.
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
  const keptStatements = makeKeptStatements();

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
    // A statement cannot be taken back on its own connection; the server ends it when it finds nobody there. A client that pipelines would
    // wait for what it has sent.
    const abandon = () => {
      isAbandoned = true;
      streamOf(client).destroy();
      client.release(true);
    };
    first.signal?.addEventListener("abort", abandon, { once: true });
    if (first.signal?.aborted) abandon();
    const { opened, answers, ended } = await send(client, session);
    first.signal?.removeEventListener("abort", abandon);
    if (!isAbandoned) client.release(ended.status === "rejected");
    const failure = isAbandoned ? { cause: givenUp() } : faultOf(opened, first.snapshot);
    settle(jobs, answers, failure);
  }

  /** All of it is sent before anything comes back; COMMIT after a fault is a ROLLBACK. */
  async function send(client: pg.PoolClient, { first, jobs }: Session) {
    const { statement, scope, snapshot } = first;
    const opening = openSession(scope, snapshot, { keepsPlans: statement.keepsPlan === true });
    const stream = streamOf(client);
    stream.cork();
    const sent = [
      client.query(opening) as unknown as Promise<pg.QueryResult[]>,
      Promise.allSettled(jobs.map(({ asked }) => keptStatements.run(client, asked.statement))),
      client.query("COMMIT"),
    ] as const;
    stream.uncork();
    const [opened, answered, ended] = await Promise.allSettled(sent);
    return { opened, ended, answers: answered.status === "fulfilled" ? answered.value : [] };
  }

  function faultOf(
    opened: PromiseSettledResult<pg.QueryResult[]>,
    snapshot: SessionSnapshot | null,
  ): { readonly cause: unknown } | null {
    if (opened.status === "rejected") return { cause: meaningOf(opened.reason) };
    const isThere = snapshot === null || opened.value.at(-1)?.rows[0]?.generation === snapshot.generation;
    return isThere ? null : { cause: snapshotExpired() };
  }

  function settle(
    jobs: readonly Job[],
    answers: readonly PromiseSettledResult<StoredRow[]>[],
    failure: { readonly cause: unknown } | null,
  ): void {
    for (const [index, job] of jobs.entries()) {
      const answer = answers[index];
      if (failure) job.reject(failure.cause);
      else if (answer?.status === "fulfilled") job.resolve(answer.value);
      // one that another's fault kept from being tried
      else if (index > 0 && codeOf(answer?.reason) === failedBefore) begin(job);
      else job.reject(meaningOf(answer?.reason));
    }
  }

  return Object.freeze({ read });
}

/** The driver's socket, which its types do not tell of. */
const streamOf = (client: pg.PoolClient) =>
  (client as unknown as { connection: { stream: Writable } }).connection.stream;

/** in_failed_sql_transaction */
const failedBefore = "25P02";

const codeOf = (cause: unknown) => (cause as { code?: unknown } | null)?.code;

/** Only small statements share a transaction, in which they wait for each other: each is done sooner than another one begins. */
function mayShare(first: Asked, asked: Asked): boolean {
  const { snapshot, signal, statement } = asked;
  if (snapshot === null || first.snapshot === null || first.signal !== signal) return false;
  if (first.snapshot.snapshotId !== snapshot.snapshotId || first.snapshot.generation !== snapshot.generation)
    return false;
  return statement.keepsPlan === true && first.statement.keepsPlan === true;
}
