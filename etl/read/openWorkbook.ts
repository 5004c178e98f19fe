// The parts of an XLSX workbook, which is a ZIP archive: listed from its directory, unpacked as streams, checked by size and by sum.
import { open } from "node:fs/promises";
import { posix } from "node:path";
import { pipeline } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import yauzl from "yauzl";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createUtf16Decoder, findUtf16 } from "./createUtf16Decoder.ts";
import { fileError } from "./fileError.ts";

export type Workbook = Readonly<{
  path: string;
  has: (part: string) => boolean;
  /** The size of a part in the archive. */
  packedBytes: (part: string) => number;
  /** A part as UTF-8, chunk by chunk; `onPacked` is told how much of the archive has been read for it. */
  stream: (part: string, onPacked?: (bytes: number) => void) => AsyncGenerator<Buffer, void>;
  close: () => void;
}>;

/** Nobody's sheet shrinks to so little: beyond this it is an archive made to fill a memory or a disk. */
const largestRatio = 400;
const suspectBytes = 64 * 1024 * 1024;
const contentTypes = "[content_types].xml";
const mostParts = 100_000;

/** Null where the file is no workbook, whatever else it may be. */
export async function openWorkbook(path: string): Promise<Workbook | null> {
  const head = await readHead(path);
  if (head === null || head.readUInt32BE(0) !== 0x504b0304) return null;
  const claims = head.includes("[Content_Types].xml");
  let zip: yauzl.ZipFile;
  const parts = new Map<string, yauzl.Entry>();
  try {
    zip = await openZip(path);
    await listParts(zip, parts);
  } catch (cause) {
    if (!claims) return null;
    throw damaged(path, cause);
  }
  if (!parts.has(contentTypes)) {
    zip.close();
    return null;
  }
  function entryOf(part: string): yauzl.Entry {
    const entry = parts.get(part.toLowerCase());
    if (entry === undefined) throw damaged(path, new Error(`${part} is missing`));
    return entry;
  }
  return {
    path,
    has: (part) => parts.has(part.toLowerCase()),
    packedBytes: (part) => entryOf(part).compressedSize,
    stream: (part, onPacked) => streamPart(path, zip, entryOf(part), onPacked),
    close: () => zip.close(),
  };
}

/** Where a part that another one refers to lies. */
export function resolvePart(from: string, target: string): string {
  return target.startsWith("/") ? target.slice(1) : posix.normalize(posix.join(posix.dirname(from), target));
}

async function readHead(path: string): Promise<Buffer | null> {
  try {
    const handle = await open(path, "r");
    try {
      if (!(await handle.stat()).isFile()) return null;
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
      return bytesRead < 4 ? null : buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return null; // whoever opens it next says what is wrong
  }
}

function openZip(path: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });
}

function listParts(zip: yauzl.ZipFile, parts: Map<string, yauzl.Entry>): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      zip.close();
      reject(error);
    };
    zip.on("entry", (entry: yauzl.Entry) => {
      parts.set(entry.fileName.toLowerCase(), entry);
      if (parts.size > mostParts) fail(new Error("too many parts"));
      else zip.readEntry();
    });
    zip.once("end", () => resolve());
    zip.once("error", fail);
    zip.readEntry();
  });
}

async function* streamPart(
  path: string,
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
  onPacked: ((bytes: number) => void) | undefined,
): AsyncGenerator<Buffer, void> {
  const { compressedSize, uncompressedSize } = entry;
  if (uncompressedSize > suspectBytes && uncompressedSize > compressedSize * largestRatio) {
    throw new Consumer360Error(
      "WORKBOOK_TOO_LARGE",
      `${path}: ${entry.fileName} would unpack from ${compressedSize} to ${uncompressedSize} bytes, more than ${largestRatio} times as many`,
      { remedy: "Save the sheet as CSV" },
    );
  }
  let sum = 0;
  let unpacked = 0;
  let decoder: ReturnType<typeof createUtf16Decoder> | null | undefined;
  try {
    for await (const chunk of await openPart(zip, entry)) {
      sum = crc32(chunk, sum);
      unpacked += chunk.length;
      if (unpacked > uncompressedSize) break;
      onPacked?.(Math.round((unpacked / Math.max(1, uncompressedSize)) * compressedSize));
      if (decoder === undefined) {
        const utf16 = findUtf16(chunk.subarray(0, 1024));
        decoder = utf16 === null ? null : createUtf16Decoder(utf16);
      }
      yield decoder === null ? chunk : decoder.feed(chunk);
    }
    if (unpacked !== uncompressedSize || sum !== entry.crc32) throw new Error("its size or its check sum is wrong");
  } catch (cause) {
    throw cause instanceof Consumer360Error ? cause : damaged(path, cause);
  }
}

/** Unpacks in larger pieces than the archive's reader would. */
function openPart(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<AsyncIterable<Buffer>> {
  if (!entry.canDecodeFileData()) throw new Error("it is encrypted, or packed in an unknown way");
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, { decodeFileData: false }, (error, packed) => {
      if (error) return reject(error);
      if (entry.compressionMethod === 0) return resolve(packed);
      const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
      // a fault of either ends the iteration over what is unpacked
      pipeline(packed, inflate, () => {});
      resolve(inflate);
    });
  });
}

export function damaged(path: string, cause: unknown): unknown {
  const known = fileError(path, cause);
  if (known instanceof Consumer360Error && known.code !== "FILE_DAMAGED") return known;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new Consumer360Error("FILE_DAMAGED", `${path} is not a whole workbook: ${why.replace(/\s+/g, " ")}`, {
    remedy: "Copy or download the file again, or save it anew",
    cause,
  });
}
