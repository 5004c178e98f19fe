// The columns that a judged file can be asked for, whatever its layout, and where each comes from.
import { type RowField, rowFields } from "../layouts/layout.ts";

/** Columns that hold one field of the layout. */
const fieldOfColumn = Object.freeze({
  ordered_at: "orderedAt",
  invoice: "invoice",
  country: "country",
  product: "product",
  /** The description, category and customer name: without edges; empty is NULL. */
  description: "description",
  category: "category",
  customer_name: "customerName",
  quantity: "quantity",
  /** Empty where the layout has a line total, which is `amount`. */
  unit_price: "unitPrice",
  amount: "lineTotal",
  reject_load: "rejectLoad",
  reject_file: "rejectFile",
  reject_line: "rejectLine",
} as const satisfies Record<string, RowField>);

export type JudgedColumn =
  | keyof typeof fieldOfColumn
  /** The customer, or the invoice of a guest. */
  | "customer_key"
  /** `t` where the row names no customer. */
  | "guest"
  /** The row's position in its run of accepted rows with the same invoice, customer and country. */
  | "line_no"
  /** The physical line, or the sheet's row, on which the row starts. */
  | "line";

/** Where a field is kept while a row is judged. */
export const slotOf = (field: RowField) => rowFields.indexOf(field);

// what is written of a column that no field holds
export const keyOutput = -1;
export const guestOutput = -2;
export const lineOutput = -3;
const positionOutput = -4;

/** The slot that a column is written from, or one of the numbers above. */
export function outputOf(column: JudgedColumn): number {
  switch (column) {
    case "customer_key":
      return keyOutput;
    case "guest":
      return guestOutput;
    case "line":
      return lineOutput;
    case "line_no":
      return positionOutput;
    default:
      return slotOf(fieldOfColumn[column]);
  }
}
