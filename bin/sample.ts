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
    // the generator names the option and its bounds
    if (error instanceof RangeError) command.error(`consumer360: ${error.message}`);
    throw error;
  }
}

/** To a file, or to standard output for `-`, no faster than it is taken. */
export async function writeSample(options: Partial<SampleOptions>, output: string): Promise<void> {
  const chunks = Readable.from(generateSample({ ...defaultSample, ...options }), { objectMode: false });
  if (output === "-") await pipeline(chunks, process.stdout, { end: false });
  else await pipeline(chunks, createWriteStream(output));
}
