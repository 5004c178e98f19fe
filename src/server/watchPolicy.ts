// The policy in force: read at the start, and again whenever its file changes, without a restart. A file that is wrong, gone or cut off
// never replaces a policy that is right; requests that run keep the scope that they began with.
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { readPolicyText } from "../access/loadPolicy.ts";
import { parsePolicy } from "../access/parsePolicy.ts";
import type { Policy } from "../access/policy.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { describePolicyChange } from "./describePolicyChange.ts";
import type { Log } from "./openLog.ts";

export type PolicyWatch = Readonly<{
  current(): Policy;
  /** Reads the file, changed or not, once two looks find it the same. Never throws: what comes of it is logged. */
  reload(): Promise<void>;
  close(): void;
}>;

/** Milliseconds between two looks at a file that is to be read by request, and how many looks are taken at one that is never the same. */
const pause = 200;
const mostLooks = 50;

/** Throws POLICY_INVALID for a first policy that is wrong. Looks at the file every `interval` milliseconds. */
export async function watchPolicy({
  path,
  log,
  interval = 1000,
}: {
  path: string;
  log: Log;
  interval?: number;
}): Promise<PolicyWatch> {
  let taken = await markOf(path);
  let text = await readPolicyText(path);
  let policy = parsePolicy(text, path);
  /** A mark that one look has found; it counts once a second look finds it too, since a file may be half written. */
  let seen: string | undefined;
  let isFaulty = false;
  let isClosed = false;
  let turn = Promise.resolve();

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(async () => {
      if (!isClosed) await work();
    });
    return turn;
  };
  const refuse = (why: string): void => {
    isFaulty = true;
    log.error(`The policy ${path} was not taken, and the one before stays in force.\n${why}`);
  };
  const read = async (mark: string, isAskedFor: boolean): Promise<void> => {
    taken = mark;
    seen = undefined;
    try {
      const nextText = await readPolicyText(path);
      const cut = describeCut(text, nextText);
      if (cut !== null) return refuse(cut);
      const next = parsePolicy(nextText, path);
      const changes = describePolicyChange(policy, next);
      text = nextText;
      policy = next;
      if (isFaulty) log.warn(`The policy ${path} is in order again: ${changes ?? "unchanged"}.`);
      else if (isAskedFor) log.warn(`The policy ${path} was read again: ${changes ?? "unchanged"}.`);
      else if (changes === null) log.info(`The policy ${path} was read again: unchanged.`);
      else log.warn(`The policy ${path} has changed: ${changes}.`);
      isFaulty = false;
    } catch (error) {
      refuse(inWords(error));
    }
  };
  const look = async (): Promise<void> => {
    const mark = await markOf(path);
    if (mark === taken) seen = undefined;
    else if (mark === seen) await read(mark, false);
    else seen = mark;
  };
  const reload = async (): Promise<void> => {
    let mark = await markOf(path);
    for (let looks = 1; looks < mostLooks; looks += 1) {
      await sleep(pause);
      if (isClosed) return;
      const before = mark;
      mark = await markOf(path);
      if (mark === before) return read(mark, true);
    }
    refuse("It is still being written to.");
  };

  let timer = setTimeout(tick, interval).unref();
  function tick(): void {
    void inTurn(look).then(() => {
      if (!isClosed) timer = setTimeout(tick, interval).unref();
    });
  }
  return Object.freeze({
    current: () => policy,
    reload: () => inTurn(reload),
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  });
}

/** What is another text where the file is another one or has been written to, links on the way to it included. */
async function markOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unknown";
  }
}

/** Why a text is taken for the one in force with its end missing, as after a write that broke off; null: it is not. */
function describeCut(inForce: string, next: string): string | null {
  if (hasEndMark(inForce) && !hasEndMark(next))
    return "It looks cut off: it does not end with `...` as the policy in force does.";
  if (next !== inForce && next.trimEnd() !== inForce.trimEnd() && inForce.startsWith(next))
    return "It looks cut off: it is the beginning of the policy in force. If that is meant, end it with a line `...`.";
  return null;
}

/** YAML's mark for the end of a document, on the last line that says anything; comments may follow. */
function hasEndMark(text: string): boolean {
  const last = text.split("\n").findLast((line) => !/^\s*(#.*)?$/.test(line)) ?? "";
  return /^\.\.\.\s*(#.*)?$/.test(last);
}

function inWords(error: unknown): string {
  if (!(error instanceof Consumer360Error)) return String(error);
  return error.remedy === undefined ? error.message : `${error.message}\n${error.remedy}`;
}
