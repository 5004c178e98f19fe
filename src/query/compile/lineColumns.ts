// What can be read of a line, column by column: where each value is found, and in which form a whole column of it travels as one text.
import type { LineColumn } from "../answer.ts";

/**
 * `text`: anything, null as well, as a JSON list. `word`: never null and without a comma (numbers, dates, keys), as a list with commas, which
 * costs half of that. `whole`: the same, a whole number to be.
 */
type ColumnForm = "text" | "word" | "whole";

export type StoredColumn = Readonly<{
  /** Of a line under the alias `f`, with what is joined to it. */
  sql: string;
  form: ColumnForm;
  /** What must be joined to the page. */
  joins?: "product" | "segment";
}>;

/** Columns that are read as they are; an id is made of others. */
export const storedColumns = Object.freeze({
  invoice: { sql: "f.invoice", form: "text" },
  orderedAt: { sql: "replace(f.ordered_at::text, ' ', 'T')", form: "word" },
  orderDate: { sql: "f.ordered_at::date::text", form: "word" },
  product: { sql: "f.product", form: "text" },
  description: { sql: "f.description", form: "text", joins: "product" },
  category: { sql: "f.category", form: "text", joins: "product" },
  kind: { sql: "f.kind", form: "word" },
  lineType: { sql: "f.line_type", form: "word" },
  quantity: { sql: "f.quantity::text", form: "whole" },
  unitPrice: { sql: "trim_scale(f.unit_price)::text", form: "word" },
  amount: { sql: "trim_scale(f.amount)::text", form: "word" },
  customerId: { sql: "CASE WHEN NOT f.guest THEN f.customer_key END", form: "text" },
  country: { sql: "f.country", form: "text" },
  segmentKey: { sql: "CASE WHEN f.guest THEN 'GUEST' ELSE f.segment END", form: "word", joins: "segment" },
  lineNo: { sql: "f.line_no::text", form: "whole" },
} as const satisfies Readonly<Record<Exclude<LineColumn, "id"> | "lineNo", StoredColumn>>);
export type StoredColumnName = keyof typeof storedColumns;

export const allLineColumns: readonly LineColumn[] = Object.freeze([
  "id",
  ...(Object.keys(storedColumns) as StoredColumnName[]).filter((name) => name !== "lineNo"),
]);

/** What the id of a line is made of. */
export const idColumns = ["invoice", "customerId", "country", "lineNo"] as const;

/** What must be read for some columns, each once. */
export function storedColumnsFor(columns: readonly LineColumn[]): StoredColumnName[] {
  return [...new Set(columns.flatMap((name) => (name === "id" ? idColumns : [name])))];
}

/** A column as one value of a row of aggregates. */
export function columnText({ sql, form }: StoredColumn): string {
  return form === "text" ? `json_agg(${sql})` : `string_agg(${sql}, ',')`;
}
