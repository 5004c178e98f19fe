// How much each asker has asked for within the minute, and a stop where the role allows no more. Counted in this process: servers that
// stand side by side each count for themselves.
import type { Limits } from "../access/policy.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { makeMemory } from "./makeMemory.ts";

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
  countRequest(asker: Asker, limits: Limits): void;
  /** Counts the estimated values of one answer. Throws AskedTooMuch, or QUERY_TOO_COSTLY for what no minute has room for. */
  countCost(asker: Asker, limits: Limits, values: number): void;
}>;

/** Milliseconds. A minute begins with an asker's first request, and the next one with the first request after it. */
const minute = 60_000;
/** Askers whose minutes are kept. Where there are more, the minute that began first is forgotten. */
const mostAskers = 100_000;

export function limitAskers(): AskerLimits {
  const requests = openCounter();
  const costs = openCounter();
  return Object.freeze({
    countRequest(asker, { requestsPerMinute: most }) {
      if (most === null) return;
      const wait = requests(asker, 1, most);
      if (wait === null) return;
      const bound = `${inWords(most)} ${most === 1 ? "request" : "requests"}`;
      throw new AskedTooMuch(`Your role allows ${bound} a minute, and as many have been made.`, wait);
    },
    countCost(asker, { costPerMinute: most }, values) {
      if (most === null) return;
      const cost = Math.max(1, Math.ceil(values));
      const estimate = `The query may bring an estimated ${inWords(cost)} ${cost === 1 ? "value" : "values"}`;
      if (!(cost <= most)) {
        throw new Consumer360Error(
          "QUERY_TOO_COSTLY",
          `${estimate}; your role allows ${inWords(most)} a minute. Ask for smaller pages or fewer fields, and give shorter lists.`,
        );
      }
      const wait = costs(asker, cost, most);
      if (wait === null) return;
      throw new AskedTooMuch(
        `${estimate}, and less is left of the ${inWords(most)} a minute that your role allows.`,
        wait,
      );
    },
  });
}

/** Adds to what an asker has used, where it fits; else gives back the seconds until the asker's next minute. */
function openCounter() {
  const minutes = makeMemory<{ used: number; readonly ends: number }>({ most: mostAskers, lasts: minute });
  return ({ role, subject }: Asker, points: number, most: number): number | null => {
    const key = JSON.stringify([role, subject]);
    const now = performance.now();
    const running = minutes.get(key);
    if (running === undefined) minutes.set(key, { used: points, ends: now + minute });
    else if (running.used + points > most) return Math.max(1, Math.ceil((running.ends - now) / 1000));
    else running.used += points;
    return null;
  };
}

const inWords = (count: number) => count.toLocaleString("en-US");
