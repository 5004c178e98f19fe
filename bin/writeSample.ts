// Writes the generated sample to a file or to standard output, a chunk at a time.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { defaultSample, generateSample, type SampleOptions } from "../etl/sample/generateSample.ts";

/** To standard output where no file is named, no faster than it is taken; a name in `.gz` is written as gzip. */
export async function writeSample(
  options: Partial<SampleOptions>,
  { path, mayReplace = false }: { path: string | null; mayReplace?: boolean },
): Promise<void> {
  const chunks = begun(generateSample({ ...defaultSample, ...options }));
  if (path === null) return toStandardOutput(chunks);
  const file = createWriteStream(path, { flags: mayReplace ? "w" : "wx" });
  await (path.endsWith(".gz") ? pipeline(chunks, createGzip(), file) : pipeline(chunks, file));
}

/** The first chunk is made at once, so that options which cannot be met are told before a file is touched. */
function begun(chunks: Generator<Buffer>): Readable {
  const first = chunks.next();
  function* all() {
    if (!first.done) yield first.value;
    yield* chunks;
  }
  return Readable.from(all(), { objectMode: false });
}

async function toStandardOutput(chunks: Readable): Promise<void> {
  try {
    await pipeline(chunks, process.stdout, { end: false });
  } catch (error) {
    // a reader that went away has what it wanted
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
}
