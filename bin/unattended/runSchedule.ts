// Scheduled loads: one when its time comes, never two at once, and none made up for that was missed.
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../src/server/openLog.ts";
import { formatMoment, type Schedule } from "./readSchedule.ts";

/** Milliseconds of sleep after which the clock is looked at again: it may be set, or the machine may sleep. */
const longestSleep = 30_000;
/** How late a load may begin, in milliseconds. Later than that the machine slept, and the load was missed. */
const grace = 60_000;

export async function runSchedule({
  schedule,
  timeZone,
  log,
  signal,
  load,
  now = Date.now,
}: {
  schedule: Schedule;
  timeZone?: string | undefined;
  log: Log;
  signal: AbortSignal;
  /** Loads; `until` is when the next load is due, from when on this one is no longer waited for. */
  load: (until: Date | null) => Promise<void>;
  now?: () => number;
}): Promise<void> {
  const inWords = (moment: Date) => formatMoment(moment, timeZone);
  let next = schedule.after(new Date(now()));
  while (next !== null && !signal.aborted) {
    if (!(await clockReaches(next, now, signal))) return;
    const following = schedule.after(next);
    const isMissed = now() - next.getTime() > grace;
    if (isMissed) log.warn(`The load of ${inWords(next)} was missed and is not made up`);
    else await load(following);
    if (signal.aborted) return;
    next = schedule.after(new Date(Math.max(now(), next.getTime())));
    if (!isMissed && following !== null && (next === null || following < next)) {
      log.warn(`The load of ${inWords(following)} is left out: its time came while the one before was under way`);
    }
    if (next !== null) log.info(`The next scheduled load is due at ${inWords(next)}`);
  }
  if (!signal.aborted) log.warn(`The schedule ${JSON.stringify(schedule.text)} has no further time`);
}

async function clockReaches(moment: Date, now: () => number, signal: AbortSignal): Promise<boolean> {
  for (let left = moment.getTime() - now(); left > 0; left = moment.getTime() - now()) {
    if (!(await sleep(Math.min(left, longestSleep), true, { signal }).catch(() => false))) return false;
  }
  return !signal.aborted;
}
