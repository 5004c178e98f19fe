// `consumer360 rejects`: the rows that a load could not load, as a list for people or as JSON. Changes nothing.
import type { Command } from "commander";
import type { RejectRecord } from "../src/query/decodeRecords.ts";
import { type RejectReader, readRejects } from "../src/query/readRejects.ts";
import type { RejectFilter } from "../src/query/recordsRequest.ts";
import { escapeControls } from "../src/server/escapeControls.ts";
import { exportRejects } from "./exportRejects.ts";
import { findRejects, type RejectFlags } from "./findRejects.ts";
import { formatNoRejects, formatRejects } from "./formatRejects.ts";
import type { OutputFlags } from "./outputOptions.ts";
import { withOwnersSight } from "./withOwnersSight.ts";

type ListFlags = RejectFlags & Readonly<{ rows: number; json?: boolean }>;

export async function rejects(
  { export: output, ...flags }: ListFlags & Omit<OutputFlags, "output" | "bom"> & Readonly<{ export?: string }>,
  command: Command,
): Promise<void> {
  if (output !== undefined) return exportRejects({ ...flags, output }, command);
  const given = ["format", "force"].filter((name) => command.getOptionValueSource(name) === "cli");
  if (given.length > 0) return command.error(`consumer360: --${given[0]} is for --export`);
  await withOwnersSight(async ({ reader }) => {
    const found = await findRejects(reader, flags);
    const shown = found ? await firstRejects(reader, found.filter, flags.rows) : [];
    if (flags.json) {
      const { id = null } = found?.run ?? {};
      const text = JSON.stringify({ load: id, counts: found?.counts ?? [], rejects: shown }, null, 2);
      process.stdout.write(`${escapeControls(text)}\n`);
    } else if (!found || found.counts.length === 0) process.stdout.write(formatNoRejects(flags));
    else process.stdout.write(formatRejects({ ...found, rejects: shown }));
  });
}

async function firstRejects(reader: RejectReader, filter: RejectFilter, most: number): Promise<RejectRecord[]> {
  const first: RejectRecord[] = [];
  for await (const batch of readRejects(reader, filter)) {
    first.push(...batch.slice(0, most - first.length));
    if (first.length === most) break;
  }
  return first;
}
