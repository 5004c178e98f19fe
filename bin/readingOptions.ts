// The options that say how files are read.
import { Option } from "commander";
import type { AskedEncoding, ReadingOptions } from "../etl/read/inspectFile.ts";

export type ReadingFlags = Readonly<{ dateOrder?: "mdy" | "dmy" | "ymd"; encoding?: AskedEncoding }>;

export function readingOptions(): Option[] {
  return [
    new Option("--date-order <order>", "how the file writes dates; found by evidence where not given").choices([
      "mdy",
      "dmy",
      "ymd",
    ]),
    new Option("--encoding <name>", "how the file writes letters; found by evidence where not given"),
  ];
}

export async function readingOptionsOf(flags: ReadingFlags): Promise<ReadingOptions> {
  return flags;
}
