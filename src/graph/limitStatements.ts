// A warehouse as one request may use it: a few statements at a time, so that no request takes all connections, and none any more once the
// client has gone.
import { Consumer360Error } from "../kernel/errors.ts";
import type { Asker } from "../query/ask.ts";

type Warehouse = Asker["warehouse"];

const mostAtOnce = 3;

/** `isGivenUp` is asked before each statement; the signal that there is then ends one that runs. */
export function limitStatements(
  warehouse: Warehouse,
  isGivenUp: () => boolean,
  signal: () => AbortSignal | undefined,
): Warehouse {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function inTurn<Answer>(statement: () => Promise<Answer>): Promise<Answer> {
    if (running < mostAtOnce) running += 1;
    // Whoever ends hands its place on, so that nobody who comes in between can take it.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      if (isGivenUp()) throw givenUp();
      return await statement();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return Object.freeze<Warehouse>({
    read: (statement, scope, snapshot) => inTurn(() => warehouse.read(statement, scope, snapshot, signal())),
    readPublished: (statement, scope) => inTurn(() => warehouse.readPublished(statement, scope, signal())),
    close: () => warehouse.close(),
  });
}

/** Nobody reads it, and nothing has gone wrong: it is an error that is not logged. */
const givenUp = () => new Consumer360Error("BAD_USER_INPUT", "The request was given up before it was answered.");
