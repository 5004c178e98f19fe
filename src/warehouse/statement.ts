// What is sent to PostgreSQL for a reader, and what comes back.

/** A statement with its parameters, as text or lists of text. */
export type Statement = Readonly<{
  text: string;
  values: readonly (string | number | boolean | null | readonly string[])[];
  /** Whether one plan is good whatever the values, and the text is asked again and again: it reads few rows, by a key. */
  keepsPlan?: boolean;
  /** Whether it is prepared all the same: PostgreSQL sees from the first few times whether one plan will do. */
  isPrepared?: boolean;
}>;

/** Every value as the text that PostgreSQL prints, except integers up to 32 bits, floats, booleans and text arrays. */
export type StoredRow = Readonly<Record<string, unknown>>;
