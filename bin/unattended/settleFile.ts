// Puts a file that was loaded, or could not be, aside: its reports first, then the file itself, never over one that is there.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, open, rename, rm, stat, unlink, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { codeOf } from "./codeOf.ts";

/** What stands beside a file under its name and these endings. */
export type FileReports = Readonly<{ ".report.json": string; ".report.txt": string }>;

/** Answers with the path that the file has now. Leaves it where it was where anything goes wrong. */
export async function settleFile(
  path: string,
  { folder, reports, at = new Date() }: { folder: string; reports: FileReports; at?: Date },
): Promise<string> {
  await makeFolder(folder);
  const endings = Object.keys(reports) as (keyof FileReports)[];
  const target = join(folder, await freeName(folder, basename(path), endings, at));
  const written: string[] = [];
  try {
    for (const ending of endings) {
      await writeWhole(`${target}${ending}`, reports[ending]);
      written.push(`${target}${ending}`);
    }
    await move(path, target);
  } catch (error) {
    for (const report of written) await rm(report, { force: true }).catch(() => undefined);
    throw error;
  }
  return target;
}

/** Not the folder above: where that is gone, as with a drive that is not there, nothing is made in its place. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
}

const longestName = 255;

/** The name itself, or with the time in it, and where even that is taken with a number as well. */
async function freeName(folder: string, name: string, endings: readonly string[], at: Date): Promise<string> {
  const moment = at.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const room = longestName - Math.max(...endings.map((ending) => ending.length));
  for (let tries = 0; ; tries += 1) {
    const mark = tries === 0 ? "" : tries === 1 ? `.${moment}` : `.${moment}-${tries}`;
    const candidate = withMark(name, mark, room);
    const taken = await Promise.all(["", ...endings].map((ending) => isThere(join(folder, candidate + ending))));
    if (!taken.includes(true)) return candidate;
  }
}

/** Before what tells its kind, so that `sales.csv.gz` stays a file of its kind; what is too long loses letters at its end. */
function withMark(name: string, mark: string, room: number): string {
  const ending = /(\.[A-Za-z0-9]{1,8}){1,2}$/.exec(name)?.[0] ?? "";
  const letters = [...name.slice(0, name.length - ending.length)];
  while (letters.length > 0 && Buffer.byteLength(letters.join("") + mark + ending) > room) letters.pop();
  return letters.join("") + mark + ending;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Either the whole text under its name, or nothing. */
async function writeWhole(path: string, text: string): Promise<void> {
  await viaPart(path, async (part) => {
    const handle = await open(part, "wx");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== "EXDEV") throw error;
    await moveAcross(from, to);
  }
}

/** To another drive: the copy is on the disk before the original goes. */
async function moveAcross(from: string, to: string): Promise<void> {
  await viaPart(to, async (part) => {
    await copyFile(from, part, constants.COPYFILE_EXCL);
    const { atime, mtime } = await stat(from);
    await utimes(part, atime, mtime);
    const handle = await open(part, "r+");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  try {
    await unlink(from);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

/** Writes under a name that nobody takes for a file, and gives it its own once it is whole. */
async function viaPart(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = join(dirname(path), `.${randomUUID()}.part`);
  try {
    await write(part);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}
