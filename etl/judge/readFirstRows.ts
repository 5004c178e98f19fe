// How a file would be read: what is found out about it, its first rows as they would be loaded, and the first that would be refused.
import { createRowScanner } from "../read/createRowScanner.ts";
import { decodeText } from "../read/decodeText.ts";
import { type FileEvidence, inspectFile, type ReadingOptions } from "../read/inspectFile.ts";
import { unquoteField } from "../read/unquoteField.ts";
import type { JudgedColumn } from "./judgedColumns.ts";
import { judgeRows } from "./judgeRows.ts";
import type { Reject } from "./rejectCodes.ts";

export type FirstRows = Readonly<{
  evidence: FileEvidence;
  columns: readonly JudgedColumn[];
  rows: readonly (readonly string[])[];
  rejects: readonly Reject[];
  accepted: number;
  rejected: number;
}>;

const shown = 5;

export async function readFirstRows(path: string, reading: ReadingOptions): Promise<FirstRows> {
  const evidence = await inspectFile(path, reading);
  const columns: JudgedColumn[] = [
    "line",
    "invoice",
    "ordered_at",
    ...(evidence.namesCustomers ? (["customer_name"] as const) : (["customer_key"] as const)),
    "country",
    "product",
    "description",
    ...(evidence.fields.category === undefined ? [] : (["category"] as const)),
    "quantity",
    evidence.hasLineTotal ? "amount" : "unit_price",
  ];
  const rejects: Reject[] = [];
  const judged = judgeRows(evidence, {
    columns,
    customerIdOf: (name) => (name === "" ? "" : "named"),
    onReject: (reject) => {
      if (rejects.length < shown) rejects.push(reject);
    },
  });
  let rows: string[][] | undefined;
  let step = await judged.next();
  for (; !step.done; step = await judged.next()) rows ??= parseRows(step.value, columns, evidence);
  const { accepted, rejected } = step.value;
  return { evidence, columns, rows: rows ?? [], rejects, accepted, rejected };
}

function parseRows(chunk: Buffer, columns: readonly JudgedColumn[], { encoding }: FileEvidence): string[][] {
  const rows: string[][] = [];
  const scanner = createRowScanner({
    onHeader: () => columns.length,
    onRow(row) {
      if (rows.length >= shown) return;
      rows.push(
        columns.map((_, k) => {
          const from = (row.bounds[k] as number) + 1;
          const to = row.bounds[k + 1] as number;
          const value = Buffer.alloc(to - from);
          return decodeText(value.subarray(0, unquoteField(row.bytes, from, to, value, 0)), encoding);
        }),
      );
    },
  });
  scanner.feed(Buffer.from(`${columns.join(",")}\n`));
  scanner.feed(chunk);
  return rows;
}
