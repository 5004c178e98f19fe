// Small transaction files for the tests of reading and judging, written to a directory of their own.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JudgedColumn } from "../../etl/judge/judgedColumns.ts";
import { judgeRows } from "../../etl/judge/judgeRows.ts";
import { readCopyRows } from "../../etl/judge/readCopyRows.ts";
import type { Reject } from "../../etl/judge/rejectCodes.ts";
import { type InspectOptions, inspectFile } from "../../etl/read/inspectFile.ts";

export const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

export type TestDirectory = {
  /** Writes a file and answers its path. */
  write(content: string | Buffer, name?: string): Promise<string>;
  remove(): Promise<void>;
  readonly path: string;
};

export async function makeTestDirectory(): Promise<TestDirectory> {
  const path = await mkdtemp(join(tmpdir(), "c360-read-"));
  let files = 0;
  return {
    path,
    async write(content, name = `file-${files++}.csv`) {
      await writeFile(join(path, name), content);
      return join(path, name);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** What the tests ask of each row where they say nothing else. */
export const usualColumns: readonly JudgedColumn[] = [
  "line",
  "line_no",
  "invoice",
  "product",
  "description",
  "quantity",
  "ordered_at",
  "unit_price",
  "customer_key",
  "guest",
  "country",
];

const csvField = (value: string | null) =>
  value !== null && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : (value ?? "");

/** Both passes over a file: the rows that COPY would get, in `text` as CSV, and the rejected rows. */
export async function judgeFile(
  path: string,
  options: InspectOptions & {
    columns?: readonly JudgedColumn[];
    customerIdOf?: (name: string) => string;
  } = {},
) {
  const evidence = await inspectFile(path, options);
  const rejects: Reject[] = [];
  const chunks: Buffer[] = [];
  const rows = judgeRows(evidence, {
    columns: usualColumns,
    ...options,
    onReject: (reject) => void rejects.push(reject),
  });
  let step = await rows.next();
  for (; !step.done; step = await rows.next()) chunks.push(step.value);
  const output = readCopyRows(Buffer.concat(chunks), options.columns ?? usualColumns, evidence.encoding);
  const text = output.map((row) => `${row.map(csvField).join(",")}\n`).join("");
  return { evidence, rejects, output, text, judgement: step.value };
}
