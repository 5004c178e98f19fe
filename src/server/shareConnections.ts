// One warehouse for many askers: none of them holds all connections, however many requests it makes. Whoever needs a statement while all
// are taken waits for a turn, and turns go round.
import { setTimeout as sleep } from "node:timers/promises";
import { Consumer360Error } from "../kernel/errors.ts";
import type { ReadWarehouse } from "../warehouse/openReadWarehouse.ts";

type Statement = Readonly<{ start: () => void; arrived: number }>;

/** One asker: forgotten once nothing of it runs or waits. */
type Queue = { running: number; served: number; readonly waiting: Set<Statement> };

/** Milliseconds after which a statement that nobody waits for any more has ended. */
const untilNoticed = 1000;

/** Connections that one asker leaves to the others, where there are as many. */
const leftToOthers = 2;

/**
 * Gives each subject the warehouse as it may use it: at most `connections` − 2 statements at a time, and at least one. Who has fewer of them
 * running goes first, then who was served longer ago, then who came first. A wait ends where its signal is aborted.
 */
export function shareConnections(warehouse: ReadWarehouse, connections: number): (subject: string) => ReadWarehouse {
  const mostOfOne = Math.max(1, connections - leftToOthers);
  const queues = new Map<string, Queue>();
  let running = 0;
  let turn = 0;
  let arrivals = 0;

  const isFree = (queue: Queue) => running < connections && queue.running < mostOfOne;
  function take(queue: Queue): void {
    running += 1;
    queue.running += 1;
    turn += 1;
    queue.served = turn;
  }
  function leave(subject: string, queue: Queue): void {
    if (queue.running === 0 && queue.waiting.size === 0) queues.delete(subject);
  }
  function startNext(): void {
    let next: { queue: Queue; first: Statement } | undefined;
    for (const queue of queues.values()) {
      const [first] = queue.waiting;
      if (first === undefined || !isFree(queue)) continue;
      if (next === undefined || isBefore({ queue, first }, next)) next = { queue, first };
    }
    if (next === undefined) return;
    next.queue.waiting.delete(next.first);
    take(next.queue);
    next.first.start();
  }

  async function inTurn<Rows>(
    subject: string,
    signal: AbortSignal | undefined,
    run: () => Promise<Rows>,
  ): Promise<Rows> {
    if (signal?.aborted) throw givenUp();
    const queue = queues.get(subject) ?? { running: 0, served: 0, waiting: new Set() };
    queues.set(subject, queue);
    // nobody whom a free connection would do waits while there is one
    if (isFree(queue)) take(queue);
    else await turnOf(subject, queue, signal);
    try {
      return await run();
    } finally {
      // the client's connection is gone at once, its statement when PostgreSQL looks for the client
      if (signal?.aborted) await sleep(untilNoticed, undefined, { ref: false });
      running -= 1;
      queue.running -= 1;
      startNext();
      leave(subject, queue);
    }
  }

  function turnOf(subject: string, queue: Queue, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      arrivals += 1;
      const arrived = arrivals;
      const giveUp = () => {
        queue.waiting.delete(statement);
        leave(subject, queue);
        reject(givenUp());
      };
      const statement: Statement = {
        arrived,
        start() {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      queue.waiting.add(statement);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  return (subject) =>
    Object.freeze<ReadWarehouse>({
      read: (statement, scope, snapshot, signal) =>
        inTurn(subject, signal, () => warehouse.read(statement, scope, snapshot, signal)),
      readPublished: (statement, scope, signal) =>
        inTurn(subject, signal, () => warehouse.readPublished(statement, scope, signal)),
      close: () => warehouse.close(),
    });
}

type Candidate = Readonly<{ queue: Queue; first: Statement }>;

function isBefore(one: Candidate, other: Candidate): boolean {
  return (
    (one.queue.running - other.queue.running ||
      one.queue.served - other.queue.served ||
      one.first.arrived - other.first.arrived) < 0
  );
}

/** Nobody reads it. */
const givenUp = () => new Consumer360Error("BAD_USER_INPUT", "The request was given up before it was answered.");
