// Rejected rows in the form in which they can be mended and loaded back: the file's own header and rows as they stand in it, behind five
// columns that say where each row comes from. Nothing is escaped against formulas: the rows must come back as they were.
import { correctionColumns, isCorrection } from "../etl/layouts/correctionColumns.ts";
import type { RecordedFile, RejectRecord } from "../src/query/decodeRecords.ts";

/** As the record of a load names them. */
const delimiters: Readonly<Record<string, string>> = Object.freeze({
  comma: ",",
  semicolon: ";",
  tab: "\t",
  pipe: "|",
});

export type RejectsCsv = Readonly<{ head: string; row: (reject: RejectRecord) => string }>;

/** Null where the record does not say how the file was laid out. */
export function rejectsCsv(loadRunId: number, { header, readAs }: RecordedFile): RejectsCsv | null {
  if (header === undefined) return null;
  // a workbook's rows are kept as CSV
  const { delimiter: named = "comma" } = readAs ?? {};
  const delimiter = delimiters[named] ?? named;
  const join = (values: readonly string[]) => values.map((value) => quoted(value, delimiter)).join(delimiter);
  // what was rejected once more says already which row it was
  if (isCorrection(header)) return { head: `${join(header)}\n`, row: ({ raw }) => `${raw ?? ""}\n` };
  return {
    head: `${join([...correctionColumns, ...header])}\n`,
    row: ({ file, line, column, code, raw }) =>
      `${join([String(loadRunId), file, String(line), column ?? "", code])}${delimiter}${raw ?? ""}\n`,
  };
}

function quoted(value: string, delimiter: string): string {
  const isPlain = !value.includes(delimiter) && !/["\r\n]|^\s|\s$/.test(value);
  return isPlain ? value : `"${value.replaceAll('"', '""')}"`;
}
