// The second pass over the files: what the judge accepts is copied into the table of lines, one file after the other; what it rejects is
// kept on record.
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { readServerSecret } from "../../src/warehouse/readServerSecret.ts";
import type { JudgedColumn } from "../judge/judgedColumns.ts";
import { type Judgement, judgeRows } from "../judge/judgeRows.ts";
import type { Reject } from "../judge/rejectCodes.ts";
import type { LoadOptions } from "../loadOptions.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import { fileNames, makeRejectLog } from "../record/loadRecord.ts";
import type { LoadSession } from "../record/loadSession.ts";
import { makeCustomerIdOf } from "./customerIdOf.ts";
import type { LineTable } from "./lineTable.ts";

export type Copied = Readonly<{ judgement: Judgement; firstRejects: readonly Reject[] }>;

type Copying = Readonly<{
  options: LoadOptions;
  files: readonly FileEvidence[];
  session: LoadSession;
  loadRunId: number;
}>;

export async function copyRows(copying: Copying, table: LineTable): Promise<readonly Copied[]> {
  const { files, session } = copying;
  const customerIdOf = files.some(({ namesCustomers }) => namesCustomers)
    ? makeCustomerIdOf(await readServerSecret(session.run))
    : undefined;
  const copied: Copied[] = [];
  for (const [at] of files.entries()) {
    if (table.isStage) await session.run(`ALTER TABLE ${table.name} ALTER file SET DEFAULT ${at}`);
    copied.push(await copyFile({ ...copying, customerIdOf }, at, table));
  }
  return copied;
}

async function copyFile(
  {
    options,
    files,
    session,
    loadRunId,
    customerIdOf,
  }: Copying & { customerIdOf: ((name: string) => string) | undefined },
  at: number,
  table: LineTable,
): Promise<Copied> {
  const evidence = files[at] as FileEvidence;
  const before = files.slice(0, at);
  const name = fileNames(files)[at] as string;
  const columns = columnsOf(evidence, table);
  const rejects = makeRejectLog(session.records, loadRunId, name);
  const rows = judgeRows(evidence, {
    columns,
    customerIdOf,
    onReject: rejects.add,
    onProgress: (done, total, rows) =>
      options.onProgress?.({
        ...progressOf("copy", files, at),
        done: sum(before.map(({ bytes }) => bytes)) + Math.round((done / Math.max(1, total)) * evidence.bytes),
        rows: sum(before.map((file) => file.rows)) + rows,
        file: name,
      }),
  });
  // what COPY's own option of that name says of texts, it does not say of binary input
  await session.run(`SET LOCAL client_encoding = '${evidence.encoding}'`);
  // FREEZE: nobody sees the table before the load commits, and whoever reads it later need not write.
  const copy = session.work.query(
    copyFrom(`COPY ${table.name} (${columns.join(", ")}) FROM STDIN WITH (FORMAT binary, FREEZE)`),
  );
  let judgement: Judgement | undefined;
  await pipeline(async function* () {
    judgement = yield* rows;
  }, copy);
  await session.run("SET LOCAL client_encoding = 'UTF8'");
  await rejects.flush();
  if (judgement === undefined || copy.rowCount !== judgement.accepted)
    throw new Error(`${judgement?.accepted} rows of ${name} were accepted, but ${copy.rowCount} were copied.`);
  return { judgement, firstRejects: rejects.first() };
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

/** What is known of a stage that goes over files, while it is at one of them. */
export function progressOf(stage: string, files: readonly Readonly<{ bytes: number }>[], at: number) {
  const total = sum(files.map(({ bytes }) => bytes));
  return { stage, total, unit: "bytes", fileNumber: at + 1, files: files.length } as const;
}

const everywhere = [
  "customer_key",
  "guest",
  "ordered_at",
  "invoice",
  "country",
  "line_no",
  "product",
  "quantity",
  "unit_price",
  "amount",
  "kind",
  "line_type",
  "description",
  "category",
] as const satisfies readonly JudgedColumn[];

/** What is asked of the judge: columns of the table, by their names. */
function columnsOf({ hasCustomerName }: FileEvidence, table: LineTable): readonly JudgedColumn[] {
  return [
    ...everywhere,
    ...(table.isStage ? (["line"] as const) : []),
    ...(table.isCorrection ? (["reject_load", "reject_file", "reject_line"] as const) : []),
    ...(hasCustomerName ? (["customer_name"] as const) : []),
  ];
}
