// An exported row as text: a row of CSV, or an object of JSON Lines. Exact decimals stay as the graph prints them.
import type { Value } from "../src/query/answer.ts";
import type { Column } from "./exportedLists.ts";
import { formatCsvRow, formatCsvText, formatCsvValue } from "./formatCsvRow.ts";

type Row = readonly Value[];

export type ExportFormat = Readonly<{
  /** What stands before the first row. */
  head: string;
  row(values: Row): string;
}>;

export function csvFormat(columns: readonly Column[], { bom }: { bom: boolean }): ExportFormat {
  const fields = (values: Row) => columns.map((column, at) => csvField(column, values[at] ?? null));
  return {
    head: `${bom ? "\uFEFF" : ""}${formatCsvRow(columns.map(({ name }) => name))}`,
    row: (values) => formatCsvRow(fields(values)),
  };
}

function csvField({ form }: Column, value: Value): string {
  if (typeof value === "object" && value !== null) return formatCsvText(value.map(listed).join(";"));
  return form === "text" && typeof value === "string" ? formatCsvText(value) : formatCsvValue(value);
}

/** A semicolon that is a text's own is told from one that separates. */
const listed = (text: string) => text.replaceAll(/[\\;]/g, "\\$&");

export function jsonlFormat(columns: readonly Column[]): ExportFormat {
  return {
    head: "",
    row: (values) => `${JSON.stringify(Object.fromEntries(columns.map(({ name }, at) => [name, values[at]])))}\n`,
  };
}
