// The first pass over a file: everything about it that must be known, by evidence over all its bytes, before a row is
// judged. It reads the file once, in constant memory.
import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { Layout } from "../layouts/layout.ts";
import { createEncodingEvidence, type FileEncoding } from "./createEncodingEvidence.ts";
import { columnLimit, createRowScanner, type ScannedRow } from "./createRowScanner.ts";
import { type DateEvidence, type DateOrder, decideDateOrder } from "./decideDateOrder.ts";
import { decodeText } from "./decodeText.ts";
import { openBytes } from "./openBytes.ts";
import { dayFirst, monthFirst, newDateParts, readDate, yearFirst } from "./readDate.ts";
import { type RecognizedLayout, recognizeLayout } from "./recognizeLayout.ts";
import { refuseBinary } from "./refuseBinary.ts";
import { trimmedEnd, trimmedStart } from "./trimField.ts";
import { unquoteField } from "./unquoteField.ts";

/** What an encoding is called where it is set. */
export const askedEncodings = ["utf8", "windows-1252", "iso-8859-1", "utf-16le", "utf-16be"] as const;
export type AskedEncoding = (typeof askedEncodings)[number];

/** How a file is to be read, where it is said; what is not said is found by evidence. */
export type ReadingOptions = Readonly<{
  layout?: Layout | undefined;
  dateOrder?: DateOrder | undefined;
  encoding?: AskedEncoding | undefined;
  /** One of , ; tab | as the character itself. */
  delimiter?: string | undefined;
  decimalComma?: boolean | undefined;
  /** The sheet of a workbook; the first where it is not said. */
  sheet?: string | undefined;
}>;

/** Everything about a file that is decided over the whole of it, before a row is judged. */
export type FileEvidence = Readonly<{
  path: string;
  name: string;
  /** The size on disk, and the SHA-256 of those bytes. */
  bytes: number;
  sha256: string;
  compressed: boolean;
  /** Of what is judged, COPY's ENCODING. */
  encoding: FileEncoding;
  /** NUL bytes and bytes that are undefined in the encoding; their rows are rejected. */
  badBytes: number;
  /** The byte between fields. */
  delimiter: number;
  dateOrder: DateOrder;
  dates: DateEvidence;
  decimalComma: boolean;
  layout: Layout;
  /** The columns in file order, as the file names them; which of them holds a field; which the layout does not know. */
  header: readonly string[];
  fields: RecognizedLayout["fields"];
  extraColumns: readonly string[];
  rows: number;
  /** Whether rows have a line total instead of a unit price. */
  hasLineTotal: boolean;
  hasCustomerName: boolean;
  /** Whether customers have names and no ids, so that ids are made from the names. */
  namesCustomers: boolean;
  /** How the file is read, as plain data: equal for two readings that give the same rows. */
  readAs: Readonly<Record<string, string>>;
}>;

export type InspectOptions = ReadingOptions &
  Readonly<{
    onProgress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
    /** How many bytes are read at a time. */
    chunkBytes?: number | undefined;
  }>;

/** How much of the data is looked at before it is believed to be text. */
const headBytes = 64 * 1024;

export async function inspectFile(path: string, options: InspectOptions = {}): Promise<FileEvidence> {
  const hash = createHash("sha256");
  let bytesRead = 0;
  const file = await openBytes(path, {
    ...(options.chunkBytes === undefined ? {} : { chunkBytes: options.chunkBytes }),
    onBytes(chunk) {
      hash.update(chunk);
      bytesRead += chunk.length;
    },
  });
  const encodingEvidence = createEncodingEvidence();
  const rowEvidence = createRowEvidence(path, options.layout);

  function take(chunk: Buffer): void {
    encodingEvidence.feed(chunk);
    rowEvidence.scanner.feed(chunk);
  }

  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of file.chunks) {
    if (head === undefined) {
      take(chunk);
    } else {
      head = Buffer.concat([head, chunk]);
      if (head.length < headBytes) continue;
      refuseBinary(path, head.subarray(0, headBytes));
      take(head);
      head = undefined;
    }
    options.onProgress?.(bytesRead, file.bytes);
  }
  if (head !== undefined) {
    refuseBinary(path, head);
    take(head);
  }
  rowEvidence.scanner.end();
  options.onProgress?.(bytesRead, file.bytes);

  const found = rowEvidence.found();
  if (found.header === undefined) {
    throw new Consumer360Error("FILE_EMPTY", `${path} holds nothing but blank lines`, {
      remedy: "Export the file again",
    });
  }
  if (found.rows === 0) {
    throw new Consumer360Error("FILE_HAS_NO_ROWS", `${path} has a header but no rows`, {
      remedy: "Export the file again, with its rows",
    });
  }
  const asked = options.encoding === undefined ? undefined : options.encoding === "utf8" ? "UTF8" : "WIN1252";
  const { encoding, badBytes } = encodingEvidence.verdict(asked);
  const header = found.header.names.map((name) => decodeText(name, encoding));
  const { layout, fields, extra } = found.header.recognized;
  const dateOrder = decideDateOrder(path, found.dates, options.dateOrder);
  return Object.freeze({
    path,
    name: basename(path),
    bytes: bytesRead,
    sha256: hash.digest("hex"),
    compressed: file.compressed,
    encoding,
    badBytes,
    delimiter: 44,
    dateOrder,
    dates: found.dates,
    decimalComma: false,
    layout,
    header,
    fields,
    extraColumns: extra.map((column) => header[column] as string),
    rows: found.rows,
    hasLineTotal: fields.lineTotal !== undefined,
    hasCustomerName: fields.customerName !== undefined,
    namesCustomers: fields.customerName !== undefined && fields.customer === undefined,
    readAs: Object.freeze({ layout: layout.name, encoding, dateOrder }),
  });
}

type Header = { readonly names: readonly Buffer[]; readonly recognized: RecognizedLayout };

/** Reads the header, counts the rows and weighs their dates. */
function createRowEvidence(path: string, layout: Layout | undefined) {
  let header: Header | undefined;
  let dateColumn = 0;
  let rows = 0;
  const counts = new Float64Array(8); // by what a date can be
  const parts = newDateParts();
  let value = Buffer.alloc(256);

  function onHeader(row: ScannedRow): number {
    header = readHeader(path, row, layout);
    dateColumn = header.recognized.fields.orderedAt ?? 0;
    return header.names.length;
  }

  function onRow(row: ScannedRow): void {
    rows++;
    if (row.fault !== null) return;
    let bytes = row.bytes;
    let from = (row.bounds[dateColumn] as number) + 1;
    let to = row.bounds[dateColumn + 1] as number;
    if (row.quoted && bytes.subarray(from, to).includes(34)) {
      if (value.length < to - from) value = Buffer.alloc(to - from);
      to = unquoteField(bytes, from, to, value, 0);
      from = 0;
      bytes = value;
    }
    from = trimmedStart(bytes, from, to, "EITHER");
    to = trimmedEnd(bytes, from, to, "EITHER");
    const kind = readDate(bytes, from, to, parts);
    counts[kind] = (counts[kind] as number) + 1;
  }

  return {
    scanner: createRowScanner({ onHeader, onRow }),
    found: () => ({
      header,
      rows,
      dates: Object.freeze({
        monthFirst: counts[monthFirst] as number,
        dayFirst: counts[dayFirst] as number,
        either: counts[monthFirst | dayFirst] as number,
        iso: counts[yearFirst] as number,
        unreadable: counts[0] as number,
      }),
    }),
  };
}

function readHeader(path: string, row: ScannedRow, layout: Layout | undefined): Header {
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
  const names: Buffer[] = [];
  for (let field = 0; field < row.fields; field++) {
    const from = (row.bounds[field] as number) + 1;
    const marked = field === 0 && row.bytes.subarray(from, from + 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
    const to = row.bounds[field + 1] as number;
    const name = Buffer.alloc(to - from);
    names.push(name.subarray(0, unquoteField(row.bytes, marked ? from + 3 : from, to, name, 0)));
  }
  return {
    names,
    recognized: recognizeLayout(
      path,
      names.map((name) => decodeText(name, isUtf8(name) ? "UTF8" : "WIN1252")),
      layout,
    ),
  };
}
