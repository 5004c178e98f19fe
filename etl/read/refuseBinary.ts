// Tells a text file from an image, a workbook or an archive by its first bytes, so that the operator reads what the
// file is instead of thousands of rejected rows.
import { Consumer360Error } from "../../src/kernel/errors.ts";

type Magic = {
  readonly bytes: readonly number[];
  /** What the head must hold besides. */
  readonly holds?: string;
  readonly what: string;
  readonly remedy: string;
};

const exportAsCsv = "Export the data as a CSV file";

const magics: readonly Magic[] = Object.freeze([
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: "a PNG image", remedy: exportAsCsv },
  { bytes: [0xff, 0xd8, 0xff], what: "a JPEG image", remedy: exportAsCsv },
  { bytes: [0x47, 0x49, 0x46, 0x38], what: "a GIF image", remedy: exportAsCsv },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: "a PDF document", remedy: exportAsCsv },
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    holds: "[Content_Types].xml",
    what: "an Office file, but no plain XLSX workbook",
    remedy: "Save it as XLSX, not packed again, or the sheet as CSV",
  },
  { bytes: [0x50, 0x4b, 0x03, 0x04], what: "a ZIP archive", remedy: "Unpack it, or compress it with gzip" },
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    what: "an old Excel file, or one with a password",
    remedy: "Save it as XLSX without a password, or as CSV",
  },
  { bytes: [0x1f, 0x8b], what: "gzip inside gzip", remedy: "Unpack it once" },
  { bytes: [0x42, 0x5a, 0x68], what: "a bzip2 archive", remedy: "Unpack it, or compress it with gzip" },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: "an xz archive", remedy: "Unpack it, or compress it with gzip" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], what: "a zstd archive", remedy: "Unpack it, or compress it with gzip" },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], what: "a 7z archive", remedy: "Unpack it, or compress it with gzip" },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: "a Parquet file", remedy: exportAsCsv },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], what: "a SQLite database", remedy: exportAsCsv },
  { bytes: [0xff, 0xfe, 0x00, 0x00], what: "UTF-32 text", remedy: "Save it as UTF-8" },
  { bytes: [0x00, 0x00, 0xfe, 0xff], what: "UTF-32 text", remedy: "Save it as UTF-8" },
  { bytes: [0xff, 0xfe], what: "UTF-16 text", remedy: "Leave --encoding out, or say utf-16le" },
  { bytes: [0xfe, 0xff], what: "UTF-16 text", remedy: "Leave --encoding out, or say utf-16be" },
]);

/** A text may hold a few stray control bytes (their rows are rejected); more than this share of the head is no text. */
const controlShare = 0.03;

/** Throws FILE_NOT_TEXT where the first bytes of a file's data are not those of a text. */
export function refuseBinary(path: string, head: Buffer): void {
  const magic = magics.find(
    ({ bytes, holds }) =>
      bytes.every((byte, index) => head[index] === byte) && (holds === undefined || head.includes(holds)),
  );
  if (magic) {
    throw new Consumer360Error("FILE_NOT_TEXT", `${path} is ${magic.what}, not a CSV text`, { remedy: magic.remedy });
  }
  let controls = 0;
  for (const byte of head) {
    if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) controls++;
  }
  if (controls > head.length * controlShare) {
    throw new Consumer360Error("FILE_NOT_TEXT", `${path} holds binary data, not a CSV text`, { remedy: exportAsCsv });
  }
  if (!head.includes(10) && head.indexOf(13) !== head.lastIndexOf(13)) {
    throw new Consumer360Error(
      "LINE_ENDS_UNKNOWN",
      `${path} ends its lines with a carriage return alone, as old Macintosh programs did`,
      { remedy: "Save it with line feeds (LF or CRLF)" },
    );
  }
}
