// Loads that nobody starts by hand, beside a server: the watched folder and the schedule, one load at a time between them.
import { setTimeout as sleep } from "node:timers/promises";
import { escapeControls } from "../../src/server/escapeControls.ts";
import type { Log } from "../../src/server/openLog.ts";
import { childEnvironment, type LoadWebhook } from "../../src/server/readConfig.ts";
import { messageOf } from "../formatError.ts";
import { formatLoadReport } from "../formatLoadReport.ts";
import { formatSummary } from "../formatSummary.ts";
import { postWebhook } from "../postWebhook.ts";
import { loadPatiently } from "./loadPatiently.ts";
import { formatMoment } from "./readSchedule.ts";
import { makeRunLoad, type ProcessEnd, type RunLoad } from "./runLoadProcess.ts";
import { runSchedule } from "./runSchedule.ts";
import type { FileReports } from "./settleFile.ts";
import type { UnattendedPlan } from "./unattendedOptions.ts";
import { prepareFolder, type WatchedEnd, type WatchTimes, watchFolder } from "./watchFolder.ts";

export type Unattended = Readonly<{
  /** From now on; does nothing once stopped. */
  begin(): void;
  /** Ends the load under way, and waits until nothing is. */
  stop(): Promise<void>;
}>;

export type UnattendedSurroundings = Readonly<{
  loadWebhook: LoadWebhook | null;
  log: Log;
  /** A line that is shown whatever the log's level is. */
  say: (line: string) => void;
  runLoad: RunLoad;
  times?: Partial<WatchTimes>;
  firstPause?: number;
}>;

/** Milliseconds that the webhook gets once all is to stop. */
const lastWords = 3_000;

/** The load of this program, as a process of its own. What it tells of itself is told here, so its own webhook and log level are taken away. */
export function runOwnLoad(log: Log): RunLoad {
  const [, script = ""] = process.argv;
  return makeRunLoad({
    program: [...process.execArgv.filter((argument) => !argument.startsWith("--inspect")), script],
    environment: childEnvironment({ LOAD_WEBHOOK_URL: "", LOAD_WEBHOOK_SECRET: "", LOG_LEVEL: "" }),
    onLine: (line) => log.info(`load: ${line.trim()}`),
  });
}

/** Throws where the folder cannot be watched. */
export async function prepareUnattended(
  plan: UnattendedPlan,
  { loadWebhook, log, say, runLoad, times, firstPause }: UnattendedSurroundings,
): Promise<Unattended> {
  if (plan.folder !== null) await prepareFolder(plan.folder);
  const stopping = new AbortController();
  const silence = new AbortController();
  const { signal } = stopping;
  const inTurn = makeTurns();

  const patiently = (
    files: readonly string[],
    append: boolean,
    name: string,
    goesOn: () => boolean | Promise<boolean>,
  ) =>
    loadPatiently(() => inTurn(() => runLoad(files, flagsOf(plan.flags, append), signal)), {
      log,
      signal,
      name,
      goesOn,
      ...(firstPause === undefined ? {} : { firstPause }),
    });
  const tell = async (end: WatchedEnd) => {
    say(formatSummary(end));
    await postWebhook(loadWebhook, end, { warn: log.warn, signal: silence.signal });
  };
  const loadScheduled = async ({ files, append }: Scheduled, until: Date | null) => {
    try {
      const goesOn = () => until === null || Date.now() < until.getTime();
      const end = await patiently(files, append, "The scheduled load", goesOn);
      if (end.kind === "stopped") return;
      if (end.kind === "failed") log.error(`The scheduled load failed: ${inWords(end)}`);
      await tell(end);
    } catch (error) {
      // the schedule goes on, whatever became of one load
      log.error(`What became of the scheduled load cannot be told: ${messageOf(error)}`);
    }
  };
  const work = async () => {
    const { folder, scheduled } = plan;
    await Promise.all([
      folder === null
        ? null
        : watchFolder({
            folder,
            log,
            signal,
            load: (path, isThere) => patiently([path], true, path, isThere),
            reportsOf,
            onEnd: tell,
            ...(times === undefined ? {} : { times }),
          }),
      scheduled === null
        ? null
        : runSchedule({
            ...scheduled,
            log,
            signal,
            load: (until) => loadScheduled(scheduled, until),
          }),
    ]);
  };

  let running: Promise<unknown> = Promise.resolve();
  return Object.freeze({
    begin() {
      if (signal.aborted) return;
      if (plan.folder !== null) say(`Watching ${plan.folder}: what appears in incoming/ is appended`);
      const next = plan.scheduled?.schedule.after(new Date());
      if (next) say(`The next scheduled load is due at ${formatMoment(next, plan.scheduled?.timeZone)}`);
      running = work().catch((error: unknown) => log.error(`Unattended loads have ended: ${messageOf(error)}`));
    },
    async stop() {
      stopping.abort();
      void sleep(lastWords, undefined, { ref: false }).then(() => silence.abort());
      await running;
    },
  });
}

type Scheduled = NonNullable<UnattendedPlan["scheduled"]>;

function flagsOf(given: readonly string[], append: boolean): string[] {
  return [...(append ? ["--append"] : []), ...given];
}

/** One after the other, in the order of asking. */
function makeTurns(): (work: () => Promise<ProcessEnd>) => Promise<ProcessEnd> {
  let turn: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
}

const inWords = ({ failure: { code, message } }: Extract<WatchedEnd, { kind: "failed" }>) => `${code} ${message}`;

/** What stands beside a file that was moved, for programs and for people. */
function reportsOf(end: WatchedEnd): FileReports {
  if (end.kind === "finished") {
    return {
      ".report.json": `${JSON.stringify(end.report, null, 2)}\n`,
      ".report.txt": formatLoadReport({ ...end.report, firstRejects: end.report.rejects }),
    };
  }
  const { failure, seconds } = end;
  return {
    ".report.json": `${JSON.stringify({ status: "FAILED", ...failure, seconds }, null, 2)}\n`,
    ".report.txt": escapeControls(`${failure.code} ${failure.message}\n${failure.remedy ? `${failure.remedy}\n` : ""}`),
  };
}
