// Reads the rejected rows of one load for the owner, all of them, a batch at a time.
import { seesFileTexts } from "../model/loadSight.ts";
import type { Scope } from "../model/scope.ts";
import type { ReadWarehouse } from "../warehouse/openReadWarehouse.ts";
import { compileNewestLoad, compileRejectBatch, compileRejectSummary } from "./compile/compileRecords.ts";
import { decodeReject, type RejectRecord } from "./decodeRecords.ts";
import type { RejectFilter } from "./recordsRequest.ts";
import { forbidden } from "./validate.ts";

export type RejectReader = Readonly<{ warehouse: Pick<ReadWarehouse, "readPublished">; scope: Scope }>;

/** Rejected rows of one file and code; `settled` of them were loaded once they were mended. */
export type RejectCount = Readonly<{ file: string; code: string; rows: number; settled: number }>;

const batch = Object.freeze({ mostRows: 1_000, mostBytes: 8 * 1024 * 1024 });

/** The newest load that has such rows; null where none has. */
export async function newestLoadWithRejects(
  { warehouse, scope }: RejectReader,
  filter: Omit<RejectFilter, "loadRunId">,
): Promise<number | null> {
  refuseOthers(scope);
  const [row] = await warehouse.readPublished(compileNewestLoad(filter), scope);
  return row?.load_run_id === null || row === undefined ? null : Number(row.load_run_id);
}

/** By file, the most frequent code first. */
export async function countRejects({ warehouse, scope }: RejectReader, filter: RejectFilter): Promise<RejectCount[]> {
  refuseOthers(scope);
  const rows = await warehouse.readPublished(compileRejectSummary(filter), scope);
  return rows.map((row) => ({
    file: String(row.file),
    code: String(row.code),
    rows: Number(row.rows),
    settled: Number(row.settled),
  }));
}

/** By file and line, with their text. */
export async function* readRejects(
  reader: RejectReader,
  filter: RejectFilter,
): AsyncGenerator<readonly RejectRecord[], void> {
  const files = new Set((await countRejects(reader, filter)).map(({ file }) => file));
  for (const file of files) yield* readFile(reader, { ...filter, file });
}

async function* readFile(
  { warehouse, scope }: RejectReader,
  filter: RejectFilter & Readonly<{ file: string }>,
): AsyncGenerator<readonly RejectRecord[], void> {
  let afterLine = 0;
  while (true) {
    const rows = await warehouse.readPublished(compileRejectBatch(filter, afterLine, batch), scope);
    const rejects = rows.map(decodeReject);
    const last = rejects.at(-1);
    if (last === undefined) return;
    yield rejects;
    afterLine = last.line;
  }
}

function refuseOthers(scope: Scope): void {
  if (!seesFileTexts(scope)) throw forbidden();
}
