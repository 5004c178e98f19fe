// Rows and fields of a delimited text by searching strings, slowly and plainly: what the byte scanner is held against.

/** The longest row that is believed, and how much of a longer line is kept. */
const longestRow = 1024 * 1024;
const keptOfLongLine = 64 * 1024;

/** A row of a text in which every letter stands for a byte. */
export type SlowRow = Readonly<{
  line: number;
  raw: string;
  /** Of the whole line, where `raw` is only its beginning. */
  length: number;
  /** Each with its quotes; none where the row has a fault that leaves none. */
  fields: readonly string[];
  hasLoneReturn: boolean;
  fault: "FIELD_COUNT" | "UNBALANCED_QUOTE" | "ROW_TOO_LONG" | null;
}>;

/** All rows that are not blank, the header first. */
export function scanSlowly(text: string, delimiter: string): SlowRow[] {
  const rows: SlowRow[] = [];
  let columns = 0;
  let line = 1;
  for (let from = 0; from < text.length; ) {
    const stop = endOfRow(text, from);
    const row = stop === null ? null : wholeRow(text.slice(from, stop), line, delimiter, columns);
    if (row === null) {
      const lineFeed = text.indexOf("\n", from);
      const lineText = text.slice(from, lineFeed < 0 ? text.length : lineFeed);
      rows.push(refusedLine(lineText, line));
      from += lineText.length + 1;
      line += 1;
    } else {
      const found = text.slice(from, stop ?? undefined);
      if (row !== "blank") rows.push(row);
      from += found.length + 1;
      line += found.split("\n").length;
    }
    if (columns === 0) columns = rows[0]?.fields.length ?? 0;
  }
  return rows;
}

/** The first line feed outside quotes, or the end of the text; null where a quote is never closed. */
function endOfRow(text: string, from: number): number | null {
  for (let at = from; ; ) {
    const lineFeed = text.indexOf("\n", at);
    const opening = text.indexOf('"', at);
    if (opening < 0 || (lineFeed >= 0 && lineFeed < opening)) return lineFeed < 0 ? text.length : lineFeed;
    const closing = text.indexOf('"', opening + 1);
    if (closing < 0) return null;
    at = closing + 1;
  }
}

/** Null where its line breaks, or its length, are not to be believed. */
function wholeRow(found: string, line: number, delimiter: string, columns: number): SlowRow | "blank" | null {
  if (found.length > longestRow) return null;
  // The parts between quotes stand at odd places.
  const isQuoted = (part: number) => part % 2 === 1;
  const parts = found.split('"');
  const fields = [""];
  let returns = 0;
  for (const [at, part] of parts.entries()) {
    if (at > 0) fields[fields.length - 1] += '"';
    if (isQuoted(at)) fields[fields.length - 1] += part;
    else {
      const [first = "", ...others] = part.split(delimiter);
      fields[fields.length - 1] += first;
      fields.push(...others);
      returns += part.split("\r").length - 1;
    }
  }
  const last = fields.at(-1) as string;
  const endsWithReturn = last.endsWith("\r");
  if (endsWithReturn) {
    fields[fields.length - 1] = last.slice(0, -1);
    returns -= 1;
  }
  const isMiscounted = columns > 0 && fields.length !== columns;
  const breaks = fields.filter((field) => field.includes("\n"));
  if (breaks.length > 0 && (isMiscounted || !breaks.every((field) => /^ *"[\s\S]*" *$/.test(field)))) return null;
  const raw = endsWithReturn ? found.slice(0, -1) : found;
  if (fields.length === 1 && parts.length === 1 && /^[ \t\r]*$/.test(raw)) return "blank";
  return {
    line,
    raw,
    length: raw.length,
    fields,
    hasLoneReturn: returns > 0,
    fault: isMiscounted ? "FIELD_COUNT" : null,
  };
}

function refusedLine(lineText: string, line: number): SlowRow {
  const raw = lineText.replace(/\r$/, "");
  const isLong = lineText.length > longestRow;
  return {
    line,
    raw: isLong ? lineText.slice(0, keptOfLongLine) : raw,
    length: raw.length,
    fields: [],
    hasLoneReturn: false,
    fault: isLong ? "ROW_TOO_LONG" : "UNBALANCED_QUOTE",
  };
}
