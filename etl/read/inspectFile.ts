// The first pass over a file: everything about it that must be known, by evidence over all its bytes, before a row is
// judged. It reads the file once, in constant memory.
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createEncodingEvidence, type FileEncoding } from "./createEncodingEvidence.ts";
import { columnLimit, createRowScanner, type ScannedRow } from "./createRowScanner.ts";
import { decodeText } from "./decodeText.ts";
import { openBytes } from "./openBytes.ts";
import { dayFirst, monthFirst, newDateParts, readDate, yearFirst } from "./readDate.ts";
import { type LayoutColumn, type RecognizedLayout, recognizeLayout } from "./recognizeLayout.ts";
import { refuseBinary } from "./refuseBinary.ts";
import { trimmedEnd, trimmedStart } from "./trimField.ts";
import { unquoteField } from "./unquoteField.ts";

/** How many rows' dates can be read how. A date that fits both orders, like 12/1/2010, proves nothing. */
export type DateEvidence = {
  readonly monthFirst: number;
  readonly dayFirst: number;
  readonly either: number;
  readonly iso: number;
  readonly unreadable: number;
};

export type FileEvidence = {
  readonly path: string;
  readonly name: string;
  /** The size on disk, and the SHA-256 of those bytes. */
  readonly bytes: number;
  readonly sha256: string;
  readonly compressed: boolean;
  readonly encoding: FileEncoding;
  /** NUL bytes and bytes that are undefined in the encoding; their rows are rejected. */
  readonly badBytes: number;
  readonly layout: RecognizedLayout["layout"];
  /** The columns in file order, as the file names them and as the layout understands them; null is an extra column. */
  readonly header: readonly string[];
  readonly columns: readonly (LayoutColumn | null)[];
  readonly extraColumns: readonly string[];
  readonly rows: number;
  readonly dates: DateEvidence;
};

export type InspectOptions = {
  /** Sets the encoding instead of finding it. */
  readonly encoding?: FileEncoding | undefined;
  readonly onProgress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
  /** How many bytes are read at a time. */
  readonly chunkBytes?: number | undefined;
};

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
  const rowEvidence = createRowEvidence(path);

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
  const { encoding, badBytes } = encodingEvidence.verdict(options.encoding);
  const header = found.header.names.map((name) => decodeText(name, encoding));
  const { layout, columns } = found.header.recognized;
  return Object.freeze({
    path,
    name: basename(path),
    bytes: bytesRead,
    sha256: hash.digest("hex"),
    compressed: file.compressed,
    encoding,
    badBytes,
    layout,
    header,
    columns,
    extraColumns: header.filter((_, index) => columns[index] === null),
    rows: found.rows,
    dates: found.dates,
  });
}

type Header = { readonly names: readonly Buffer[]; readonly recognized: RecognizedLayout };

/** Reads the header, counts the rows and weighs their dates. */
function createRowEvidence(path: string) {
  let header: Header | undefined;
  let dateColumn = 0;
  let rows = 0;
  const counts = new Float64Array(8); // by what a date can be
  const parts = newDateParts();
  let value = Buffer.alloc(256);

  function onHeader(row: ScannedRow): number {
    header = readHeader(path, row);
    dateColumn = header.recognized.columns.indexOf("orderedAt");
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

function readHeader(path: string, row: ScannedRow): Header {
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
      names.map((name) => name.toString("latin1")),
    ),
  };
}
