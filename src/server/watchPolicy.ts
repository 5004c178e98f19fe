// The policy in force: read at the start, and again whenever its file changes, without a restart. A file that is wrong, or gone, never
// replaces a policy that is right; requests that run keep the scope that they began with.
import { stat } from "node:fs/promises";
import type { Policy, RolePolicy } from "../access/policy.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import type { Log } from "./openLog.ts";

export type PolicyWatch = Readonly<{
  current(): Policy;
  /** Reads the file now, changed or not. Never throws: a fault is logged. */
  reload(): Promise<void>;
  close(): void;
}>;

/** Throws what `load` throws for a first policy that is wrong. Looks at the file every `interval` milliseconds. */
export async function watchPolicy({
  path,
  load,
  log,
  interval = 1000,
}: {
  path: string;
  load: (path: string) => Promise<Policy>;
  log: Log;
  interval?: number;
}): Promise<PolicyWatch> {
  let taken = await markOf(path);
  let policy = await load(path);
  /** A mark that one look has found; it counts once a second look finds it too, since a file may be half written. */
  let seen: string | undefined;
  let isClosed = false;
  let turn = Promise.resolve();

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(async () => {
      if (!isClosed) await work();
    });
    return turn;
  };
  const read = async (mark: string): Promise<void> => {
    taken = mark;
    seen = undefined;
    try {
      const next = await load(path);
      const changes = changesBetween(policy, next);
      policy = next;
      if (changes === null) log.info(`The policy ${path} was read again: no role has changed.`);
      else log.warn(`The policy ${path} has changed: ${changes}.`);
    } catch (error) {
      log.error(`The policy ${path} was not taken, and the one before stays in force.\n${inWords(error)}`);
    }
  };
  const look = async (): Promise<void> => {
    const mark = await markOf(path);
    if (mark === taken) seen = undefined;
    else if (mark === seen) await read(mark);
    else seen = mark;
  };

  let timer = setTimeout(tick, interval).unref();
  function tick(): void {
    void inTurn(look).then(() => {
      if (!isClosed) timer = setTimeout(tick, interval).unref();
    });
  }
  return Object.freeze({
    current: () => policy,
    reload: () => inTurn(async () => read(await markOf(path))),
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

/** Null: every role is as it was. */
function changesBetween(before: Policy, after: Policy): string | null {
  const old = new Map(before.roles.map((role) => [role.name, role]));
  const names = (roles: readonly RolePolicy[]) => roles.map(({ name }) => name);
  const now = new Set(names(after.roles));
  const changes: [string, string[]][] = [
    ["added", names(after.roles.filter(({ name }) => !old.has(name)))],
    ["removed", names(before.roles.filter(({ name }) => !now.has(name)))],
    ["changed", names(after.roles.filter((role) => isOther(old.get(role.name), role)))],
  ];
  const parts = changes.filter(([, roles]) => roles.length > 0).map(([what, roles]) => `${what} ${roles.join(", ")}`);
  return parts.length === 0 ? null : parts.join("; ");
}

function isOther(before: RolePolicy | undefined, after: RolePolicy): boolean {
  return before !== undefined && JSON.stringify(before) !== JSON.stringify(after);
}

function inWords(error: unknown): string {
  if (!(error instanceof Consumer360Error)) return String(error);
  return error.remedy === undefined ? error.message : `${error.message}\n${error.remedy}`;
}
