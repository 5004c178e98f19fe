// The watched folder: what appears in incoming/ is loaded, one file at a time, and moved to done/ or failed/ with its report beside it.
// A pass every few seconds is the truth; what the system tells of changes only makes the next one come sooner.
import { watch } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { join } from "node:path";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { Log } from "../../src/server/openLog.ts";
import { withLockFile } from "../../src/warehouse/embedded/withLockFile.ts";
import { messageOf } from "../formatError.ts";
import type { LoadEnd } from "../loadEnd.ts";
import { codeOf } from "./codeOf.ts";
import type { PrintedReport, ProcessEnd } from "./runLoadProcess.ts";
import { type FileReports, makeFolder, settleFile } from "./settleFile.ts";
import { type Arrival, currentMark, watchArrivals } from "./watchArrivals.ts";

export type WatchedEnd = LoadEnd<PrintedReport>;

export type WatchOptions = Readonly<{
  folder: string;
  log: Log;
  signal: AbortSignal;
  /** Loads one file; `isThere` says whether it is still worth waiting for. */
  load: (path: string, isThere: () => Promise<boolean>) => Promise<ProcessEnd>;
  reportsOf: (end: WatchedEnd) => FileReports;
  /** Told of each end that was one, once the file has been moved. */
  onEnd: (end: WatchedEnd) => Promise<void>;
  times?: Partial<WatchTimes>;
}>;

/** Milliseconds. */
export type WatchTimes = Readonly<{
  /** Between two looks. */
  pollEvery: number;
  steadyFor: number;
  emptyFor: number;
  /** How long another server's lock may be silent before it counts as left behind. */
  silentAfter: number;
}>;

const usualTimes: WatchTimes = { pollEvery: 2_000, steadyFor: 5_000, emptyFor: 60_000, silentAfter: 60_000 };

/** Makes what is missing in the folder. Throws FOLDER_UNUSABLE where it cannot be watched. */
export async function prepareFolder(folder: string): Promise<void> {
  const unusable = (why: string, cause?: unknown) =>
    new Consumer360Error("FOLDER_UNUSABLE", `The folder ${folder} cannot be watched: ${why}.`, {
      remedy: "Name a folder that is there, in which this user may make, rename and delete files.",
      cause,
    });
  const stats = await stat(folder).catch((cause: unknown) => {
    throw unusable(codeOf(cause) === "ENOENT" ? "it does not exist" : messageOf(cause), cause);
  });
  if (!stats.isDirectory()) throw unusable("it is a file");
  try {
    for (const place of [folder, ...placesOf(folder)]) {
      if (place !== folder) await makeFolder(place);
      await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
    }
  } catch (cause) {
    throw unusable(messageOf(cause), cause);
  }
}

const placesOf = (folder: string) => ["incoming", "done", "failed"].map((name) => join(folder, name));

/** Watches until told to stop, and then until the load under way has ended. Never throws: what goes wrong is logged, and tried again. */
export async function watchFolder(options: WatchOptions): Promise<void> {
  const { folder, log, signal } = options;
  const times = { ...usualTimes, ...options.times };
  const wakeUp = makeWakeUp(join(folder, "incoming"), signal);
  let trouble: string | undefined;
  while (!signal.aborted) {
    try {
      // of several servers on one folder one watches, and the others stand by
      const waiting = {
        waitFor: Number.POSITIVE_INFINITY,
        onWait: (holder: string) => log.warn(`${folder} is watched by ${holder} already; standing by`),
        silentAfter: times.silentAfter,
        lookEvery: times.pollEvery,
        beatEvery: times.pollEvery,
        signal,
      };
      await withLockFile(join(folder, ".consumer360-watch.lock"), waiting, async (isHeld) => {
        if (trouble !== undefined) log.warn(`${folder} is watched again`);
        trouble = undefined;
        await watchWhile(isHeld, options, times, wakeUp.wait);
      });
    } catch (error) {
      if (signal.aborted) break;
      const kind = codeOf(error) ?? messageOf(error);
      if (trouble !== kind) log.error(`${folder} cannot be watched now, and is tried again: ${messageOf(error)}`);
      trouble = kind;
    }
    await wakeUp.wait(times.pollEvery);
  }
  wakeUp.close();
}

async function watchWhile(
  isHeld: () => Promise<boolean>,
  options: WatchOptions,
  times: WatchTimes,
  pause: (most: number) => Promise<void>,
): Promise<void> {
  const { folder, log, signal } = options;
  await Promise.all(placesOf(folder).map(makeFolder));
  const arrivals = watchArrivals({ folder: join(folder, "incoming"), ...times, warn: log.warn });
  /** What was loaded and could not be moved, as when a folder is full: it is not loaded once more for that. */
  let unmoved: { arrival: Arrival; end: WatchedEnd } | undefined;
  while (!signal.aborted && (await isHeld())) {
    const arrival = await arrivals.next();
    if (arrival === null) {
      await pause(times.pollEvery);
      continue;
    }
    const isSame = unmoved?.arrival.path === arrival.path && unmoved.arrival.mark === arrival.mark;
    const end = isSame && unmoved ? unmoved.end : await loadArrival(arrival, options);
    if (end === null || !(await isHeld())) {
      await pause(times.pollEvery);
      continue;
    }
    const told = isSame;
    unmoved = (await settle(arrival, end, options, told)) ? undefined : { arrival, end };
    if (!told) await options.onEnd(end);
    if (unmoved !== undefined) await pause(times.pollEvery);
  }
  if (!signal.aborted) log.warn(`${folder} was taken over by another server, or its lock was removed`);
}

/** Null: the file stays where it is and has its turn again, if it is still there. */
async function loadArrival(arrival: Arrival, { load, log }: WatchOptions): Promise<WatchedEnd | null> {
  const { name, path, mark } = arrival;
  log.info(`${name} has arrived and is loaded`);
  const end = await load(path, async () => (await currentMark(path)) === mark);
  if (end.kind === "stopped") return null;
  const now = await currentMark(path);
  if (now === mark) return end;
  if (now === null)
    log.warn(`${name} went away while it was loaded${end.kind === "finished" ? ", and was loaded" : ""}`);
  else log.warn(`${name} was written to while it was loaded, and is loaded again once it no longer changes`);
  return null;
}

async function settle(
  { name, path }: Arrival,
  end: WatchedEnd,
  { folder, reportsOf, log }: WatchOptions,
  wasTold: boolean,
): Promise<boolean> {
  const place = end.kind === "finished" ? "done" : "failed";
  try {
    const target = await settleFile(path, { folder: join(folder, place), reports: reportsOf(end) });
    if (end.kind === "finished") log.info(`${name} was loaded and is now ${target}`);
    else log.error(`${name} was not loaded and is now ${target}: ${end.failure.code} ${end.failure.message}`);
    return true;
  } catch (error) {
    if (!wasTold) log.error(`${name} cannot be moved to ${place}/ now, and is tried again: ${messageOf(error)}`);
    return false;
  }
}

/** Milliseconds for which what happens in a folder is gathered into one look: a file that is written to happens all the time. */
const gather = 250;

/** A pause that ends early where something happens in the folder, or all is to stop. */
function makeWakeUp(folder: string, signal: AbortSignal) {
  let isGathering = false;
  let endPause: () => void = () => undefined;
  const onAbort = () => endPause();
  signal.addEventListener("abort", onAbort);
  const watcher = listen();
  return {
    async wait(most: number): Promise<void> {
      if (signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, most);
        endPause = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    close() {
      signal.removeEventListener("abort", onAbort);
      watcher?.close();
    },
  };

  function listen() {
    const onChange = () => {
      if (isGathering) return;
      isGathering = true;
      setTimeout(() => {
        isGathering = false;
        endPause();
      }, gather).unref();
    };
    try {
      return watch(folder, { persistent: false }, onChange).on("error", () => undefined);
    } catch {
      // not every drive tells
      return null;
    }
  }
}
