// What a layout is: plain data that says which columns a file has, what they mean, what holds for every row, and how its
// invoices and product codes are marked.
import type { LineType } from "../../src/model/lineKinds.ts";
import type { AskedEncoding, DateOrder } from "./fileForms.ts";

/** What a column of a source file can mean. */
export const layoutFields = [
  "invoice",
  "orderedAt",
  "customer",
  "customerName",
  "country",
  "product",
  "description",
  "category",
  "quantity",
  "unitPrice",
  "lineTotal",
] as const;
export type LayoutField = (typeof layoutFields)[number];

/** Which rejected row a corrected one was: columns of a file that is loaded back, whatever its layout. */
export const originFields = ["rejectLoad", "rejectFile", "rejectLine"] as const;

/** Everything that is looked for in a row. */
export const rowFields = [...layoutFields, ...originFields] as const;
export type RowField = (typeof rowFields)[number];

export type LayoutMarks = Readonly<{
  /** Beginnings of an invoice that make its lines adjustments or returns; none where the layout has no such mark. */
  adjustmentPrefixes: readonly string[];
  returnPrefixes: readonly string[];
  /** Product codes that are no goods. */
  lineTypes: readonly Readonly<{ type: LineType; codes?: readonly string[]; prefix?: string }>[];
}>;

export type Layout = Readonly<{
  /** Of a layout that is built in, its name; of a mapping file, what the file calls it. */
  name: string;
  /** The columns as the layout itself writes them, all of which must be there; two fields may share one. */
  columns: Readonly<Partial<Record<LayoutField, string>>>;
  /** Columns that are known, may be missing, and are not loaded. */
  ignored: readonly string[];
  /** What holds for every row, for fields that have no column. */
  constants: Readonly<Partial<Record<LayoutField, string>>>;
  /** Whether a customer's id such as `17850.0`, as data frames write it, loses its `.0`. */
  wholeCustomerIds: boolean;
  marks: LayoutMarks;
  /** How files of this layout are written, where their evidence need not be asked. */
  reading?: Readonly<{
    dateOrder?: DateOrder;
    encoding?: AskedEncoding;
    /** The character itself. */
    delimiter?: string;
    decimalComma?: boolean;
    sheet?: string;
  }>;
}>;

export const noMarks: LayoutMarks = Object.freeze({ adjustmentPrefixes: [], returnPrefixes: [], lineTypes: [] });
