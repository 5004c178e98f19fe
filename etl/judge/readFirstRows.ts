// How a file would be read: what is found out about it, its first rows as they would be loaded, and the first that would be refused.
import { type FileEvidence, inspectFile, type ReadingOptions } from "../read/inspectFile.ts";
import type { JudgedColumn } from "./judgedColumns.ts";
import { judgeRows } from "./judgeRows.ts";
import { readCopyRows } from "./readCopyRows.ts";
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
  // what COPY's input begins with, and the first rows
  const first: Buffer[] = [];
  let step = await judged.next();
  for (; !step.done; step = await judged.next()) if (first.length < 2) first.push(step.value);
  const { accepted, rejected } = step.value;
  const rows = readCopyRows(Buffer.concat(first), columns, evidence.encoding, shown);
  return { evidence, columns, rows: rows.map((row) => row.map((value) => value ?? "")), rejects, accepted, rejected };
}
