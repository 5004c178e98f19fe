// The way from a question about loads to its answer, for operators only. What is recorded belongs to no snapshot: cursors name none, and stay
// good whatever is published.
import { assertNever, Consumer360Error } from "../kernel/errors.ts";
import type { ReadWarehouse, StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { RowPage } from "./answer.ts";
import type { Asker } from "./ask.ts";
import {
  compileLoadRunCount,
  compileLoadRuns,
  compileRejectCounts,
  compileRejects,
  loadRunKeyTypes,
  rejectKeyTypes,
} from "./compile/compileRecords.ts";
import type { WrittenStatement } from "./compile/parameters.ts";
import { decodeCursor, encodeCursor, recordsHash } from "./cursor.ts";
import { cursorsOf } from "./cursorsOf.ts";
import { decodeLoadRun, decodeReject, type LoadRunRecord, type RejectRecord } from "./decodeRecords.ts";
import type { LoadRunsRequest, RecordsAnswerTo, RecordsRequest, RejectsRequest } from "./recordsRequest.ts";
import { forbidden } from "./validate.ts";

type RecordsAsker = Pick<Asker, "scope" | "trace"> & Readonly<{ warehouse: Pick<ReadWarehouse, "readPublished"> }>;

/** Most text of rejected rows in one answer: each can be as long as a line is believed to be. */
const mostRawBytes = 8 * 1024 * 1024;

export async function askRecords<R extends RecordsRequest>(
  request: R,
  asker: RecordsAsker,
): Promise<RecordsAnswerTo<R>> {
  if (!asker.scope.operator || asker.scope.minimumCustomers !== null) throw forbidden();
  return (await answerTo(request, asker)) as RecordsAnswerTo<R>;
}

function answerTo(request: RecordsRequest, asker: RecordsAsker): Promise<RecordsAnswerTo<RecordsRequest>> {
  switch (request.kind) {
    case "loadRuns":
      return answerLoadRuns(request, asker);
    case "rejects":
      return answerRejects(request, asker);
    default:
      return assertNever(request);
  }
}

async function execute(
  statement: WrittenStatement,
  { warehouse, scope, trace }: RecordsAsker,
): Promise<readonly StoredRow[]> {
  trace?.({ sources: statement.reads, notUsed: [], sql: statement.text });
  return warehouse.readPublished(statement, scope);
}

async function answerLoadRuns(request: LoadRunsRequest, asker: RecordsAsker): Promise<RowPage<LoadRunRecord>> {
  const { page, count } = request;
  const question = recordsHash(["loadRuns", request.id ?? null], asker.scope);
  const after = page.after === undefined ? null : decodeCursor(page.after, null, question, loadRunKeyTypes);
  const [stored, counted] = await Promise.all([
    execute(compileLoadRuns(request, asker.scope, after), asker),
    count ? execute(compileLoadRunCount(request), asker) : null,
  ]);
  const rows = stored.slice(0, page.first).map(decodeLoadRun);
  return {
    rows,
    cursors: cursorsOf(rows.length, (at) => encodeCursor(null, question, [String(rows[at]?.id)])),
    hasNextPage: stored.length > page.first,
    totalCount: counted && Number(counted[0]?.rows),
  };
}

async function answerRejects(request: RejectsRequest, asker: RecordsAsker): Promise<readonly RowPage<RejectRecord>[]> {
  const { loadRunIds, page, count } = request;
  const questionOf = (id: number) => recordsHash(["rejects", id], asker.scope);
  const { after } = page;
  const [position = null] =
    after === undefined ? [] : loadRunIds.map((id) => decodeCursor(after, null, questionOf(id), rejectKeyTypes));
  const [stored, counted] = await Promise.all([
    execute(compileRejects(request, asker.scope, position, mostRawBytes), asker),
    count ? execute(compileRejectCounts(loadRunIds), asker) : null,
  ]);
  refuseLongTexts(Number(stored[0]?.raw_bytes ?? 0));

  const byRun = new Map<number, StoredRow[]>(loadRunIds.map((id) => [id, []]));
  for (const row of stored) byRun.get(Number(row.load_run_id))?.push(row);
  const countOf = new Map(counted?.map((row) => [Number(row.load_run_id), Number(row.rows)]));
  return loadRunIds.map((id) => {
    const found = byRun.get(id) ?? [];
    const rows = found.slice(0, page.first).map(decodeReject);
    return {
      rows,
      cursors: cursorsOf(rows.length, (at) => {
        const { file, line } = rows[at] as RejectRecord;
        return encodeCursor(null, questionOf(id), [file, String(line)]);
      }),
      hasNextPage: found.length > page.first,
      totalCount: counted ? (countOf.get(id) ?? 0) : null,
    };
  });
}

function refuseLongTexts(bytes: number): void {
  if (bytes <= mostRawBytes) return;
  const [found, bound] = [bytes, mostRawBytes].map((count) => count.toLocaleString("en-US"));
  throw new Consumer360Error(
    "QUERY_TOO_COSTLY",
    `The rejected rows of the page hold ${found} bytes of text; the bound is ${bound}.`,
    { remedy: "Ask for smaller pages, or leave `raw` out; `consumer360 rejects --export` writes all of it." },
  );
}
