// A row of a CSV file (RFC 4180, CRLF) that a person may open in a spreadsheet: texts come from outside, and none may come to life
// there as a formula. What is done to a text can be undone; docs/exports.md says how.

/** What an unquoted field could not hold, or what another reader might split at or trim. */
const needsQuotes = /[",;\t\r\n]|^\s|\s$/;

/**
 * Where a text would become a formula: at its beginning, and wherever a spreadsheet that splits at other characters than we do would
 * see a cell begin; blanks and quotes before it change nothing: a cell that begins with `""` shows what follows them. Apostrophes that are already there count, so that the one which is put before
 * them can be told and taken away.
 */
const formula = /^(?='*[\t\r\n])|(?<![^;\t\r\n])(?='*[" \u00A0\u3000\v\f]*[=+\-@＝＋－＠])/g;
const guardedFormula = /^'(?='*[\t\r\n])|(?<![^;\t\r\n])'(?='*[" \u00A0\u3000\v\f]*[=+\-@＝＋－＠])/g;

/** Printable ASCII that begins with a letter or a digit, ends without a blank and separates nothing: most texts, told at a glance. */
const harmless = /^\w(?:[ !#-+\--:<-~]*[!#-+\--:<-~])?$/;

/** A field of a text, such as a name, guarded against formulas. Null is an empty field, the empty text is `""`. */
export function formatCsvText(text: string | null): string {
  if (text !== null && harmless.test(text)) return text;
  return formatCsvValue(text === null ? null : text.replaceAll(formula, "'"));
}

/** The text that was guarded. */
export function readGuardedText(guarded: string): string {
  return guarded.replaceAll(guardedFormula, "");
}

/** A field of a figure, a date or a word of ours, as it is: `-12.5` stays a number. */
export function formatCsvValue(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return text === "" || needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The fields are formatted ones. */
export function formatCsvRow(fields: readonly string[]): string {
  return `${fields.join(",")}\r\n`;
}
