// Writes the rows of a sheet as CSV: a line for each row of the sheet, texts in quotes, everything else without, so that a text that
// looks like a number, a date or an error is none.
import { longestRow } from "./createRowScanner.ts";

export type SheetWriter = Readonly<{
  /** Begins the row of this number, from 1; rows that were left out become blank lines. */
  startRow: (row: number) => void;
  /** Columns are counted from 0, and come in order. */
  writeText: (column: number, bytes: Buffer, from: number, to: number) => void;
  writePlain: (column: number, bytes: Buffer, from: number, to: number) => void;
  endRow: () => void;
  /** Takes what has been written; valid until the next row is begun. */
  take: () => Buffer;
  filled: () => number;
}>;

const comma = 44;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const quote = 34;

export function createSheetWriter(): SheetWriter {
  let output = Buffer.allocUnsafe(512 * 1024);
  let filled = 0;
  let lines = 0;
  let rowStart = 0;
  let column = 0;
  let cells = 0; // columns up to the last that holds something
  let width = 0; // of the header
  let breaks = false;

  function reserve(bytes: number): void {
    if (filled + bytes <= output.length) return;
    const wider = Buffer.allocUnsafe(Math.max(output.length * 2, filled + bytes));
    output.copy(wider, 0, 0, filled);
    output = wider;
  }

  /** Goes to a column; false where the row is too long already. */
  function goTo(target: number, bytes: number): boolean {
    if (filled - rowStart > longestRow) return false;
    reserve(target - column + bytes + 2);
    while (column < target) {
      output[filled++] = comma;
      column++;
    }
    cells = target + 1;
    return true;
  }

  function copy(bytes: Buffer, from: number, to: number): void {
    if (to - from > 64) {
      bytes.copy(output, filled, from, to);
      filled += to - from;
    } else for (let i = from; i < to; i++) output[filled++] = bytes[i] as number;
  }

  /** A row that is refused as a whole must stay one line. */
  function flatten(): void {
    for (let i = rowStart; i < filled; i++) {
      if (output[i] === lineFeed || output[i] === carriageReturn) output[i] = space;
    }
  }

  return {
    startRow(row) {
      const missing = row - 1 - lines;
      reserve(missing);
      output.fill(lineFeed, filled, filled + missing);
      filled += missing;
      lines = row - 1;
      rowStart = filled;
      column = 0;
      cells = 0;
      breaks = false;
    },
    writeText(target, bytes, from, to) {
      if (from === to || !goTo(target, to - from)) return;
      output[filled++] = quote;
      copy(bytes, from, to);
      output[filled++] = quote;
      for (let i = from; i < to && !breaks; i++) breaks = bytes[i] === lineFeed;
    },
    writePlain(target, bytes, from, to) {
      if (from !== to && goTo(target, to - from)) copy(bytes, from, to);
    },
    endRow() {
      if (cells > 0) {
        if (width === 0) width = cells;
        reserve(width + 1);
        for (; column < width - 1; column++) output[filled++] = comma;
        if (breaks && (cells > width || filled - rowStart > longestRow)) flatten();
      }
      reserve(1);
      output[filled++] = lineFeed;
      lines++;
    },
    take() {
      const written = output.subarray(0, filled);
      filled = 0;
      rowStart = 0;
      return written;
    },
    filled: () => filled,
  };
}
