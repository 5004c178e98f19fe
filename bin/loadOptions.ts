// The options of a load beside how its files are read: the same for `load` and for `start --load`.
import { InvalidArgumentError, Option } from "commander";
import { type GateName, gateNames } from "../etl/gate/gates.ts";
import type { LoadOptions } from "../etl/loadOptions.ts";
import { isIsoDate } from "../src/kernel/calendar.ts";
import type { Config } from "../src/server/readConfig.ts";
import { type ReadingFlags, readingOptions, readingOptionsOf } from "./readingOptions.ts";

export type LoadFlags = ReadingFlags &
  Readonly<{
    append?: boolean;
    dropDuplicateLines?: boolean;
    asOf?: string;
    maxRejects?: number;
    allow?: readonly GateName[];
    again?: boolean;
    freezeCutPoints?: boolean;
  }>;

export function loadOptions(): Option[] {
  return [
    new Option("--append", "add to what is published: an invoice that is there is replaced whole, all others stay"),
    ...readingOptions(),
    new Option("--drop-duplicate-lines", "of lines that are equal in everything within one invoice, keep the first"),
    new Option(
      "--as-of <day>",
      "the day that the figures look back from (default: the day after the last line)",
    ).argParser(parseDay),
    new Option("--max-rejects <share>", "share of rows that may be rejected, 0 to 1 (MAX_REJECTS, 0.01)").argParser(
      parseShare,
    ),
    new Option(
      "--allow <gate>",
      `publish in spite of what a gate finds: ${gateNames.join(", ")}; repeatable`,
    ).argParser(parseGates),
    new Option(
      "--freeze-cut-points",
      "score customers by the cut-points of what is published, instead of computing new ones",
    ),
    new Option("--again", "load even what the published snapshot was made of, as after damage"),
  ];
}

/** In the loader's words; what is not given is as configured. */
export async function readLoadOptions(
  config: Config,
  { append, dropDuplicateLines, asOf, maxRejects, allow, again, freezeCutPoints, ...reading }: LoadFlags,
): Promise<Omit<LoadOptions, "url" | "paths" | "onProgress">> {
  return {
    reading: await readingOptionsOf(reading),
    append,
    dropDuplicateLines,
    asOf: asOf as LoadOptions["asOf"],
    allow,
    again,
    freezeCutPoints,
    currency: config.currency,
    monetary: config.monetary,
    maxRejects: maxRejects ?? config.maxRejects,
    tolerances: config.tolerances,
    snapshotsKept: config.snapshotsKept,
    daysKept: config.daysKept,
  };
}

function parseDay(text: string): string {
  if (!isIsoDate(text)) throw new InvalidArgumentError("It must be a day, such as 2024-05-01.");
  return text;
}

function parseShare(text: string): number {
  const share = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(share <= 1)) throw new InvalidArgumentError("It must be a share from 0 to 1, such as 0.01.");
  return share;
}

function parseGates(text: string, before: readonly GateName[] = []): readonly GateName[] {
  const names = text.split(",").map((name) => gateNames.find((gate) => gate === name.trim()));
  if (names.includes(undefined)) throw new InvalidArgumentError(`Gates are ${gateNames.join(", ")}.`);
  return [...before, ...(names as GateName[])];
}
