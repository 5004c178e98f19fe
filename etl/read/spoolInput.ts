// Keeps what comes in a stream in a file, because a load reads twice.
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export async function spoolInput(stream: Readable, folder: string): Promise<{ path: string; remove(): Promise<void> }> {
  const path = join(folder, "stdin");
  await pipeline(stream, createWriteStream(path));
  return { path, remove: () => rm(path, { force: true }) };
}
