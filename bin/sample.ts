// `consumer360 sample`: writes a generated transaction file of any size, a chunk at a time.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { defaultSample, generateSample, type SampleOptions } from "../etl/sample/generateSample.ts";

export async function sample(
  { output, ...flags }: Partial<SampleOptions> & { output: string },
  command: Command,
): Promise<void> {
  try {
    await writeSample(flags, output);
  } catch (error) {
    // the generator names the option and its bounds; the file system names the file
    const isUsage =
      error instanceof RangeError || (error instanceof Error && "syscall" in error && error.syscall === "open");
    if (isUsage) command.error(`consumer360: ${error.message}`);
    throw error;
  }
}

/** To a file, or to standard output for `-`, no faster than it is taken. */
export async function writeSample(options: Partial<SampleOptions>, output: string): Promise<void> {
  const chunks = Readable.from(generateSample({ ...defaultSample, ...options }), { objectMode: false });
  if (output !== "-") return pipeline(chunks, createWriteStream(output));
  try {
    await pipeline(chunks, process.stdout, { end: false });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPIPE")) throw error;
  }
}
