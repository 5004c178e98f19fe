// What is known of a file that has been opened as text, whatever it is on disk.
import type { Utf16 } from "./createUtf16Decoder.ts";

/** What the file is, as far as it must be known to read it again in the same way. */
export type TextSource = Readonly<{
  format: "CSV" | "XLSX";
  utf16: Utf16 | null;
  /** The sheet that is read, and the others that hold something. */
  sheet: string | null;
  otherSheets: readonly string[];
  /** Whether the workbook counts its days from 1904. */
  is1904: boolean;
}>;

export type OpenText = {
  /** The file's size on disk. */
  readonly bytes: number;
  readonly compressed: boolean;
  readonly source: TextSource;
  /** The beginning of the text, up to 64 KiB of the data; `headIsWhole` where that is all of it. Empty for a sheet. */
  readonly head: Buffer;
  readonly headIsWhole: boolean;
  /** A chunk is valid until the next one is asked for. */
  readonly chunks: AsyncGenerator<Buffer, void>;
  /** How much has been read, of how much. */
  readonly progress: () => [done: number, total: number];
  readonly close: () => Promise<void>;
};

export type OpenTextOptions = Readonly<{
  utf16?: Utf16 | null | undefined;
  sheet?: string | undefined;
  chunkBytes?: number | undefined;
  /** Gets the bytes as they are on disk. */
  onBytes: (chunk: Buffer) => void;
}>;
