// A lock between processes, held as a file: one of us at a time creates, starts, joins or stops the server, or watches a folder.
// Node has no flock, so a holder beats (touches the file) and a lock whose holder died is taken over.
import { randomUUID } from "node:crypto";
import { link, open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, unavailable } from "./unavailable.ts";

type Waiting = {
  /** Milliseconds to wait for a live holder; for ever where it is infinite. */
  readonly waitFor: number;
  /** Told once, where the wait is long enough to be noticed. */
  readonly onWait: (holder: string) => void;
  /** A holder that has not beaten for so many milliseconds, seen by one patient waiter, is dead whatever its pid says. */
  readonly silentAfter?: number;
  /** Milliseconds between two looks at a lock that another holds, and between two beats of our own. */
  readonly lookEvery?: number;
  readonly beatEvery?: number;
  /** Gives up waiting: the wait then throws the signal's reason. */
  readonly signal?: AbortSignal;
};

/** `isHeld`, for who holds the lock for long: whether nobody has taken it over, as from a machine that slept. */
export async function withLockFile<T>(
  file: string,
  waiting: Waiting,
  work: (isHeld: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const content = `${JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() })}\n`;
  await take(file, content, waiting);
  const isHeld = async () => (await readLock(file)) === content;
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, waiting.beatEvery ?? 1_000);
  try {
    return await work(isHeld);
  } finally {
    clearInterval(beat);
    if (await isHeld()) await rm(file, { force: true });
  }
}

async function take(file: string, content: string, waiting: Waiting): Promise<void> {
  const { waitFor, onWait, silentAfter = 15_000, lookEvery = 25, signal } = waiting;
  const began = Date.now();
  let lastSeen: { content: string; beat: number; at: number } | undefined;
  for (let told = false; !(await create(file, content)); await sleep(lookEvery, undefined, { signal })) {
    signal?.throwIfAborted();
    const held = await readLock(file);
    const beat = (await stat(file).catch(() => undefined))?.mtimeMs;
    if (held === undefined || beat === undefined) continue;

    if (lastSeen?.content !== held || lastSeen.beat !== beat) lastSeen = { content: held, beat, at: Date.now() };
    const holder = parse(held);
    if (isGone(holder) || Date.now() - lastSeen.at > silentAfter) {
      await takeAway(file, held);
      continue;
    }
    const name = nameOf(holder);
    if (Date.now() > began + waitFor) {
      throw unavailable(`The embedded database is still locked by ${name} (${file}).`, {
        remedy: "Wait until that process has started or stopped the database, or end it, and try again.",
      });
    }
    if (!told && Date.now() > began + 1_000) {
      told = true;
      onWait(name);
    }
  }
}

async function create(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o644);
    await handle.writeFile(content);
    await handle.close();
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Removes a dead holder's lock; where a live one slipped in between the look and the rename, puts that back. */
async function takeAway(file: string, seen: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return; // another waiter was quicker
  }
  if ((await readLock(aside)) !== seen) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function readLock(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

type Holder = { readonly pid: number; readonly host: string };

/** `undefined` for a lock whose holder has not written it yet (or never will: then it falls silent). */
function parse(content: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(content) as { pid?: unknown; host?: unknown };
    return typeof pid === "number" && typeof host === "string" ? { pid, host } : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(holder: Holder | undefined): string {
  if (holder === undefined) return "another process";
  return holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`;
}

function isGone(holder: Holder | undefined): boolean {
  if (holder === undefined || holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === "ESRCH";
  }
}
