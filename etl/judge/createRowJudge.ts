// Judges one row at a time and writes the acceptable ones as COPY's input, in its binary format; on the ordinary path it makes
// neither strings nor objects.
import { assertNever } from "../../src/kernel/errors.ts";
import { type LayoutField, type RowField, rowFields } from "../layouts/layout.ts";
import type { ScannedRow } from "../read/createRowScanner.ts";
import { encodeText } from "../read/encodeText.ts";
import { hasByte } from "../read/hasByte.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import { dayFirst, monthFirst, newDateParts, noTime, readDate, yearFirst } from "../read/readDate.ts";
import { readSerialDate } from "../read/readSerialDate.ts";
import { isBare, trimmedEnd, trimmedStart } from "../read/trimField.ts";
import { unquoteField } from "../read/unquoteField.ts";
import { createAmountSum } from "./createAmountSum.ts";
import { createCustomerIds } from "./createCustomerIds.ts";
import { createRowWriter, type JudgedRow } from "./createRowWriter.ts";
import { createRunCounter } from "./createRunCounter.ts";
import { hasBadBytes } from "./hasBadBytes.ts";
import { type JudgedColumn, slotOf } from "./judgedColumns.ts";
import { newNumberParts, priceTimes, readPrice, readQuantity, readRowNumber, wholeEnd } from "./readNumber.ts";
import type { RejectCode } from "./rejectCodes.ts";
import { copyBytes, writeInt2, writeTimestamp, writeUngrouped } from "./writeCopy.ts";

/** Longer ids, names and countries are refused: they stand in index keys, which PostgreSQL limits to some 2,700 bytes. */
const longestId = 255;

/** Where a field lies that the layout does not have: beside no other. */
const nowhere = -2;
/** A field that holds a timestamp. */
const dateBytes = 12;
/** More than what is written anew of a row beside the texts of its fields. */
const scratchOverhead = 2048;

const comma = 44;
const point = 46;
const quote = 34;
const numberSign = 35;

export type RowJudge = {
  /** Writes the row and answers true, or keeps the reason in `refusal` and answers false. */
  readonly accept: (row: ScannedRow) => boolean;
  /** `column` is the file's, or -1 where the row as a whole is to blame. */
  readonly refusal: { code: RejectCode; column: number };
  /** Takes the output that has been written, or undefined where there is none; the caller owns it. */
  readonly take: () => Buffer | undefined;
  /** Of the accepted rows. */
  readonly found: () => {
    /** What they amount to. */
    amount: ReturnType<ReturnType<typeof createAmountSum>["total"]>;
    /** How many had white space at the edge of a field. */
    edgeSpaces: number;
    /** Whether each has a number of its own among those of its invoice, customer and country. */
    isNumbered: boolean;
  };
};

export type RowJudgeOptions = Readonly<{
  columns: readonly JudgedColumn[];
  customerIdOf?: ((name: string) => string) | undefined;
  /** Gets each output buffer that has been filled while rows were accepted. */
  onFull: (chunk: Buffer) => void;
}>;

const invoiceSlot = slotOf("invoice");
const customerSlot = slotOf("customer");
const unitPriceSlot = slotOf("unitPrice");
const lineTotalSlot = slotOf("lineTotal");
const keySlots = [invoiceSlot, customerSlot, slotOf("country")];

export function createRowJudge(evidence: FileEvidence, options: RowJudgeOptions): RowJudge {
  const { layout, fields, encoding, dateOrder, dateZone, hasLineTotal } = evidence;
  const { decimalComma, grouped } = evidence.numbers;
  const { format, is1904 } = evidence.source;
  // in a sheet, what is text stands in quotes and what does not is a number, a date or an error
  const isSheet = format === "XLSX";
  const checkBytes = evidence.badBytes > 0;
  const dayIsFirst = dateOrder === "dmy";
  const readable = yearFirst | (dateOrder === "mdy" ? monthFirst : dateOrder === "dmy" ? dayFirst : 0);
  const mark = decimalComma ? comma : point;
  const groupMark = decimalComma ? point : comma;
  const date = newDateParts();
  const moneySlot = hasLineTotal ? lineTotalSlot : unitPriceSlot;
  const amounts = createAmountSum();
  const refusal: RowJudge["refusal"] = { code: "FIELD_COUNT", column: -1 };
  const runs = createRunCounter();
  const namesOnly = evidence.namesCustomers;
  const idOf = createCustomerIds(encoding, options.customerIdOf ?? refuseNames);

  // the fields that the file has, by its columns; some may share one
  const judged = rowFields.filter((field) => fields[field] !== undefined);
  judged.sort((a, b) => (fields[a] as number) - (fields[b] as number));
  const slots = judged.map(slotOf);
  const fileColumns = judged.map((field) => fields[field] as number);
  const sharing = Math.max(...fileColumns.map((column) => fileColumns.filter((each) => each === column).length));

  const current: JudgedRow = {
    bytes: Buffer.alloc(0),
    line: 0,
    starts: new Int32Array(rowFields.length).fill(nowhere),
    ends: new Int32Array(rowFields.length).fill(nowhere),
    rewritten: new Uint8Array(rowFields.length),
    scratch: Buffer.allocUnsafe(8192),
    quantity: newNumberParts(),
    money: newNumberParts(),
    amount: 0,
    position: 0,
  };
  const { starts, ends, rewritten, quantity, money } = current;
  // constants stand at the beginning of `current.scratch`
  let scratchEnd = 0;
  const dateAt = placeConstants();
  const constantsEnd = dateAt + dateBytes;
  const lastDate = Buffer.alloc(64);
  let lastDateLength = -1;
  let isBareCell = false;
  let edges = false;
  let edgeSpaces = 0;

  // the invoice, customer and country of the last accepted row, and its position among rows that share them
  const keyStride = longestId * 2 + 2;
  const key = Buffer.alloc(keySlots.length * keyStride);
  const keyLengths = new Int32Array(keySlots.length).fill(-1);
  const runKey = Buffer.alloc(key.length + keySlots.length * 2);

  const writer = createRowWriter(current, { evidence, columns: options.columns, onFull: options.onFull });

  function placeConstants(): number {
    let at = 0;
    for (const [field, text] of Object.entries(layout.constants) as [LayoutField, string][]) {
      const slot = slotOf(field);
      const bytes = encodeText(text, encoding) ?? Buffer.from(text);
      starts[slot] = at;
      if (field === "quantity") {
        readQuantity(bytes, 0, bytes.length, point, quantity);
      }
      at = copyBytes(bytes, 0, bytes.length, current.scratch, at);
      ends[slot] = at;
      rewritten[slot] = 1;
    }
    return at;
  }

  function refuse(code: RejectCode, column: number): false {
    refusal.code = code;
    refusal.column = column;
    return false;
  }

  /** Finds a field's value: trimmed, and without its quotes; in `scratch` where the row does not hold it as it is. */
  function locate(row: ScannedRow, slot: number, column: number): void {
    const { bytes } = row;
    let from = (row.bounds[column] as number) + 1;
    let to = row.bounds[column + 1] as number;
    rewritten[slot] = 0;
    isBareCell = isSheet;
    if (!row.quoted && isBare(bytes[from] as number) && isBare(bytes[to - 1] as number)) {
      starts[slot] = from;
      ends[slot] = to;
      return;
    }
    if (row.quoted && hasByte(bytes, from, to, quote)) {
      isBareCell = false;
      if (
        bytes[from] === quote &&
        bytes[to - 1] === quote &&
        to - from > 1 &&
        !hasByte(bytes, from + 1, to - 1, quote)
      ) {
        from++;
        to--;
      } else {
        const end = unquoteField(bytes, from, to, current.scratch, scratchEnd);
        from = scratchEnd;
        to = scratchEnd = end;
        rewritten[slot] = 1;
      }
    }
    const source = rewritten[slot] === 1 ? current.scratch : bytes;
    const start = trimmedStart(source, from, to, encoding);
    const end = trimmedEnd(source, start, to, encoding);
    starts[slot] = start;
    ends[slot] = end;
    if (start !== from || end !== to) edges = true;
  }

  /** Leaves the marks between groups of digits out; where they are none, the number stays as it is and is refused. */
  function ungroup(row: ScannedRow, slot: number): void {
    const source = rewritten[slot] === 1 ? current.scratch : row.bytes;
    const from = starts[slot] as number;
    const to = ends[slot] as number;
    if (isBareCell) return;
    const end = writeUngrouped(source, from, to, mark, groupMark, current.scratch, scratchEnd);
    if (end >= 0) rewrite(slot, end);
  }

  /** The field's output is what has been written at the end of `scratch`, up to `end`. */
  function rewrite(slot: number, end: number): void {
    starts[slot] = scratchEnd;
    ends[slot] = scratchEnd = end;
    rewritten[slot] = 1;
  }

  /** Judges one field and finds what is written for it. */
  function judge(row: ScannedRow, field: RowField, slot: number, column: number): boolean {
    locate(row, slot, column);
    if (grouped && (field === "quantity" || slot === moneySlot)) ungroup(row, slot);
    const source = rewritten[slot] === 1 ? current.scratch : row.bytes;
    const from = starts[slot] as number;
    const to = ends[slot] as number;
    if (isBareCell && source[from] === numberSign && from < to) return refuse("ERROR_CELL", column);
    switch (field) {
      case "quantity":
        return readQuantity(source, from, to, isBareCell ? point : mark, quantity) || refuse("BAD_QUANTITY", column);
      case "unitPrice":
      case "lineTotal":
        return readPrice(source, from, to, isBareCell ? point : mark, money) || refuse("BAD_PRICE", column);
      case "orderedAt":
        if (!judgeDate(source, from, to)) return refuse("BAD_DATE", column);
        starts[slot] = dateAt;
        ends[slot] = constantsEnd;
        rewritten[slot] = 1;
        return true;
      case "invoice":
        if (from === to) return refuse("NO_INVOICE", column);
        break;
      case "product":
        if (from === to) return refuse("NO_PRODUCT", column);
        break;
      case "customer":
        if (layout.wholeCustomerIds) ends[slot] = wholeEnd(source, from, to);
        break;
      case "customerName":
        if (namesOnly) nameCustomer(source, from, to);
        break;
      case "country":
        if (from === to) rewrite(slot, scratchEnd + current.scratch.write("Unknown", scratchEnd, "latin1"));
        break;
      case "category":
        break;
      case "rejectFile":
        if (from === to) return refuse("BAD_ORIGIN", column);
        break;
      case "rejectLoad":
      case "rejectLine":
        return readRowNumber(source, from, to) >= 0 || refuse("BAD_ORIGIN", column);
      case "description":
        return true;
      default:
        return assertNever(field);
    }
    return to - from <= longestId || refuse("FIELD_TOO_LONG", column);
  }

  /** Writes the date at its place in `scratch`; rows of an invoice have the same, which is read once. */
  function judgeDate(source: Buffer, from: number, to: number): boolean {
    const length = to - from;
    if (length === lastDateLength && !isBareCell) {
      let i = 0;
      while (i < length && lastDate[i] === source[from + i]) i++;
      if (i === length) return true;
    }
    lastDateLength = -1;
    let kind = readDate(source, from, to, date);
    if (
      kind === 0 &&
      isBareCell &&
      from < to &&
      readSerialDate(Number(source.toString("latin1", from, to)), is1904, date)
    ) {
      kind = yearFirst;
    }
    if ((kind & readable) === 0) return false;
    if (date.zone !== dateZone && date.zone !== noTime && !isBareCell) return false;
    writeTimestamp(current.scratch, dateAt, date, dayIsFirst && kind !== yearFirst);
    if (length <= lastDate.length && !isBareCell) {
      copyBytes(source, from, to, lastDate, 0);
      lastDateLength = length;
    }
    return true;
  }

  function nameCustomer(source: Buffer, from: number, to: number): void {
    const id = idOf(source, from, to);
    rewrite(customerSlot, copyBytes(id, 0, id.length, current.scratch, scratchEnd));
  }

  /** Counts the row's position among those with the same invoice, customer and country. */
  function count(bytes: Buffer): void {
    let same = true;
    for (let k = 0; k < keySlots.length; k++) {
      const slot = keySlots[k] as number;
      const source = rewritten[slot] === 1 ? current.scratch : bytes;
      const from = starts[slot] as number;
      const length = (ends[slot] as number) - from;
      const at = k * keyStride;
      let equal = keyLengths[k] === length;
      for (let i = 0; i < length && equal; i++) equal = key[at + i] === source[from + i];
      if (equal) continue;
      same = false;
      keyLengths[k] = length;
      copyBytes(source, from, from + length, key, at);
    }
    if (!same) enterRun();
    current.position = runs.next();
  }

  function enterRun(): void {
    let end = 0;
    for (let k = 0; k < keySlots.length; k++) {
      const length = keyLengths[k] as number;
      // no part of a key is longer than two bytes can say
      end = writeInt2(runKey, end, length);
      end = copyBytes(key, k * keyStride, k * keyStride + length, runKey, end);
    }
    runs.enter(runKey, 0, end);
  }

  return {
    refusal,
    accept(row) {
      if (row.fault !== null) return refuse(row.fault, -1);
      if (row.loneReturn || (checkBytes && hasBadBytes(row.bytes, row.start, row.end, encoding))) {
        return refuse("BAD_BYTES", -1);
      }
      // each field unquoted, and a number without its groups
      const most = constantsEnd + (row.quoted || grouped ? (row.end - row.start) * 2 * sharing : 0) + scratchOverhead;
      if (current.scratch.length < most)
        current.scratch = Buffer.concat([current.scratch.subarray(0, constantsEnd)], most);
      scratchEnd = constantsEnd;
      edges = false;
      for (let k = 0; k < judged.length; k++) {
        if (!judge(row, judged[k] as RowField, slots[k] as number, fileColumns[k] as number)) return false;
      }
      if (hasLineTotal && quantity.value === 0 && money.value !== 0) {
        return refuse("TOTAL_WITHOUT_QUANTITY", fields.lineTotal as number);
      }
      if (edges) edgeSpaces++;
      current.amount = priceTimes(
        money,
        hasLineTotal ? 1 : quantity.value,
        rewritten[moneySlot] === 1 ? current.scratch : row.bytes,
        starts[moneySlot] as number,
        ends[moneySlot] as number,
      );
      amounts.add(current.amount, money.scale);
      count(row.bytes);
      current.bytes = row.bytes;
      current.line = row.line;
      writer.write((row.end - row.start) * sharing + scratchEnd);
      return true;
    },
    take: writer.take,
    found: () => ({ amount: amounts.total(), edgeSpaces, isNumbered: runs.isSettled() }),
  };
}

function refuseNames(): never {
  throw new Error("The layout names customers, and nobody said how their ids are made.");
}
