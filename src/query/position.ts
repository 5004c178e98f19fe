// Where a page stops: the values of the order's keys at a row, as PostgreSQL prints them.

export type Position = readonly (string | null)[];

/** PostgreSQL's types of keys. */
export type KeyType = "text" | "boolean" | "integer" | "bigint" | "numeric" | "date" | "timestamp";

const shapes: Readonly<Record<KeyType, RegExp>> = Object.freeze({
  text: /^/,
  boolean: /^(true|false)$/,
  integer: /^-?\d{1,10}$/,
  bigint: /^-?\d{1,18}$/,
  numeric: /^-?\d{1,1000}(\.\d{1,1000})?$/,
  date: /^\d{4,}-\d{2}-\d{2}$/,
  timestamp: /^\d{4,}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/,
});

/** Whether a text is a value of the type as it is printed. PostgreSQL would take more, such as the word `now`. */
export function isKey(type: KeyType, text: string): boolean {
  return shapes[type].test(text);
}
