// The first pass over a file: everything about it that must be known, by evidence over all its bytes, before a row is
// judged. It reads the file once, in constant memory.
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { AskedEncoding, DateOrder } from "../layouts/fileForms.ts";
import type { Layout } from "../layouts/layout.ts";
import { createEncodingEvidence, type FileEncoding } from "./createEncodingEvidence.ts";
import { createRowEvidence, type RowEvidence } from "./createRowEvidence.ts";
import { type DateEvidence, decideDateOrder } from "./decideDateOrder.ts";
import { decideDateZone } from "./decideDateZone.ts";
import { decideNumberFormat, type NumberFormat } from "./decideNumberFormat.ts";
import { decodeText } from "./decodeText.ts";
import { describeReading } from "./describeReading.ts";
import { encodeText } from "./encodeText.ts";
import { findDelimiter } from "./findDelimiter.ts";
import { openText } from "./openText.ts";
import type { RecognizedLayout } from "./recognizeLayout.ts";
import type { TextSource } from "./textSource.ts";
import { type ReadingWarning, warningsOfReading } from "./warningsOfReading.ts";

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
  source: TextSource;
  /** Of what is judged, COPY's ENCODING. */
  encoding: FileEncoding;
  /** NUL bytes and bytes that are undefined in the encoding; their rows are rejected. */
  badBytes: number;
  /** The byte between fields. */
  delimiter: number;
  dateOrder: DateOrder;
  dates: DateEvidence;
  /** What the times of the file say of their zone, as `readDate` says it. */
  dateZone: number;
  numbers: NumberFormat;
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
  /** What the operator should look at. */
  warnings: readonly ReadingWarning[];
}>;

export type InspectOptions = ReadingOptions &
  Readonly<{
    /** What the file is called, where its path does not say. */
    name?: string | undefined;
    onProgress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
    /** How many bytes are read at a time. */
    chunkBytes?: number | undefined;
  }>;

export async function inspectFile(path: string, asked: InspectOptions = {}): Promise<FileEvidence> {
  const options = { ...asked, ...withDefaults(asked) };
  const hash = createHash("sha256");
  let bytes = 0;
  const text = await openText(path, {
    utf16: options.encoding === undefined ? undefined : askedUtf16(options.encoding),
    sheet: options.sheet,
    chunkBytes: options.chunkBytes,
    onBytes(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
    },
  });
  const { source } = text;
  const encodingEvidence = createEncodingEvidence();
  const isSheet = source.format === "XLSX";
  let delimiter = 44;
  let found: RowEvidence;
  try {
    if (!isSheet)
      delimiter = askedDelimiter(options) ?? findDelimiter(path, text.head, text.headIsWhole, options.layout);
    const rows = createRowEvidence(path, { layout: options.layout, delimiter, isSheet, is1904: source.is1904 });
    for await (const chunk of text.chunks) {
      encodingEvidence.feed(chunk);
      rows.scanner.feed(chunk);
      options.onProgress?.(...text.progress());
    }
    rows.scanner.end();
    found = rows.found();
  } finally {
    await text.close();
  }

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
  const isTranscoded = isSheet || source.utf16 !== null;
  const { encoding, badBytes } = encodingEvidence.verdict(isTranscoded ? "UTF8" : askedEncoding(options));
  const header = found.header.names.map((name) => decodeText(name, encoding));
  const { layout, fields, extra } = found.header.recognized;
  ensureConstantsFit(path, layout, encoding);
  refuseShortYears(path, found);
  const dateOrder = decideDateOrder(path, found.dates, options.dateOrder, found.unreadable);
  const dateZone = decideDateZone(path, found.zones);
  const numbers = decideNumberFormat(path, found.numbers, options.decimalComma);
  const extraColumns = extra.map((column) => header[column] as string);
  return Object.freeze({
    path,
    name: options.name ?? basename(path),
    bytes,
    sha256: hash.digest("hex"),
    compressed: text.compressed,
    source,
    encoding,
    badBytes,
    delimiter,
    dateOrder,
    dates: found.dates,
    dateZone,
    numbers,
    layout,
    header,
    fields,
    extraColumns,
    rows: found.rows,
    hasLineTotal: fields.lineTotal !== undefined,
    hasCustomerName: fields.customerName !== undefined,
    namesCustomers: fields.customerName !== undefined && fields.customer === undefined,
    readAs: describeReading({ source, layout, encoding, delimiter, dateOrder, numbers }),
    warnings: warningsOfReading({ source, extraColumns, dateZone, found }),
  });
}

/** A mapping file may say how its files are written; what is asked for stands before it. */
function withDefaults({ layout, ...asked }: InspectOptions): ReadingOptions {
  const reading = layout?.reading ?? {};
  return {
    layout,
    dateOrder: asked.dateOrder ?? reading.dateOrder,
    encoding: asked.encoding ?? reading.encoding,
    delimiter: asked.delimiter ?? reading.delimiter,
    decimalComma: asked.decimalComma ?? reading.decimalComma,
    sheet: asked.sheet ?? reading.sheet,
  };
}

const askedUtf16 = (encoding: AskedEncoding) => (encoding === "utf-16le" || encoding === "utf-16be" ? encoding : null);
const askedDelimiter = ({ delimiter }: ReadingOptions) => delimiter?.charCodeAt(0);

/** The printable letters of ISO-8859-1 are the same in Windows-1252, which files so named often hold. */
const askedEncoding = ({ encoding }: ReadingOptions): FileEncoding | undefined =>
  encoding === undefined ? undefined : encoding === "utf8" ? "UTF8" : "WIN1252";

function ensureConstantsFit(path: string, layout: Layout, encoding: FileEncoding): void {
  for (const [field, text] of Object.entries(layout.constants)) {
    if (encodeText(text, encoding) !== null) continue;
    throw new Consumer360Error(
      "LAYOUT_INVALID",
      `the layout ${layout.name} says ${field} is ${JSON.stringify(text)}, which Windows-1252, the encoding of ${path}, cannot hold`,
      { remedy: "Save the file as UTF-8" },
    );
  }
}

function refuseShortYears(path: string, { dates, shortYears, unreadable }: RowEvidence): void {
  const readable = dates.monthFirst + dates.dayFirst + dates.either + dates.iso;
  if (shortYears === 0 || shortYears < readable) return;
  throw new Consumer360Error(
    "DATE_YEAR_UNKNOWN",
    `${path} writes years with two digits, as in ${JSON.stringify(unreadable ?? "")}: the century is not known`,
    { remedy: "Export the dates with four digits for the year" },
  );
}
