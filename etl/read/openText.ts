// The text of a file, whatever it is on disk: plain or packed text as it is, UTF-16 as UTF-8, a workbook's sheet as CSV. Both passes
// read it here, so they read the same.
import { createUtf16Decoder, findUtf16, type Utf16 } from "./createUtf16Decoder.ts";
import { openBytes } from "./openBytes.ts";
import { openSheet } from "./openSheet.ts";
import { openWorkbook } from "./openWorkbook.ts";
import { readWorkbookParts } from "./readWorkbookParts.ts";
import { refuseBinary } from "./refuseBinary.ts";
import type { OpenText, OpenTextOptions } from "./textSource.ts";

/** How much of the data is looked at before it is believed to be text. */
const headBytes = 64 * 1024;

/** `utf16` says whether it is UTF-16; where it is not said, it is found. */
export async function openText(path: string, options: OpenTextOptions): Promise<OpenText> {
  const sheet = await openWorkbookSheet(path, options);
  if (sheet !== null) return sheet;
  let done = 0;
  const file = await openBytes(path, {
    ...(options.chunkBytes === undefined ? {} : { chunkBytes: options.chunkBytes }),
    onBytes(chunk) {
      done += chunk.length;
      options.onBytes(chunk);
    },
  });
  try {
    const { head, isWhole } = await readHead(file.chunks);
    const utf16 = options.utf16 === undefined ? findUtf16(head.subarray(0, headBytes)) : options.utf16;
    const text = utf16 === null ? head : Buffer.from(createUtf16Decoder(utf16).feed(head));
    refuseBinary(path, text.subarray(0, headBytes));
    return {
      bytes: file.bytes,
      compressed: file.compressed,
      source: { format: "CSV", utf16, sheet: null, otherSheets: [], is1904: false },
      head: text,
      headIsWhole: isWhole,
      chunks: utf16 === null ? chain(head, file.chunks) : decode(chain(head, file.chunks), utf16),
      progress: () => [done, file.bytes],
      close: async () => void (await file.chunks.return()),
    };
  } catch (cause) {
    await file.chunks.return();
    throw cause;
  }
}

async function openWorkbookSheet(path: string, options: OpenTextOptions): Promise<OpenText | null> {
  const workbook = await openWorkbook(path);
  if (workbook === null) return null;
  try {
    const parts = await readWorkbookParts(workbook);
    if (parts !== null) return await openSheet(workbook, parts, options);
  } catch (cause) {
    workbook.close();
    throw cause;
  }
  workbook.close();
  return null;
}

async function readHead(chunks: AsyncGenerator<Buffer, void>): Promise<{ head: Buffer; isWhole: boolean }> {
  let head = Buffer.alloc(0);
  while (head.length < headBytes) {
    const { done, value } = await chunks.next();
    if (done) return { head, isWhole: true };
    head = Buffer.concat([head, value]);
  }
  return { head, isWhole: false };
}

async function* chain(head: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  yield head;
  yield* rest;
}

async function* decode(chunks: AsyncGenerator<Buffer, void>, utf16: Utf16): AsyncGenerator<Buffer, void> {
  const decoder = createUtf16Decoder(utf16);
  for await (const chunk of chunks) yield decoder.feed(chunk);
  yield decoder.end();
}
