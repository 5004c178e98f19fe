// One warehouse for many askers: none of them holds all connections, however many requests it makes. Whoever needs a statement while all
// are taken waits for a turn, and turns go round.
import { setTimeout as sleep } from "node:timers/promises";
import { Consumer360Error } from "../kernel/errors.ts";
import { type Asked, mayShare } from "../warehouse/mayShare.ts";
import type { ReadWarehouse } from "../warehouse/openReadWarehouse.ts";

/** Of one statement, or of several that will share a transaction, and so a connection. */
type Turn = {
  readonly asked: Asked;
  readonly arrived: number;
  /** Statements of it that have not ended. */
  statements: number;
  isStarted: boolean;
  start: () => void;
  /** Rejects where the turn is given up before it comes; null once it has started. */
  started: Promise<void> | null;
};

/** One asker: forgotten once nothing of it runs or waits. `open`: turns that another statement of the same request may still join. */
type Queue = { running: number; served: number; readonly waiting: Set<Turn>; readonly open: Set<Turn> };

/** Milliseconds after which a statement that nobody waits for any more has ended. */
const untilNoticed = 1000;

/** Connections that one asker leaves to the others, where there are as many. */
const leftToOthers = 2;

/**
 * Gives each subject the warehouse as it may use it: at most `connections` − 2 transactions at a time, and at least one. Who has fewer of them
 * running goes first, then who was served longer ago, then who came first. A wait ends where its signal is aborted.
 */
export function shareConnections(warehouse: ReadWarehouse, connections: number): (subject: string) => ReadWarehouse {
  const mostOfOne = Math.max(1, connections - leftToOthers);
  const queues = new Map<string, Queue>();
  let running = 0;
  let turn = 0;
  let arrivals = 0;

  const isFree = (queue: Queue) => running < connections && queue.running < mostOfOne;
  function take(queue: Queue, taken: Turn): void {
    running += 1;
    queue.running += 1;
    turn += 1;
    queue.served = turn;
    taken.isStarted = true;
    taken.started = null;
    // a moment before the transaction is sent
    setImmediate(() => queue.open.delete(taken));
  }
  function leave(subject: string, queue: Queue): void {
    if (queue.running === 0 && queue.waiting.size === 0) queues.delete(subject);
  }
  function startNext(): void {
    let next: { queue: Queue; first: Turn } | undefined;
    for (const queue of queues.values()) {
      const [first] = queue.waiting;
      if (first === undefined || !isFree(queue)) continue;
      if (next === undefined || isBefore({ queue, first }, next)) next = { queue, first };
    }
    if (next === undefined) return;
    next.queue.waiting.delete(next.first);
    take(next.queue, next.first);
    next.first.start();
  }

  async function inTurn<Rows>(subject: string, asked: Asked, run: () => Promise<Rows>): Promise<Rows> {
    const { signal } = asked;
    if (signal?.aborted) throw givenUp();
    const queue = queues.get(subject) ?? { running: 0, served: 0, waiting: new Set(), open: new Set() };
    queues.set(subject, queue);
    const mine = [...queue.open].find((other) => mayShare(other.asked, asked)) ?? turnOf(subject, queue, asked);
    mine.statements += 1;
    try {
      if (mine.started) await mine.started;
      return await run();
    } finally {
      mine.statements -= 1;
      if (mine.statements === 0) await end(subject, queue, mine);
    }
  }

  function turnOf(subject: string, queue: Queue, asked: Asked): Turn {
    arrivals += 1;
    const mine: Turn = { asked, arrived: arrivals, statements: 0, isStarted: false, start: () => {}, started: null };
    if (asked.statement.keepsPlan === true && asked.snapshot !== null) queue.open.add(mine);
    // nobody whom a free connection would do waits while there is one
    if (isFree(queue)) take(queue, mine);
    else wait(subject, queue, mine);
    return mine;
  }

  async function end(subject: string, queue: Queue, mine: Turn): Promise<void> {
    queue.open.delete(mine);
    if (!mine.isStarted) return;
    // the client's connection is gone at once, its statement when PostgreSQL looks for the client
    if (mine.asked.signal?.aborted) await sleep(untilNoticed, undefined, { ref: false });
    running -= 1;
    queue.running -= 1;
    startNext();
    leave(subject, queue);
  }

  function wait(subject: string, queue: Queue, mine: Turn): void {
    const { signal } = mine.asked;
    mine.started = new Promise((resolve, reject) => {
      const giveUp = () => {
        queue.waiting.delete(mine);
        queue.open.delete(mine);
        leave(subject, queue);
        reject(givenUp());
      };
      mine.start = () => {
        signal?.removeEventListener("abort", giveUp);
        resolve();
      };
      signal?.addEventListener("abort", giveUp, { once: true });
    });
    queue.waiting.add(mine);
  }

  return (subject) =>
    Object.freeze<ReadWarehouse>({
      read: (statement, scope, snapshot, signal) =>
        inTurn(subject, { statement, scope, snapshot, signal }, () =>
          warehouse.read(statement, scope, snapshot, signal),
        ),
      readPublished: (statement, scope, signal) =>
        inTurn(subject, { statement, scope, snapshot: null, signal }, () =>
          warehouse.readPublished(statement, scope, signal),
        ),
      close: () => warehouse.close(),
    });
}

type Candidate = Readonly<{ queue: Queue; first: Turn }>;

function isBefore(one: Candidate, other: Candidate): boolean {
  return (
    (one.queue.running - other.queue.running ||
      one.queue.served - other.queue.served ||
      one.first.arrived - other.first.arrived) < 0
  );
}

/** Nobody reads it. */
const givenUp = () => new Consumer360Error("BAD_USER_INPUT", "The request was given up before it was answered.");
