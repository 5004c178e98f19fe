// One sheet of a workbook as a stream of CSV, so that its rows are scanned and judged like those of every other file.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createSheetReader } from "./createSheetReader.ts";
import { createXmlScanner } from "./createXmlScanner.ts";
import { openBytes } from "./openBytes.ts";
import { damaged, type Workbook } from "./openWorkbook.ts";
import { noStrings, readSharedStrings } from "./readSharedStrings.ts";
import type { SheetPart, WorkbookParts } from "./readWorkbookParts.ts";
import type { OpenText, OpenTextOptions } from "./textSource.ts";

/** So much CSV is handed on at a time. */
const chunkBytes = 256 * 1024;
/** A cell of few bytes can stand for a long text: a piece of the sheet never becomes much more than this. */
const mostWritten = 16 * 1024 * 1024;
const shortestCell = 16;

export async function openSheet(workbook: Workbook, parts: WorkbookParts, options: OpenTextOptions): Promise<OpenText> {
  const sheet = pickSheet(workbook.path, parts.sheets, options.sheet);
  const file = await openBytes(workbook.path, { onBytes: options.onBytes });
  for await (const _ of file.chunks); // its bytes are told; what it holds is read by way of the archive's directory
  const total = workbook.packedBytes(sheet.part);
  let done = 0;
  return {
    bytes: file.bytes,
    compressed: true,
    source: {
      format: "XLSX",
      utf16: null,
      sheet: sheet.name,
      otherSheets: await othersOf(workbook, parts.sheets, sheet),
      is1904: parts.is1904,
    },
    head: Buffer.alloc(0),
    headIsWhole: false,
    chunks: readSheet(workbook, parts, sheet, (packed) => {
      done = packed;
    }),
    progress: () => [Math.round((done / Math.max(1, total)) * file.bytes), file.bytes],
    close: async () => workbook.close(),
  };
}

/** The one that is asked for; else the first that is not hidden. */
function pickSheet(path: string, sheets: readonly SheetPart[], asked: string | undefined): SheetPart {
  const sheet =
    asked === undefined
      ? (sheets.find(({ isHidden }) => !isHidden) ?? sheets[0])
      : sheets.find(({ name }) => name === asked);
  if (sheet !== undefined) return sheet;
  const names = sheets.map(({ name }) => JSON.stringify(name)).join(", ");
  throw new Consumer360Error(
    "SHEET_UNKNOWN",
    asked === undefined
      ? `${path} has no sheet with cells`
      : `${path} has no sheet ${JSON.stringify(asked)}; it has ${names || "none"}`,
    {
      remedy:
        asked === undefined ? "Save it as CSV" : "Name one of them with --sheet, or leave it out to read the first",
    },
  );
}

/** The names of the sheets that hold a cell and are not read. */
async function othersOf(workbook: Workbook, sheets: readonly SheetPart[], read: SheetPart): Promise<string[]> {
  const others: string[] = [];
  // any number of sheets may name one part
  const known = new Map<string, boolean>();
  for (const sheet of sheets) {
    if (sheet === read || sheet.isHidden) continue;
    const holds = known.get(sheet.part) ?? (await holdsCells(workbook, sheet.part));
    known.set(sheet.part, holds);
    if (holds) others.push(sheet.name);
  }
  return others;
}

async function holdsCells(workbook: Workbook, part: string): Promise<boolean> {
  let holds = false;
  const scanner = createXmlScanner({
    open(bytes, from, to) {
      holds ||= /^(?:\w+:)?c(?:\s|$)/.test(bytes.toString("latin1", from, Math.min(to, from + 40)));
    },
    close() {},
    text() {},
  });
  try {
    for await (const chunk of workbook.stream(part)) {
      scanner.feed(chunk);
      if (holds) break;
    }
  } catch {
    return true; // it is there, and not what was asked for
  }
  return holds;
}

async function* readSheet(
  workbook: Workbook,
  { sharedStrings, showsDate, is1904 }: WorkbookParts,
  sheet: SheetPart,
  onPacked: (bytes: number) => void,
): AsyncGenerator<Buffer, void> {
  try {
    const strings = sharedStrings === null ? noStrings : await readSharedStrings(workbook, sharedStrings);
    const { handler, writer } = createSheetReader({ strings, showsDate, is1904 });
    const scanner = createXmlScanner(handler);
    const pieceBytes = Math.max(256, Math.floor((mostWritten * shortestCell) / Math.max(1, strings.longest)));
    for await (const chunk of workbook.stream(sheet.part, onPacked)) {
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        scanner.feed(chunk.subarray(at, at + pieceBytes));
        if (writer.filled() >= chunkBytes) yield writer.take();
      }
    }
    scanner.end();
    yield writer.take();
  } catch (cause) {
    throw cause instanceof Consumer360Error ? cause : damaged(workbook.path, cause);
  } finally {
    workbook.close();
  }
}
