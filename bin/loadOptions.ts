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
    holdoutDays?: number;
    discountRate?: number;
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
    new Option("--holdout-days <days>", "days at the end of the data that the models are judged by (91)").argParser(
      parseHoldout,
    ),
    new Option(
      "--discount-rate <rate>",
      "by how much less an order is worth a year later, for customers' lifetime values (0.1)",
    ).argParser(parseRate),
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
  {
    append,
    dropDuplicateLines,
    asOf,
    maxRejects,
    allow,
    again,
    holdoutDays,
    discountRate,
    freezeCutPoints,
    ...reading
  }: LoadFlags,
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
    models:
      holdoutDays === undefined && discountRate === undefined
        ? undefined
        : {
            ...(holdoutDays !== undefined && { holdoutDays }),
            ...(discountRate !== undefined && { discountRate }),
          },
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

function parseHoldout(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1) throw new InvalidArgumentError("It must be a number of days from 1 to 9999, such as 91.");
  return days;
}

function parseRate(text: string): number {
  const rate = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate <= 1)) throw new InvalidArgumentError("It must be a rate from 0 to 1 a year, such as 0.1.");
  return rate;
}

function parseGates(text: string, before: readonly GateName[] = []): readonly GateName[] {
  const names = text.split(",").map((name) => gateNames.find((gate) => gate === name.trim()));
  if (names.includes(undefined)) throw new InvalidArgumentError(`Gates are ${gateNames.join(", ")}.`);
  return [...before, ...(names as GateName[])];
}
