// What has arrived in a folder: files that have stopped growing, the first name first, one after the other.
import type { Stats } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./codeOf.ts";

export type Arrival = Readonly<{
  name: string;
  path: string;
  /** Another one where the file is another one or has been written to. */
  mark: string;
}>;

export type Arrivals = Readonly<{
  /**
   * The first by name, where it can be taken; null where nothing has come or the first is still being written. What comes after it
   * waits: of an invoice that two files have, the one that is loaded last counts.
   */
  next(): Promise<Arrival | null>;
}>;

type Seen = { mark: string; since: number; came: number; told: boolean };

/** Milliseconds after which a file that keeps growing, or an entry that is none, is told of. */
const tellAfter = 60_000;

/** `steadyFor`: milliseconds that a file has not changed for; `emptyFor`: the same for one that nothing has been written to yet. */
export function watchArrivals({
  folder,
  steadyFor,
  emptyFor,
  warn,
  now = () => performance.now(),
}: {
  folder: string;
  steadyFor: number;
  emptyFor: number;
  warn: (message: string) => void;
  now?: () => number;
}): Arrivals {
  let seen = new Map<string, Seen>();
  return Object.freeze({
    async next() {
      const names = (await readdir(folder)).filter((name) => !isIgnored(name)).sort(inNaturalOrder);
      const before = seen;
      seen = new Map();
      let first: { arrival: Arrival; isReady: boolean; sight: Seen } | undefined;
      for (const name of names) {
        const path = join(folder, name);
        const stats = await lstat(path).catch(() => null);
        // gone since the list was made
        if (stats === null) continue;
        const known = before.get(name);
        const mark = markOf(stats);
        const sight = known ?? { mark, since: now(), came: now(), told: false };
        if (sight.mark !== mark) Object.assign(sight, { mark, since: now() });
        seen.set(name, sight);
        if (!stats.isFile()) {
          tellOnce(sight, `${name} is no ordinary file and is left alone`);
          continue;
        }
        const isReady = now() - sight.since >= (stats.size === 0 ? emptyFor : steadyFor);
        first ??= { arrival: { name, path, mark }, isReady, sight };
      }
      if (first === undefined) return null;
      const { arrival, isReady, sight } = first;
      if (isReady && !(await isLocked(arrival.path))) return arrival;
      if (now() - sight.came >= tellAfter) {
        tellOnce(sight, `${arrival.name} is still being written to, or held open; what comes after it waits`);
      }
      return null;
    },
  });

  function tellOnce(sight: Seen, message: string): void {
    if (!sight.told) warn(message);
    sight.told = true;
  }
}

/** Names under which programs write before they are done, what systems leave behind, and our own reports come back. */
function isIgnored(name: string): boolean {
  return (
    /^(\.|~\$)|(\.(tmp|part|partial|crdownload)|~)$/i.test(name) ||
    /^(thumbs\.db|desktop\.ini)$/i.test(name) ||
    /\.report\.(json|txt)$/i.test(name)
  );
}

const collator = new Intl.Collator("en", { numeric: true });

/** Numbers by their value, so that 2011-9 comes before 2011-10. */
function inNaturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

function markOf({ dev, ino, size, mtimeMs }: Stats): string {
  return [dev, ino, size, mtimeMs].join(" ");
}

/** What a path holds now; null where it holds nothing. */
export async function currentMark(path: string): Promise<string | null> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  });
  return stats === null ? null : markOf(stats);
}

/** Windows lets a writer keep others out; elsewhere a writer is only seen by what it writes. */
async function isLocked(path: string): Promise<boolean> {
  try {
    await (await open(path, "r")).close();
    return false;
  } catch (error) {
    return codeOf(error) === "EBUSY";
  }
}
