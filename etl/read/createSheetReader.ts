// Reads the cells of a sheet as what the spreadsheet shows: texts, numbers with at most 15 digits, dates as ISO, errors as they are
// named. Every cell becomes bytes of CSV; nothing is made per cell on the ordinary path.
import { createSheetWriter, type SheetWriter } from "./createSheetWriter.ts";
import { createTextCollector } from "./createTextCollector.ts";
import { codeOf, nameCode, nameEnd, type XmlHandler } from "./createXmlScanner.ts";
import { formatSerialDate } from "./formatSerialDate.ts";
import type { SharedStrings } from "./readSharedStrings.ts";
import { showNumber } from "./showNumber.ts";

export type SheetReaderOptions = Readonly<{
  strings: SharedStrings;
  showsDate: readonly boolean[];
  is1904: boolean;
}>;

const mostRows = 1_048_576;
const mostColumns = 16_384;

const rowTag = codeOf("row");
const cellTag = codeOf("c");
const valueTag = codeOf("v");
const textTag = codeOf("t");
const phoneticTag = codeOf("rPh");
const dataTag = codeOf("sheetData");

// the types of cells
const number = 0;
const shared = 1;
const text = 2;
const boolean = 3;
const error = 4;
const typeCodes: Readonly<Record<string, number>> = {
  n: number,
  s: shared,
  str: text,
  inlineStr: text,
  d: text,
  b: boolean,
  e: error,
};

const yes = Buffer.from("TRUE");
const no = Buffer.from("FALSE");

/** Throws an Error where the sheet contradicts itself. */
export function createSheetReader({ strings, showsDate, is1904 }: SheetReaderOptions): {
  handler: XmlHandler;
  writer: SheetWriter;
} {
  const writer = createSheetWriter();
  const value = createTextCollector();
  let isData = false;
  let isPhonetic = false;
  let isValue = false;
  let row = 0;
  let column = -1;
  let style = 0;
  let type = number;

  /** Reads the attributes r, s and t of a row or a cell; -1 where one is not there. */
  let reference = -1;
  let referenceEnd = -1;
  function readTag(bytes: Buffer, from: number, to: number): void {
    reference = -1;
    style = 0;
    type = number;
    let i = nameEnd(bytes, from, to);
    while (i < to) {
      while (i < to && (bytes[i] as number) <= 32) i++;
      const nameFrom = i;
      while (i < to && bytes[i] !== 61 && (bytes[i] as number) > 32) i++;
      const isShort = i - nameFrom === 1;
      const name = bytes[nameFrom];
      while (i < to && bytes[i] !== 34 && bytes[i] !== 39) i++;
      const mark = bytes[i++];
      const start = i;
      while (i < to && bytes[i] !== mark) i++;
      if (isShort && name === 114) {
        reference = start;
        referenceEnd = i;
      } else if (isShort && name === 115) style = readDigits(bytes, start, i);
      else if (isShort && name === 116) type = typeOf(bytes, start, i);
      i++;
    }
  }

  function startRow(bytes: Buffer): void {
    const next = reference < 0 ? row + 1 : readDigits(bytes, reference, referenceEnd);
    if (Number.isNaN(next)) throw new Error(`the row behind row ${row} does not say which one it is`);
    if (!(next > row && next <= mostRows)) throw new Error(`row ${next} follows row ${row}`);
    row = next;
    column = -1;
    writer.startRow(row);
  }

  function startCell(bytes: Buffer): void {
    const next = reference < 0 ? column + 1 : readColumn(bytes, reference, referenceEnd);
    if (!(next > column && next < mostColumns)) throw new Error(`the cells of row ${row} are out of order`);
    column = next;
    value.clear();
  }

  function endCell(): void {
    const { length } = value;
    if (length === 0) return;
    const { bytes } = value;
    if (type === shared) {
      const index = readDigits(bytes, 0, length);
      if (!(index < strings.count)) {
        const named = Number.isNaN(index) ? JSON.stringify(bytes.toString("utf8", 0, Math.min(length, 20))) : index;
        throw new Error(`row ${row} refers to text ${named} of ${strings.count}`);
      }
      writer.writeText(column, strings.bytes, strings.bounds[index] as number, strings.bounds[index + 1] as number);
    } else if (type === text) {
      value.finishText();
      writer.writeText(column, value.bytes, 0, value.length);
    } else if (type === boolean) {
      const shown = bytes[0] === 49 || (bytes[0] as number | 32) === 116 ? yes : no;
      writer.writePlain(column, shown, 0, shown.length);
    } else if (type === error) writer.writePlain(column, bytes, 0, length);
    else writeNumber(bytes, length);
  }

  function writeNumber(bytes: Buffer, length: number): void {
    const date =
      showsDate[style] === true ? formatSerialDate(Number(bytes.toString("latin1", 0, length)), is1904) : null;
    const shown = date ?? showNumber(bytes, length);
    if (shown === null) writer.writePlain(column, bytes, 0, length);
    else {
      const written = Buffer.from(shown);
      writer.writePlain(column, written, 0, written.length);
    }
  }

  return {
    writer,
    handler: {
      open(bytes, from, to) {
        const name = nameCode(bytes, from, to);
        if (name === dataTag) isData = true;
        if (!isData) return;
        if (name === cellTag) {
          readTag(bytes, from, to);
          startCell(bytes);
        } else if (name === valueTag) isValue = true;
        else if (name === textTag) isValue = !isPhonetic;
        else if (name === rowTag) {
          readTag(bytes, from, to);
          startRow(bytes);
        } else if (name === phoneticTag) isPhonetic = true;
      },
      close(bytes, from, to) {
        if (!isData) return;
        const name = nameCode(bytes, from, to);
        if (name === cellTag) endCell();
        else if (name === valueTag || name === textTag) isValue = false;
        else if (name === rowTag) writer.endRow();
        else if (name === phoneticTag) isPhonetic = false;
        else if (name === dataTag) isData = false;
      },
      text(bytes, from, to, isRaw) {
        if (isValue) value.add(bytes, from, to, isRaw);
      },
    },
  };
}

function typeOf(bytes: Buffer, from: number, to: number): number {
  if (to - from === 1)
    return bytes[from] === 115 ? shared : (typeCodes[String.fromCharCode(bytes[from] as number)] ?? number);
  return typeCodes[bytes.toString("latin1", from, to)] ?? number;
}

function readDigits(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return to > from ? value : Number.NaN;
}

/** The letters of `AB12` as a column, from 0. */
function readColumn(bytes: Buffer, from: number, to: number): number {
  let column = 0;
  for (let i = from; i < to; i++) {
    const letter = ((bytes[i] as number) & 0xdf) - 64;
    if ((bytes[i] as number) < 65) break;
    if (letter < 1 || letter > 26 || column > mostColumns) return Number.NaN;
    column = column * 26 + letter;
  }
  return column - 1;
}
