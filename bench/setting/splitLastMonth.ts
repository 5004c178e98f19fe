// Splits a generated file by time: everything but its last month, and the last month, as they would arrive in an appending load.
import { once } from "node:events";
import { createReadStream, createWriteStream, type WriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { BenchFile } from "./benchFiles.ts";

export type SplitFile = Readonly<{ before: BenchFile; last: BenchFile; lastRows: number; month: string }>;

const newLine = 0x0a;
const written = /,(\d{1,2})\/\d{1,2}\/(\d{4}) \d{1,2}:\d{2},/;

/** The generator writes a record a line, and M/D/YYYY. */
export async function splitLastMonth(file: BenchFile, folder: string): Promise<SplitFile> {
  let last = "";
  for await (const block of blocksOf(file.path)) {
    for (const [from, to] of linesIn(block)) {
      const month = monthOf(block, from, to);
      if (month > last) last = month;
    }
  }
  const paths = { before: join(folder, "before.csv"), last: join(folder, "last-month.csv") };
  const before = createWriteStream(paths.before);
  const after = createWriteStream(paths.last);
  let lastRows = 0;
  for await (const block of blocksOf(file.path)) {
    // what lies together goes together: rows stand by time
    let run = 0;
    let isLast = false;
    for (const [from, to] of linesIn(block)) {
      const month = monthOf(block, from, to);
      if (month === "") after.write(block.subarray(from, to));
      if (month === last) lastRows += 1;
      if ((month === last) === isLast) continue;
      await write(isLast ? after : before, block.subarray(run, from));
      run = from;
      isLast = !isLast;
    }
    await write(isLast ? after : before, block.subarray(run));
  }
  for (const stream of [before, after]) {
    stream.end();
    await finished(stream);
  }
  const part = async (path: string, name: string): Promise<BenchFile> => ({
    ...file,
    path,
    name: `${file.name}, ${name}`,
    bytes: (await stat(path)).size,
  });
  return {
    before: await part(paths.before, "all but the last month"),
    last: await part(paths.last, "the last month"),
    lastRows,
    month: last,
  };
}

/** YYYY-MM; empty for the header. */
function monthOf(block: Buffer, from: number, to: number): string {
  const [, month = "", year = ""] = written.exec(block.toString("latin1", from, to)) ?? [];
  return year === "" ? "" : `${year}-${month.padStart(2, "0")}`;
}

/** Of a file, blocks of whole lines. */
async function* blocksOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 }) as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(newLine) + 1;
    if (end > 0) yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield rest;
}

/** Where each line begins and ends, its line feed included. */
function* linesIn(block: Buffer): Generator<[from: number, to: number]> {
  for (let from = 0; from < block.length; ) {
    const feed = block.indexOf(newLine, from);
    const to = feed < 0 ? block.length : feed + 1;
    yield [from, to];
    from = to;
  }
}

async function write(stream: WriteStream, bytes: Buffer): Promise<void> {
  if (bytes.length > 0 && !stream.write(bytes)) await once(stream, "drain");
}
