// The columns that a judged file can be asked for, whatever its layout: where each comes from, and as what COPY gets it.
import { type RowField, rowFields } from "../layouts/layout.ts";

/** What COPY's binary format calls for, by column; one of text is NULL where it is empty and may be. */
export const copyTypes = Object.freeze({
  /** The customer, or the invoice of a guest. */
  customer_key: "text",
  /** Whether the row names no customer. */
  guest: "boolean",
  ordered_at: "timestamp",
  invoice: "text",
  country: "text",
  /** The row's position among the file's accepted rows with the same invoice, customer and country. */
  line_no: "int4",
  product: "text",
  quantity: "int4",
  /** Where the layout has a line total, that by the quantity, to at most ten places. */
  unit_price: "numeric",
  /** Quantity by unit price, or the line total; exact. */
  amount: "numeric",
  kind: "text",
  line_type: "text",
  /** The description, category and customer name: without edges. */
  description: "text",
  category: "text",
  customer_name: "text",
  /** The physical line, or the sheet's row, on which the row starts. */
  line: "int8",
  reject_load: "int4",
  reject_file: "text",
  reject_line: "int8",
} as const satisfies Record<string, "text" | "boolean" | "timestamp" | "int4" | "int8" | "numeric">);

export type JudgedColumn = keyof typeof copyTypes;
export type CopyType = (typeof copyTypes)[JudgedColumn];

/** Columns whose text is one field of the layout. */
const fieldOfColumn = Object.freeze({
  invoice: "invoice",
  country: "country",
  product: "product",
  description: "description",
  category: "category",
  customer_name: "customerName",
  reject_load: "rejectLoad",
  reject_file: "rejectFile",
  reject_line: "rejectLine",
} as const satisfies Partial<Record<JudgedColumn, RowField>>);

/** Where a field is kept while a row is judged. */
export const slotOf = (field: RowField) => rowFields.indexOf(field);

/** Where the text of a column is kept; -1 where it is no single field's. */
export function slotOfColumn(column: JudgedColumn): number {
  const field = (fieldOfColumn as Partial<Record<JudgedColumn, RowField>>)[column];
  return field === undefined ? -1 : slotOf(field);
}
