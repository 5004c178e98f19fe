// `consumer360 rejects --export`, `consumer360 export rejects`: all rejected rows of a load, as CSV that can be mended and loaded back (a
// file for each file that has such rows) or as JSON Lines. Changes nothing in the warehouse.
import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { RecordedFile, RejectRecord } from "../src/query/decodeRecords.ts";
import { readRejects } from "../src/query/readRejects.ts";
import type { RejectFilter } from "../src/query/recordsRequest.ts";
import { escapeControls } from "../src/server/escapeControls.ts";
import { chooseOutput, type Output } from "./chooseOutput.ts";
import { type FoundRejects, findRejects, type RejectFlags } from "./findRejects.ts";
import { formatCounted } from "./formatProgress.ts";
import { formatNoRejects } from "./formatRejects.ts";
import { rejectsCsv } from "./formatRejectsCsv.ts";
import type { OutputFlags } from "./outputOptions.ts";
import { type OwnersSight, withOwnersSight } from "./withOwnersSight.ts";
import { writeOutput } from "./writeOutput.ts";

/** What goes into one file. */
type Part = Readonly<{
  name: string;
  from: string;
  head: string;
  row: (reject: RejectRecord) => string;
  filter: RejectFilter;
  /** What the load was told or found by evidence, as options: a few rows may not give it again. Null: it is not for loading. */
  options: string | null;
}>;

export async function exportRejects(flags: RejectFlags & OutputFlags, command: Command): Promise<void> {
  if (flags.bom) return command.error("consumer360: the rejects of a file are written without a byte order mark");
  await withOwnersSight(async (sight) => {
    const found = await findRejects(sight.reader, flags);
    if (!found || found.counts.length === 0) return sight.say(formatNoRejects(flags).trimEnd());
    const parts = flags.format === "jsonl" ? [jsonPart(found)] : csvParts(found);
    await refuseOneForMany(parts, flags, command);
    const outputs: (readonly [Part, Output])[] = [];
    for (const part of parts) outputs.push([part, await chooseOutput(flags, part.name, command)]);
    for (const [part, output] of outputs) await write(part, output, sight);
    if (found.run.status !== "PUBLISHED")
      sight.say(
        `Load ${found.run.id} published nothing that these rows could be added to: mend the whole file and load it again.`,
      );
  });
}

function jsonPart({ filter, run }: FoundRejects): Part {
  const row = (reject: RejectRecord) => `${JSON.stringify({ load: run.id, ...reject })}\n`;
  return { name: `rejects-${run.id}.jsonl`, from: `load ${run.id}`, head: "", row, filter, options: null };
}

/** Files are told apart by their names, as the rows are. */
function csvParts({ filter, run, counts }: FoundRejects): Part[] {
  const names = [...new Set(counts.map(({ file }) => file))];
  return names.map((name, at) => {
    const file: RecordedFile | undefined = run.files.find((recorded) => recorded.name === name);
    const csv = file && rejectsCsv(run.id, file);
    if (!csv) {
      throw new Consumer360Error(
        "HEADER_UNKNOWN",
        `The record of load ${run.id} does not hold the header of ${name}.`,
        {
          remedy: "It was made by an older version. --format jsonl writes the rows all the same.",
        },
      );
    }
    const suffix = names.length === 1 ? "" : `-${at + 1}`;
    return {
      name: `rejects-${run.id}${suffix}.csv`,
      from: name,
      ...csv,
      filter: { ...filter, file: name },
      options: run.status === "PUBLISHED" ? optionsOf(file?.readAs ?? {}) : null,
    };
  });
}

/** Rows of files with different headers do not go into one CSV. */
async function refuseOneForMany(parts: readonly Part[], { output }: OutputFlags, command: Command): Promise<void> {
  if (parts.length === 1) return;
  const isFolder = output !== undefined && output !== "-" && (await stat(output).catch(() => null))?.isDirectory();
  if (isFolder) return;
  command.error(
    `consumer360: ${parts.length} files have rejected rows, and each becomes a file of its own: name a folder, choose one with --file, or take --format jsonl`,
  );
}

async function write(
  { head, row, filter, from, options }: Part,
  output: Output,
  { reader, say, signal }: OwnersSight,
): Promise<void> {
  let rows = 0;
  async function* texts(): AsyncGenerator<string, void> {
    yield head;
    for await (const batch of readRejects(reader, filter)) {
      rows += batch.length;
      yield batch.map(row).join("");
    }
  }
  const taken = await writeOutput(texts(), output, signal);
  const where = output.kind === "standard" ? "" : ` to ${output.path}`;
  say(
    taken
      ? `Wrote ${formatCounted(rows, "rejected row")} of ${escapeControls(from)}${where}.`
      : "The reader went away before the end.",
  );
  const path = output.kind === "file" ? output.path : "FILE";
  if (taken && options !== null) say(`Mend them, then: npx consumer360 load ${path} --append${options}`);
}

function optionsOf({ dateOrder, decimals, mapping }: Readonly<Record<string, string>>): string {
  return [
    ...(mapping === undefined ? [] : [" --layout MAPPING"]),
    ...(dateOrder !== undefined && /^[mdy]{3}$/.test(dateOrder) ? [` --date-order ${dateOrder}`] : []),
    ...(decimals?.startsWith("comma") ? [" --decimal-comma"] : []),
  ].join("");
}
