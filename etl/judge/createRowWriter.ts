// Writes rows that were judged acceptable as COPY's input, column by column; on the ordinary path it makes neither strings nor objects.
import { assertNever } from "../../src/kernel/errors.ts";
import { type LineKind, type LineType, lineKinds, lineTypes } from "../../src/model/lineKinds.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import { createLineClassifier } from "./createLineClassifier.ts";
import { type JudgedColumn, slotOf, slotOfColumn } from "./judgedColumns.ts";
import { divideTotal, type NumberParts, priceTimes, readRowNumber } from "./readNumber.ts";
import {
  copyBytes,
  writeBoolean,
  writeInt2,
  writeInt4,
  writeInt8,
  writeNull,
  writeNumeric,
  writeText,
} from "./writeCopy.ts";

/** The row that is being judged: one object, which each row fills anew. */
export type JudgedRow = {
  bytes: Buffer;
  /** The physical line, or the sheet's row, on which it starts. */
  line: number;
  // where each field's value lies, by its slot: in `bytes`, or in `scratch` where it had to be rewritten
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly rewritten: Uint8Array;
  scratch: Buffer;
  readonly quantity: NumberParts;
  /** The unit price, or the line's total. */
  readonly money: NumberParts;
  /** In units of the money's scale, exact. */
  amount: number | bigint;
  /** Among the rows with the same invoice, customer and country, from 1. */
  position: number;
};

export type RowWriter = Readonly<{
  /** Writes the row; the texts of its fields have at most `textBytes` in all. */
  write(textBytes: number): void;
  /** Takes the output that has been written, or undefined where there is none; the caller owns it. */
  take(): Buffer | undefined;
}>;

/** Writes its column of the row at a place in the output, and answers where it ends. */
type ColumnWriter = (at: number) => number;

const outputBytes = 128 * 1024;
/** More than what a row takes beside the texts of its fields. */
const rowOverhead = 2048;

const invoiceSlot = slotOf("invoice");
const customerSlot = slotOf("customer");
const productSlot = slotOf("product");
const dateSlot = slotOf("orderedAt");

/** `onFull` gets each output buffer that has been filled. */
export function createRowWriter(
  row: JudgedRow,
  {
    evidence: { layout, encoding, hasLineTotal },
    columns,
    onFull,
  }: Readonly<{ evidence: FileEvidence; columns: readonly JudgedColumn[]; onFull: (chunk: Buffer) => void }>,
): RowWriter {
  const { starts, ends, rewritten, quantity, money } = row;
  const { kindOf, typeOf } = createLineClassifier(layout.marks, encoding);
  const moneySlot = slotOf(hasLineTotal ? "lineTotal" : "unitPrice");
  let output = Buffer.allocUnsafe(outputBytes);
  let filled = 0;

  const sourceOf = (slot: number) => (rewritten[slot] === 1 ? row.scratch : row.bytes);
  const isGuest = () => starts[customerSlot] === ends[customerSlot];
  const writeSlot = (slot: number, at: number) =>
    writeText(output, at, sourceOf(slot), starts[slot] as number, ends[slot] as number);
  const writeWord = (word: Buffer, at: number) => copyBytes(word, 0, word.length, output, at);
  const rowNumberOf = (slot: number) => readRowNumber(sourceOf(slot), starts[slot] as number, ends[slot] as number);
  const typeOfRow = () => typeOf(sourceOf(productSlot), starts[productSlot] as number, ends[productSlot] as number);

  function kindOfRow(): LineKind {
    const sign = hasLineTotal ? money.value * Math.sign(quantity.value) : money.value;
    return kindOf(
      sourceOf(invoiceSlot),
      starts[invoiceSlot] as number,
      ends[invoiceSlot] as number,
      quantity.value,
      sign,
    );
  }

  function writeUnitPrice(at: number): number {
    if (!hasLineTotal) {
      const price = priceTimes(money, 1, sourceOf(moneySlot), starts[moneySlot] as number, ends[moneySlot] as number);
      return writeNumeric(output, at, price, money.scale);
    }
    if (quantity.value === 0) return writeNumeric(output, at, 0, 0);
    const price = divideTotal(row.amount, money.scale, quantity.value);
    return writeNumeric(output, at, price.units, price.scale);
  }

  function writerOf(column: JudgedColumn): ColumnWriter {
    const slot = slotOfColumn(column);
    switch (column) {
      case "customer_key":
        return (at) => writeSlot(isGuest() ? invoiceSlot : customerSlot, at);
      case "guest":
        return (at) => writeBoolean(output, at, isGuest());
      case "ordered_at":
        return (at) => copyBytes(row.scratch, starts[dateSlot] as number, ends[dateSlot] as number, output, at);
      case "line_no":
        return (at) => writeInt4(output, at, row.position);
      case "line":
        return (at) => writeInt8(output, at, row.line);
      case "quantity":
        return (at) => writeInt4(output, at, quantity.value);
      case "unit_price":
        return writeUnitPrice;
      case "amount":
        return (at) => writeNumeric(output, at, row.amount, money.scale);
      case "kind":
        return (at) => writeWord(words[kindOfRow()], at);
      case "line_type":
        return (at) => writeWord(words[typeOfRow()], at);
      case "reject_load":
        return (at) => writeInt4(output, at, rowNumberOf(slot));
      case "reject_line":
        return (at) => writeInt8(output, at, rowNumberOf(slot));
      case "invoice":
      case "country":
      case "product":
      case "reject_file":
        return (at) => writeSlot(slot, at);
      case "description":
      case "category":
      case "customer_name":
        return (at) => (starts[slot] === ends[slot] ? writeNull(output, at) : writeSlot(slot, at));
      default:
        return assertNever(column);
    }
  }

  const writers = columns.map(writerOf);

  return Object.freeze({
    write(textBytes: number): void {
      const needed = textBytes + rowOverhead;
      if (filled + needed > output.length) {
        if (filled > 0) onFull(output.subarray(0, filled));
        output = Buffer.allocUnsafe(Math.max(outputBytes, needed));
        filled = 0;
      }
      let at = writeInt2(output, filled, writers.length);
      for (let k = 0; k < writers.length; k++) at = (writers[k] as ColumnWriter)(at);
      filled = at;
    },
    take(): Buffer | undefined {
      if (filled === 0) return undefined;
      const chunk = output.subarray(0, filled);
      output = Buffer.allocUnsafe(outputBytes);
      filled = 0;
      return chunk;
    },
  });
}

/** The names of kinds and types, as fields of COPY's. */
const words = Object.freeze(
  Object.fromEntries(
    [...lineKinds, ...lineTypes].map((word) => {
      const field = Buffer.alloc(4 + word.length);
      writeText(field, 0, Buffer.from(word), 0, word.length);
      return [word, field];
    }),
  ) as Record<LineKind | LineType, Buffer>,
);
