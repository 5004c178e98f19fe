// Writes text to standard output or to a file, no faster than it is taken. A file is there whole or not at all: it is written under
// another name beside its own, brought to the disk, and only then given its name.
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Output } from "./chooseOutput.ts";

type Chunks = AsyncIterable<string>;

/** Whether all of it was taken: a reader that goes away, as `head` does, has what it wanted. Throws OUTPUT_UNWRITABLE. */
export async function writeOutput(chunks: Chunks, output: Output, signal?: AbortSignal): Promise<boolean> {
  switch (output.kind) {
    case "standard":
      return whileTaken(chunks, process.stdout, { end: false, signal });
    case "device":
      return writing(output.path, () => whileTaken(chunks, createWriteStream(output.path), { signal }));
    case "file":
      await writing(output.path, () => writeWhole(chunks, output, signal));
      return true;
  }
}

async function whileTaken(
  chunks: Chunks,
  target: Writable,
  options: { end?: boolean; signal: AbortSignal | undefined },
): Promise<boolean> {
  try {
    await pipeline(chunks, target, given(options));
    return true;
  } catch (error) {
    if (codeOf(error) === "EPIPE") return false;
    throw error;
  }
}

/** An option that is there and undefined is refused by `pipeline`. */
function given({ end, signal }: { end?: boolean; signal: AbortSignal | undefined }) {
  return { ...(end === undefined ? {} : { end }), ...(signal && { signal }) };
}

async function writeWhole(
  chunks: Chunks,
  { path, mode }: Extract<Output, { kind: "file" }>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.part`);
  try {
    const file = createWriteStream(part, { flags: "wx", flush: true, mode: mode ?? 0o666 });
    await (path.endsWith(".gz")
      ? pipeline(chunks, createGzip(), file, given({ signal }))
      : pipeline(chunks, file, given({ signal })));
    if (mode === null) await giveNewName(part, path);
    else {
      await chmod(part, mode);
      await rename(part, path);
    }
  } finally {
    await rm(part, { force: true });
  }
  await bringToDisk(dirname(path));
}

/** Unlike a renaming, a link replaces nothing that has come in between. Not every file system knows links. */
async function giveNewName(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error;
    await rename(part, path);
  }
}

/** The name as well as the content. Not every system can: there the file is whole all the same. */
async function bringToDisk(folder: string): Promise<void> {
  const directory = await open(folder, "r").catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}

async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error && "path" in error) && !isFull(error)) throw error;
    throw new Consumer360Error("OUTPUT_UNWRITABLE", `${path} cannot be written: ${reasonOf(error)}`, {
      remedy: "Nothing is there under that name that was not before; make room, or name another place.",
      cause: error,
    });
  }
}

/** Of a write to a file that is open, which names no path. */
const isFull = (error: unknown) => ["ENOSPC", "EDQUOT", "EFBIG", "EIO"].includes(codeOf(error));

const codeOf = (error: unknown) => String((error as { code?: unknown } | null)?.code ?? "");

function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "this user may not write there";
    case "EEXIST":
      return "another program has just made it";
    case "ENOSPC":
    case "EDQUOT":
      return "there is no room left";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
