// Standard input, or any other stream, as a file: it is read twice, and looked into before that.
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Consumer360Error } from "../../src/kernel/errors.ts";

export type Spooled = Readonly<{ path: string; bytes: number; remove: () => Promise<void> }>;

/** Writes the stream into a folder of its own under `folder`, which the caller removes. Nobody else may read it. */
export async function spoolInput(stream: Readable, folder: string): Promise<Spooled> {
  const own = await mkdtemp(join(folder, "input-")).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
  const remove = () => rm(own, { recursive: true, force: true });
  const path = join(own, "input");
  const file = createWriteStream(path, { mode: 0o600 });
  try {
    await pipeline(stream, file);
  } catch (cause) {
    await remove();
    throw unwritable(folder, cause);
  }
  if (file.bytesWritten === 0) {
    await remove();
    throw new Consumer360Error("FILE_EMPTY", "standard input is empty (0 bytes)", {
      remedy: "Check what writes into the pipe",
    });
  }
  return { path, bytes: file.bytesWritten, remove };
}

function unwritable(folder: string, cause: unknown): Consumer360Error {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : String(cause);
  return new Consumer360Error("FILE_UNREADABLE", `standard input cannot be kept in ${folder} (${code})`, {
    remedy: code === "ENOSPC" ? "Make room on that disk, or save the data in a file" : "Save the data in a file first",
    cause,
  });
}
