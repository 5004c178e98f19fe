// A load that waits for its turn: that another is under way, or that PostgreSQL is away, is no fault of the file.
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../src/server/openLog.ts";
import type { ProcessEnd } from "./runLoadProcess.ts";

/** What passes by itself. */
const passing = ["LOAD_IN_PROGRESS", "WAREHOUSE_UNAVAILABLE", "EMBEDDED_UNAVAILABLE"];

/** Milliseconds before the first further try, and the most that it grows to. */
const firstPause = 5_000;
const longestPause = 60_000;

export type Patience = Readonly<{
  log: Log;
  signal: AbortSignal;
  /** What the log calls the load. */
  name: string;
  /** Asked before each further try: whether there is still something to wait for. */
  goesOn?: () => boolean | Promise<boolean>;
  firstPause?: number;
}>;

/** Tries until the load's end is one of its own. A load that is no longer waited for ends as it last failed. */
export async function loadPatiently(load: () => Promise<ProcessEnd>, patience: Patience): Promise<ProcessEnd> {
  const { log, signal, name, goesOn = () => true } = patience;
  let told: string | undefined;
  for (let pause = patience.firstPause ?? firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    const end = await load();
    if (end.kind !== "failed" || !passing.includes(end.failure.code)) return end;
    const { code, message } = end.failure;
    const say = told === code ? log.info : log.warn;
    told = code;
    say(`${name} waits and is tried again in ${Math.ceil(pause / 1000)} s: ${code} ${message}`);
    if (!(await sleep(pause, true, { signal }).catch(() => false))) return { kind: "stopped" };
    if (!(await goesOn())) return end;
  }
}
