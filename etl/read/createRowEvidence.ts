// What the rows of a file show in the first pass: its header and layout, how many they are, and how their dates and prices are written.
import { isUtf8 } from "node:buffer";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { Layout } from "../layouts/layout.ts";
import {
  classifyNumber,
  eitherComma,
  eitherPoint,
  provesComma,
  provesGroupedComma,
  provesGroupedPoint,
  provesNothing,
  provesPoint,
} from "./classifyNumber.ts";
import { columnLimit, createRowScanner, type RowScanner, type ScannedRow } from "./createRowScanner.ts";
import type { DateEvidence } from "./decideDateOrder.ts";
import type { ZoneEvidence } from "./decideDateZone.ts";
import type { NumberEvidence } from "./decideNumberFormat.ts";
import { decodeText } from "./decodeText.ts";
import { hasByte } from "./hasByte.ts";
import {
  dayFirst,
  hasShortYear,
  monthFirst,
  newDateParts,
  noZone,
  offsetZone,
  readDate,
  utcZone,
  yearFirst,
} from "./readDate.ts";
import { readHeaderNames } from "./readHeaderNames.ts";
import { readSerialDate } from "./readSerialDate.ts";
import { type RecognizedLayout, recognizeLayout } from "./recognizeLayout.ts";
import { isBare, trimmedEnd, trimmedStart } from "./trimField.ts";
import { unquoteField } from "./unquoteField.ts";

export type RowEvidence = Readonly<{
  header: Readonly<{ names: readonly Buffer[]; recognized: RecognizedLayout }> | undefined;
  rows: number;
  dates: DateEvidence;
  zones: ZoneEvidence;
  /** Dates that are numbers or dates in a sheet, not text. */
  dateCells: number;
  /** Dates with a year of two digits; times with a fraction of a second. */
  shortYears: number;
  cutSeconds: number;
  /** The first date that cannot be read. */
  unreadable: string | null;
  numbers: NumberEvidence;
}>;

export type RowEvidenceOptions = Readonly<{
  layout: Layout | undefined;
  delimiter: number;
  /** Whether the rows come from a sheet: what is not in quotes there is no text. */
  isSheet: boolean;
  is1904: boolean;
}>;

const quote = 34;
/** A file of short years shows it early. */
const looksAtShortYears = 10_000;

export function createRowEvidence(
  path: string,
  { layout, delimiter, isSheet, is1904 }: RowEvidenceOptions,
): { scanner: RowScanner; found: () => RowEvidence } {
  let header: RowEvidence["header"];
  let dateColumn = 0;
  let priceColumn = 0;
  let rows = 0;
  const byDate = new Float64Array(8); // by what a date can be
  const byZone = new Float64Array(4);
  const byNumber = new Float64Array(8);
  let dateCells = 0;
  let shortYears = 0;
  let cutSeconds = 0;
  let unreadable: string | null = null;
  const parts = newDateParts();

  // the field that is looked at
  let bytes: Buffer = Buffer.alloc(0);
  let from = 0;
  let to = 0;
  let isText = !isSheet;
  let value: Buffer = Buffer.alloc(256);

  // the date that was read last: rows of an invoice have the same
  const lastDate = Buffer.alloc(64);
  let lastLength = -1;
  let lastKind = 0;

  function onHeader(row: ScannedRow): number {
    header = readHeader(path, row, layout);
    const { fields } = header.recognized;
    dateColumn = fields.orderedAt ?? 0;
    priceColumn = fields.lineTotal ?? fields.unitPrice ?? 0;
    return header.names.length;
  }

  /** Finds a field that may have quotes or white space at its edges. */
  function locate(row: ScannedRow, column: number): void {
    bytes = row.bytes;
    from = (row.bounds[column] as number) + 1;
    to = row.bounds[column + 1] as number;
    isText = !isSheet;
    if (row.quoted && hasByte(bytes, from, to, quote)) {
      isText = true;
      if (value.length < to - from) value = Buffer.alloc(to - from);
      to = unquoteField(bytes, from, to, value, 0);
      from = 0;
      bytes = value;
    }
    from = trimmedStart(bytes, from, to, "EITHER");
    to = trimmedEnd(bytes, from, to, "EITHER");
  }

  function weighDate(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length === lastLength && isText) {
      let i = 0;
      while (i < length && lastDate[i] === source[start + i]) i++;
      if (i === length) {
        countDate(lastKind);
        return;
      }
    }
    lastLength = -1;
    let kind = readDate(source, start, end, parts);
    if (kind === 0 && !isText && length > 0) {
      if (readSerialDate(Number(source.toString("latin1", start, end)), is1904, parts)) kind = yearFirst;
    }
    if (kind === 0) noteUnreadable(source, start, end);
    else if (isText && length <= lastDate.length) {
      lastLength = length;
      lastKind = kind;
      for (let i = 0; i < length; i++) lastDate[i] = source[start + i] as number;
    }
    countDate(kind);
  }

  function countDate(kind: number): void {
    byDate[kind] = (byDate[kind] as number) + 1;
    if (kind === 0) return;
    if (!isText) dateCells++;
    byZone[parts.zone] = (byZone[parts.zone] as number) + 1;
    if (parts.cut) cutSeconds++;
  }

  function noteUnreadable(source: Buffer, start: number, end: number): void {
    unreadable ??= decodeText(source.subarray(start, Math.min(end, start + 40)), "WIN1252");
    if (rows <= looksAtShortYears && hasShortYear(source, start, end)) shortYears++;
  }

  function onRow(row: ScannedRow): void {
    rows++;
    if (row.fault !== null) return;
    const { bounds } = row;
    const source = row.bytes;
    const isOrdinary = !row.quoted && !isSheet;
    const dateFrom = (bounds[dateColumn] as number) + 1;
    const dateTo = bounds[dateColumn + 1] as number;
    if (isOrdinary && isBare(source[dateFrom] as number) && isBare(source[dateTo - 1] as number)) {
      weighDate(source, dateFrom, dateTo);
    } else {
      locate(row, dateColumn);
      weighDate(bytes, from, to);
    }
    const priceFrom = (bounds[priceColumn] as number) + 1;
    const priceTo = bounds[priceColumn + 1] as number;
    let kind: number;
    if (isOrdinary && isBare(source[priceFrom] as number) && isBare(source[priceTo - 1] as number)) {
      kind = classifyNumber(source, priceFrom, priceTo);
    } else {
      locate(row, priceColumn);
      kind = isText ? classifyNumber(bytes, from, to) : provesNothing;
      isText = !isSheet;
    }
    byNumber[kind] = (byNumber[kind] as number) + 1;
  }

  return {
    scanner: createRowScanner({ delimiter, onHeader, onRow, countsBreaks: !isSheet }),
    found: () => ({
      header,
      rows,
      dates: Object.freeze({
        monthFirst: byDate[monthFirst] as number,
        dayFirst: byDate[dayFirst] as number,
        either: byDate[monthFirst | dayFirst] as number,
        iso: byDate[yearFirst] as number,
        unreadable: byDate[0] as number,
      }),
      zones: { none: byZone[noZone] as number, utc: byZone[utcZone] as number, offset: byZone[offsetZone] as number },
      dateCells,
      shortYears,
      cutSeconds,
      unreadable,
      numbers: {
        point: byNumber[provesPoint] as number,
        comma: byNumber[provesComma] as number,
        eitherPoint: byNumber[eitherPoint] as number,
        eitherComma: byNumber[eitherComma] as number,
        groupedPoint: byNumber[provesGroupedPoint] as number,
        groupedComma: byNumber[provesGroupedComma] as number,
      },
    }),
  };
}

function readHeader(path: string, row: ScannedRow, layout: Layout | undefined): NonNullable<RowEvidence["header"]> {
  if (row.fault !== null || row.fields > columnLimit) {
    const why =
      row.fault === "UNBALANCED_QUOTE"
        ? "has a quote that is never closed"
        : row.fault === "ROW_TOO_LONG"
          ? `is ${row.length} bytes long`
          : `has ${row.fields} columns`;
    throw new Consumer360Error("LAYOUT_UNKNOWN", `${path}: the first line ${why}, so it is not a header`, {
      remedy: "Make the first line name the columns, and end every line with a line feed",
    });
  }
  const names = readHeaderNames(row);
  const texts = names.map((name) => decodeText(name, isUtf8(name) ? "UTF8" : "WIN1252"));
  return { names, recognized: recognizeLayout(path, texts, layout) };
}
