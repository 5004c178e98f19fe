// Why a row cannot be loaded: one closed list of stable codes, kept with every rejected row.

export const rejectCodes = [
  /** Another number of fields than the header. */
  "FIELD_COUNT",
  "NO_INVOICE",
  "NO_PRODUCT",
  /** Not a whole number that fits an int4. */
  "BAD_QUANTITY",
  /** Not a decimal with at most 15 digits before and 10 after the point. */
  "BAD_PRICE",
  /** A line total that is not 0, of a row whose quantity is: no unit price would give it. */
  "TOTAL_WITHOUT_QUANTITY",
  /** Not a real day of the years 1900 to 2199 in the file's date order. */
  "BAD_DATE",
  /** A cell of a sheet that shows an error such as #N/A. */
  "ERROR_CELL",
  /** A corrected row that no longer says which rejected one it was. */
  "BAD_ORIGIN",
  /** A quote that is never closed, or that swallows the lines after it. */
  "UNBALANCED_QUOTE",
  /** A line longer than 1 MiB. */
  "ROW_TOO_LONG",
  /** An invoice, product, customer, category or country longer than 255 bytes: no index could hold it. */
  "FIELD_TOO_LONG",
  /** A NUL, a byte that is undefined in the file's encoding, or a carriage return without its line feed. */
  "BAD_BYTES",
] as const;

export type RejectCode = (typeof rejectCodes)[number];

/** A row that cannot be loaded: where it starts, which of the file's columns is to blame, and its text. */
export type Reject = {
  readonly line: number;
  /** The column's name as the file's header writes it; null where the row as a whole is to blame. */
  readonly column: string | null;
  readonly code: RejectCode;
  readonly raw: string;
};
