// How much each asker has asked for within the minute, and a stop where the role allows no more. Counted in this process: servers that
// stand side by side each count for themselves.
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Limits } from "../access/policy.ts";
import { Consumer360Error } from "../kernel/errors.ts";

/** RATE_LIMITED, with the whole seconds after which it is worth asking again. */
export class AskedTooMuch extends Consumer360Error {
  readonly retryAfter: number;

  constructor(message: string, retryAfter: number) {
    super("RATE_LIMITED", `${message} Ask again in ${inWords(retryAfter)} ${retryAfter === 1 ? "second" : "seconds"}.`);
    this.retryAfter = retryAfter;
  }
}

type Asker = Readonly<{ role: string; subject: string }>;

/** The limits are given each time, so that a changed policy counts from the next request on. What was asked so far stays counted. */
export type AskerLimits = Readonly<{
  /** Counts one request. Throws AskedTooMuch; what is refused is not counted. */
  countRequest(asker: Asker, limits: Limits): Promise<void>;
  /** Counts the estimated values of one answer. Throws AskedTooMuch, or QUERY_TOO_COSTLY for what no minute has room for. */
  countCost(asker: Asker, limits: Limits, values: number): Promise<void>;
}>;

/** Seconds. A minute begins with an asker's first request, and the next one with the first request after it. */
const minute = 60;

export function limitAskers(): AskerLimits {
  const requests = openCounter("requests");
  const costs = openCounter("costs");
  return Object.freeze({
    async countRequest(asker, { requestsPerMinute: most }) {
      if (most === null) return;
      const wait = await requests(asker, 1, most);
      if (wait === null) return;
      const bound = `${inWords(most)} ${most === 1 ? "request" : "requests"}`;
      throw new AskedTooMuch(`Your role allows ${bound} a minute, and as many have been made.`, wait);
    },
    async countCost(asker, { costPerMinute: most }, values) {
      if (most === null) return;
      const cost = Math.max(1, Math.ceil(values));
      const estimate = `The query may bring an estimated ${inWords(cost)} ${cost === 1 ? "value" : "values"}`;
      if (!(cost <= most)) {
        throw new Consumer360Error(
          "QUERY_TOO_COSTLY",
          `${estimate}; your role allows ${inWords(most)} a minute. Ask for smaller pages or fewer fields.`,
        );
      }
      const wait = await costs(asker, cost, most);
      if (wait === null) return;
      throw new AskedTooMuch(
        `${estimate}, and less is left of the ${inWords(most)} a minute that your role allows.`,
        wait,
      );
    },
  });
}

/** Adds to what an asker has used, where it fits; else gives back the seconds until the asker's next minute. */
function openCounter(name: string) {
  // Bounds come with each question, so the counter has none of its own.
  const used = new RateLimiterMemory({ keyPrefix: name, points: Number.MAX_SAFE_INTEGER, duration: minute });
  let turn: Promise<unknown> = Promise.resolve();

  const add = async ({ role, subject }: Asker, points: number, most: number): Promise<number | null> => {
    const key = JSON.stringify([role, subject]);
    const state = await used.get(key);
    const left = state !== null && state.msBeforeNext > 0 ? state.msBeforeNext : 0;
    if (state !== null && left > 0 && state.consumedPoints + points > most) return Math.max(1, Math.ceil(left / 1000));
    await used.penalty(key, points);
    return null;
  };
  return (...asked: Parameters<typeof add>): Promise<number | null> => {
    // One after the other: between a look and what follows from it nobody else may count.
    const done = turn.then(() => add(...asked));
    turn = done.catch(() => undefined);
    return done;
  };
}

const inWords = (count: number) => count.toLocaleString("en-US");
