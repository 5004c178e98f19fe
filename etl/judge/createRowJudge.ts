// Judges one row at a time and writes the acceptable ones as COPY's input; on the ordinary path it makes neither
// strings nor objects.
import { assertNever } from "../../src/kernel/errors.ts";
import type { ScannedRow } from "../read/createRowScanner.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import { dayFirst, monthFirst, newDateParts, readDate, yearFirst } from "../read/readDate.ts";
import { trimmedEnd, trimmedStart } from "../read/trimField.ts";
import { unquoteField } from "../read/unquoteField.ts";
import type { DateOrder } from "./decideDateOrder.ts";
import { hasBadBytes } from "./hasBadBytes.ts";
import { isPrice, quantityEnd } from "./readNumber.ts";
import type { RejectCode } from "./rejectCodes.ts";
import { copyBytes, writeDate, writeNumber, writeQuoted } from "./writeBytes.ts";

/** Longer ids and countries are refused: they stand in index keys, which PostgreSQL limits to some 2,700 bytes. */
const longestId = 255;

const comma = 44;
const lineFeed = 10;
const quote = 34;
const carriageReturn = 13;

export type RowJudge = {
  /** Writes the row and answers true, or keeps the reason in `refusal` and answers false. */
  readonly accept: (row: ScannedRow) => boolean;
  readonly refusal: { code: RejectCode; field: number };
  /** Takes the output that has been written, or undefined where there is none; the caller owns it. */
  readonly take: () => Buffer | undefined;
};

/** `onFull` gets each output buffer that has been filled while rows were accepted. */
export function createRowJudge(
  evidence: FileEvidence,
  dateOrder: DateOrder,
  onFull: (chunk: Buffer) => void,
): RowJudge {
  const { columns, encoding } = evidence;
  const checkBytes = evidence.badBytes > 0;
  const dayIsFirst = dateOrder === "dmy";
  const readable = yearFirst | (dateOrder === "mdy" ? monthFirst : dateOrder === "dmy" ? dayFirst : 0);
  const parts = newDateParts();
  const refusal: RowJudge["refusal"] = { code: "FIELD_COUNT", field: -1 };

  // where each column's output lies: in the row, or in `scratch` where it had to be rewritten
  const starts = new Int32Array(columns.length);
  const ends = new Int32Array(columns.length);
  const rewritten = new Uint8Array(columns.length);
  let scratch = Buffer.allocUnsafe(1024);
  let scratchEnd = 0;

  // the invoice, customer and country of the last accepted row, and its position among rows that share them
  const keyFields = (["invoice", "customer", "country"] as const).map((column) => columns.indexOf(column));
  const key = Buffer.alloc(keyFields.length * (longestId * 2 + 2));
  const keyLengths = new Int32Array(keyFields.length).fill(-1);
  const keyStride = longestId * 2 + 2;
  let position = 0;

  const outputBytes = 128 * 1024;
  let output = Buffer.allocUnsafe(outputBytes);
  let written = 0;

  function refuse(code: RejectCode, field: number): false {
    refusal.code = code;
    refusal.field = field;
    return false;
  }

  /** Finds a field's value: trimmed, and without its quotes; in `scratch` where the row does not hold it as it is. */
  function locate(row: ScannedRow, field: number): void {
    const { bytes } = row;
    let from = (row.bounds[field] as number) + 1;
    let to = row.bounds[field + 1] as number;
    rewritten[field] = 0;
    if (row.quoted && hasByte(bytes, from, to, quote)) {
      if (
        bytes[from] === quote &&
        bytes[to - 1] === quote &&
        to - from > 1 &&
        !hasByte(bytes, from + 1, to - 1, quote)
      ) {
        from++;
        to--;
      } else {
        const end = unquoteField(bytes, from, to, scratch, scratchEnd);
        from = scratchEnd;
        to = scratchEnd = end;
        rewritten[field] = 1;
      }
    }
    const source = rewritten[field] === 1 ? scratch : bytes;
    starts[field] = from = trimmedStart(source, from, to, encoding);
    ends[field] = trimmedEnd(source, from, to, encoding);
  }

  /** Quotes an id that COPY would misread without. */
  function requote(row: ScannedRow, field: number): void {
    const source = rewritten[field] === 1 ? scratch : row.bytes;
    const from = starts[field] as number;
    const to = ends[field] as number;
    let needed = false;
    for (let i = from; i < to && !needed; i++) {
      const byte = source[i];
      needed = byte === comma || byte === quote || byte === lineFeed || byte === carriageReturn;
    }
    if (!needed) return;
    starts[field] = scratchEnd;
    ends[field] = scratchEnd = writeQuoted(source, from, to, scratch, scratchEnd);
    rewritten[field] = 1;
  }

  /** Judges one field and finds what is written for it. */
  function judge(row: ScannedRow, field: number, column: (typeof columns)[number]): boolean {
    if (column === null) return true;
    if (column === "description") {
      rewritten[field] = 0;
      starts[field] = (row.bounds[field] as number) + 1;
      ends[field] = row.bounds[field + 1] as number;
      return true;
    }
    locate(row, field);
    const source = rewritten[field] === 1 ? scratch : row.bytes;
    const from = starts[field] as number;
    const to = ends[field] as number;
    switch (column) {
      case "quantity": {
        const end = quantityEnd(source, from, to);
        if (end < 0) return refuse("BAD_QUANTITY", field);
        ends[field] = end;
        return true;
      }
      case "unitPrice":
        return isPrice(source, from, to) || refuse("BAD_PRICE", field);
      case "orderedAt": {
        const kind = readDate(source, from, to, parts);
        if ((kind & readable) === 0) return refuse("BAD_DATE", field);
        starts[field] = scratchEnd;
        ends[field] = scratchEnd = writeDate(scratch, scratchEnd, parts, dayIsFirst && kind !== yearFirst);
        rewritten[field] = 1;
        return true;
      }
      case "invoice":
        if (from === to) return refuse("NO_INVOICE", field);
        break;
      case "product":
        if (from === to) return refuse("NO_PRODUCT", field);
        break;
      case "customer":
        break;
      case "country":
        if (from === to) {
          starts[field] = scratchEnd;
          ends[field] = scratchEnd += scratch.write("Unknown", scratchEnd, "latin1");
          rewritten[field] = 1;
        }
        break;
      default:
        return assertNever(column);
    }
    if (to - from > longestId) return refuse("FIELD_TOO_LONG", field);
    if (row.quoted) requote(row, field);
    return true;
  }

  /** Counts the row's position in its run of rows with the same invoice, customer and country. */
  function count(bytes: Buffer): void {
    let same = true;
    for (let k = 0; k < keyFields.length; k++) {
      const field = keyFields[k] as number;
      const source = rewritten[field] === 1 ? scratch : bytes;
      const from = starts[field] as number;
      const length = (ends[field] as number) - from;
      const at = k * keyStride;
      let equal = keyLengths[k] === length;
      for (let i = 0; i < length && equal; i++) equal = key[at + i] === source[from + i];
      if (equal) continue;
      same = false;
      keyLengths[k] = length;
      copyBytes(source, from, from + length, key, at);
    }
    position = same ? position + 1 : 1;
  }

  function write(row: ScannedRow): void {
    const needed = row.end - row.start + scratchEnd + 64;
    if (written + needed > output.length) {
      if (written > 0) onFull(output.subarray(0, written));
      output = Buffer.allocUnsafe(Math.max(outputBytes, needed));
      written = 0;
    }
    let at = writeNumber(output, written, row.line);
    output[at++] = comma;
    at = writeNumber(output, at, position);
    for (let field = 0; field < columns.length; field++) {
      if (columns[field] === null) continue;
      output[at++] = comma;
      const source = rewritten[field] === 1 ? scratch : row.bytes;
      at = copyBytes(source, starts[field] as number, ends[field] as number, output, at);
    }
    output[at++] = lineFeed;
    written = at;
  }

  return {
    refusal,
    accept(row) {
      if (row.fault !== null) return refuse(row.fault, -1);
      if (row.loneReturn || (checkBytes && hasBadBytes(row.bytes, row.start, row.end, encoding))) {
        return refuse("BAD_BYTES", -1);
      }
      const most = (row.end - row.start) * 3 + 64; // each field unquoted, then quoted again
      if (row.quoted && scratch.length < most) scratch = Buffer.allocUnsafe(most);
      scratchEnd = 0;
      for (let field = 0; field < columns.length; field++) {
        if (!judge(row, field, columns[field] as (typeof columns)[number])) return false;
      }
      count(row.bytes);
      write(row);
      return true;
    },
    take() {
      if (written === 0) return undefined;
      const chunk = output.subarray(0, written);
      output = Buffer.allocUnsafe(outputBytes);
      written = 0;
      return chunk;
    },
  };
}

function hasByte(bytes: Uint8Array, from: number, to: number, wanted: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] === wanted) return true;
  return false;
}
