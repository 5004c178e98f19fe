// Finds rows and fields in a delimited file, byte by byte, in PostgreSQL's CSV grammar (a quote anywhere toggles quoting).
// Both passes use it, so they agree on what a row is; it holds one row at a time, never the file.

import { byteKinds, passPlain } from "./passPlain.ts";

/** The longest row that is believed, in bytes without its line end. */
export const longestRow = 1024 * 1024;
/** How much of a longer line is kept. */
const keptOfLongLine = 64 * 1024;
/** More columns than this are counted but not located. */
export const columnLimit = 16_384;

export type RowFault = "FIELD_COUNT" | "UNBALANCED_QUOTE" | "ROW_TOO_LONG";

/** One row, valid only until the callback that got it returns. */
export type ScannedRow = {
  bytes: Buffer;
  /** The physical line on which the row starts; the file's first line is 1. */
  line: number;
  start: number;
  /** Where the row ends, without its line end. */
  end: number;
  /** The length of the line; more than `end - start` where it was too long to be kept. */
  length: number;
  fields: number;
  /** Field k lies between `bounds[k] + 1` and `bounds[k + 1]`. */
  bounds: Int32Array;
  /** Whether there is a quote anywhere in the row. */
  quoted: boolean;
  /** Whether a carriage return stands outside quotes without a line feed after it. */
  loneReturn: boolean;
  fault: RowFault | null;
};

export type RowScanner = {
  /** Takes the next bytes; they may be reused after the call. */
  readonly feed: (chunk: Buffer) => void;
  readonly end: () => void;
};

const lineFeed = 10;
const carriageReturn = 13;
const quote = 34;

/**
 * Calls `onHeader` with the first row that is not blank and `onRow` with every later one; `onHeader` answers how many
 * fields a row must have.
 *
 * A line break inside quotes is believed only where the row then has the right number of fields and every field that
 * holds a line break is quoted whole. Otherwise the quote is a stray one (`7" PLATE`) that would swallow good rows up to
 * the next stray one: its line is refused, and scanning goes on with the line after it.
 */
export function createRowScanner(options: {
  readonly delimiter?: number;
  /** The longest row that is believed. */
  readonly rowLimit?: number;
  /** Whether a line break inside quotes begins a line; false for the rows of a sheet, which count as one each. */
  readonly countsBreaks?: boolean;
  readonly onHeader: (row: ScannedRow) => number;
  readonly onRow: (row: ScannedRow) => void;
}): RowScanner {
  const { onHeader, onRow, rowLimit = longestRow, countsBreaks = true } = options;
  const kept = Math.min(keptOfLongLine, rowLimit);
  const kinds = byteKinds(options.delimiter ?? 44);

  let window = Buffer.allocUnsafe(512 * 1024);
  let filled = 0;
  const bounds = new Int32Array(columnLimit + 2);
  bounds[0] = -1;
  const row: ScannedRow = {
    bytes: window,
    line: 1,
    start: 0,
    end: 0,
    length: 0,
    fields: 0,
    bounds,
    quoted: false,
    loneReturn: false,
    fault: null,
  };
  let columns = 0; // 0 until the header is known

  // the row that is being scanned
  let line = 1;
  let start = 0;
  let at = 0;
  const counts = new Int32Array(2); // its delimiters and its carriage returns outside quotes
  let inQuotes = false;
  let quoted = false;
  let lineBreaks = 0;
  let firstBreak = -1;

  // a line that is too long to be kept
  let head: Buffer | undefined;
  let skipped = 0;
  let lastSkipped = 0;

  function startRow(from: number): number {
    start = from;
    bounds[0] = from - 1;
    counts[0] = 0;
    counts[1] = 0;
    inQuotes = false;
    quoted = false;
    lineBreaks = 0;
    return from;
  }

  function emit(bytes: Buffer, from: number, to: number, length: number, fields: number, fault: RowFault | null): void {
    row.bytes = bytes;
    row.line = line;
    row.start = from;
    row.end = to;
    row.length = length;
    row.fields = fields;
    row.quoted = quoted;
    row.loneReturn = (counts[1] as number) > 0;
    row.fault = fault;
    if (columns === 0) columns = onHeader(row);
    else onRow(row);
  }

  /** Refuses the physical line that ends at `stop` and resumes behind it. */
  function refuseLine(stop: number): number {
    const end = stop > start && window[stop - 1] === carriageReturn ? stop - 1 : stop;
    const tooLong = stop - start > rowLimit;
    emit(window, start, tooLong ? start + kept : end, end - start, 0, tooLong ? "ROW_TOO_LONG" : "UNBALANCED_QUOTE");
    line++;
    return startRow(Math.min(stop + 1, filled));
  }

  /** Whether each field that holds a line break starts and ends with a quote (spaces aside). */
  function isQuotedWhole(fields: number): boolean {
    for (let field = 0; field < fields; field++) {
      let from = (bounds[field] as number) + 1;
      let to = bounds[field + 1] as number;
      const lineEnd = window.indexOf(lineFeed, from);
      if (lineEnd < 0 || lineEnd >= to) continue;
      while (window[from] === 32) from++;
      while (window[to - 1] === 32) to--;
      if (window[from] !== quote || window[to - 1] !== quote) return false;
    }
    return true;
  }

  function isBlank(from: number, to: number): boolean {
    for (let i = from; i < to; i++) {
      const byte = window[i];
      if (byte !== 32 && byte !== 9 && byte !== carriageReturn) return false;
    }
    return true;
  }

  /** Ends the row at `stop`, its line feed or the end of the data; answers where the next one starts. */
  function endRow(stop: number): number {
    if (stop - start > rowLimit) return refuseLine(lineBreaks > 0 ? firstBreak : stop);
    const delimiters = counts[0] as number;
    let end = stop;
    // where the last field starts; of fields beyond the limit nobody knows
    const last = delimiters > columnLimit ? start : (bounds[delimiters] as number) + 1;
    if (end > last && window[end - 1] === carriageReturn) {
      end--;
      counts[1] = (counts[1] as number) - 1;
    }
    const fields = delimiters + 1;
    bounds[fields] = end;
    const miscounted = columns !== 0 && fields !== columns;
    if (lineBreaks > 0 && (miscounted || fields > columnLimit || !isQuotedWhole(fields))) return refuseLine(firstBreak);
    if (fields > 1 || quoted || !isBlank(start, end)) {
      emit(window, start, end, end - start, fields, miscounted ? "FIELD_COUNT" : null);
    }
    line += countsBreaks ? 1 + lineBreaks : 1;
    return startRow(Math.min(stop + 1, filled));
  }

  /** Goes on behind the closing quote, or to the end of the window where it is not there yet. */
  function closeQuote(from: number): number {
    const bytes = window;
    const stop = filled;
    let i = from;
    inQuotes = true;
    quoted = true;
    while (i < stop) {
      const byte = bytes[i++];
      if (byte === quote) {
        inQuotes = false;
        return i;
      }
      if (byte === lineFeed && lineBreaks++ === 0) firstBreak = i - 1;
    }
    return i;
  }

  function scanWindow(): void {
    let i = inQuotes ? closeQuote(at) : at;
    while (i < filled) {
      i = passPlain(window, i, filled, kinds, bounds, counts);
      if (i === filled) break;
      i = window[i] === quote ? closeQuote(i + 1) : endRow(i);
    }
    at = i;
  }

  /** Scans what is in the window and gives up on a row that has grown beyond the limit. */
  function scan(): void {
    scanWindow();
    while (filled - start > rowLimit) {
      if (lineBreaks === 0) {
        head = Buffer.from(window.subarray(start, start + kept));
        skipped = filled - start;
        lastSkipped = window[filled - 1] as number;
        filled = 0;
        at = startRow(0);
        return;
      }
      at = refuseLine(firstBreak);
      scanWindow();
    }
  }

  function endLongLine(bytes: Buffer): void {
    const length = lastSkipped === carriageReturn ? skipped - 1 : skipped;
    emit(bytes, 0, bytes.length, length, 0, "ROW_TOO_LONG");
    line++;
    head = undefined;
  }

  /** Moves the row that is being scanned to the start of the window and puts the chunk behind it. */
  function append(chunk: Buffer): void {
    const shift = start;
    if (shift > 0) {
      window.copyWithin(0, shift, filled);
      for (let field = 0; field <= Math.min(counts[0] as number, columnLimit + 1); field++) {
        bounds[field] = (bounds[field] as number) - shift;
      }
      filled -= shift;
      at -= shift;
      firstBreak -= shift;
      start = 0;
    }
    if (filled + chunk.length > window.length) {
      const wider = Buffer.allocUnsafe(Math.max(window.length * 2, filled + chunk.length));
      window.copy(wider, 0, 0, filled);
      window = wider;
    }
    chunk.copy(window, filled);
    filled += chunk.length;
  }

  return {
    feed(chunk) {
      if (chunk.length === 0) return;
      if (head === undefined) {
        append(chunk);
        scan();
        return;
      }
      const stop = chunk.indexOf(lineFeed);
      const taken = stop < 0 ? chunk.length : stop;
      if (taken > 0) lastSkipped = chunk[taken - 1] as number;
      skipped += taken;
      if (stop < 0) return;
      endLongLine(head);
      append(chunk.subarray(stop + 1));
      scan();
    },
    end() {
      if (head !== undefined) endLongLine(head);
      while (start < filled) {
        at = inQuotes ? refuseLine(lineBreaks > 0 ? firstBreak : filled) : endRow(filled);
        scan();
      }
    },
  };
}
