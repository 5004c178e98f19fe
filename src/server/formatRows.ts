// Rows as text, for whoever reads no graph: CSV, or an object a line (JSON Lines). Exact decimals stay as the graph prints them.
import type { Value } from "../query/answer.ts";
import { formatCsvRow, formatCsvText } from "./formatCsvRow.ts";

/** `text` comes from outside, as names do, and so does each of `texts`; values of any other form are ours. */
type Column = Readonly<{ name: string; form: string }>;

type Row = readonly Value[];

export type RowFormat = Readonly<{
  /** What stands before the first row. */
  head: string;
  row(values: Row): string;
}>;

export function csvFormat(columns: readonly Column[], { bom }: { bom: boolean }): RowFormat {
  const fields = columns.map(({ form }) => (form === "text" || form === "texts" ? textField : ownField));
  return {
    head: `${bom ? "\uFEFF" : ""}${formatCsvRow(columns.map(({ name }) => name))}`,
    row(values) {
      let row = "";
      for (let at = 0; at < fields.length; at += 1)
        row += (at === 0 ? "" : ",") + (fields[at] as typeof textField)(values[at] ?? null);
      // an empty line is no record for most readers
      return row === "" ? '""\r\n' : `${row}\r\n`;
    },
  };
}

function textField(value: Value): string {
  if (typeof value === "object" && value !== null) return formatCsvText(value.map(listed).join(";"));
  return typeof value === "number" ? String(value) : formatCsvText(value);
}

/** Figures, dates and words of ours hold nothing that a field would be quoted or guarded for. */
const ownField = (value: Value): string => (value === null ? "" : String(value));

/** A semicolon that is a text's own is told from one that separates. */
const listed = (text: string) => text.replaceAll(/[\\;]/g, "\\$&");

export function jsonlFormat(columns: readonly Column[]): RowFormat {
  const names = columns.map(({ name }, at) => `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return {
    head: "",
    row: (values) => `${names.map((name, at) => name + JSON.stringify(values[at] ?? null)).join("")}}\n`,
  };
}

/** Rows that come as a list for each column. */
export function formatColumns({ row }: RowFormat, values: readonly (readonly Value[])[], count: number): string {
  const current: Value[] = Array(values.length).fill(null);
  let text = "";
  for (let at = 0; at < count; at += 1) {
    for (let nth = 0; nth < values.length; nth += 1) current[nth] = values[nth]?.[at] ?? null;
    text += row(current);
  }
  return text;
}
