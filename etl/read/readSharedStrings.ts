// The texts that the cells of a workbook share, kept as the inside of quoted CSV fields in one piece of memory, up to a limit.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createTextCollector } from "./createTextCollector.ts";
import { codeOf, createXmlScanner, nameCode } from "./createXmlScanner.ts";
import { damaged, type Workbook } from "./openWorkbook.ts";

export type SharedStrings = Readonly<{
  bytes: Buffer;
  /** Text k lies between `bounds[k]` and `bounds[k + 1]`. */
  bounds: Int32Array;
  count: number;
  /** The length of the longest. */
  longest: number;
}>;

export const noStrings: SharedStrings = Object.freeze({
  bytes: Buffer.alloc(0),
  bounds: new Int32Array(1),
  count: 0,
  longest: 0,
});

const mostBytes = 128 * 1024 * 1024;
const mostStrings = 4_000_000;

const item = codeOf("si");
const text = codeOf("t");
const phonetic = codeOf("rPh");

export async function readSharedStrings(workbook: Workbook, part: string): Promise<SharedStrings> {
  let bytes = Buffer.alloc(64 * 1024);
  let filled = 0;
  let bounds = new Int32Array(1024);
  let count = 0;
  let longest = 0;
  let isPhonetic = false;
  let isText = false;
  const collector = createTextCollector();

  function finish(): void {
    collector.finishText();
    if (filled + collector.length > mostBytes || count >= mostStrings) {
      throw new Consumer360Error(
        "WORKBOOK_TOO_LARGE",
        `${workbook.path} holds more than ${mostStrings.toLocaleString("en-GB")} different texts, or more than ${mostBytes / 1024 / 1024} MiB of them`,
        { remedy: "Save the sheet as CSV" },
      );
    }
    if (filled + collector.length > bytes.length) {
      const wider = Buffer.allocUnsafe(Math.min(mostBytes, Math.max(bytes.length * 2, filled + collector.length)));
      bytes.copy(wider, 0, 0, filled);
      bytes = wider;
    }
    collector.bytes.copy(bytes, filled, 0, collector.length);
    filled += collector.length;
    longest = Math.max(longest, collector.length);
    if (++count >= bounds.length) {
      const wider = new Int32Array(bounds.length * 2);
      wider.set(bounds);
      bounds = wider;
    }
    bounds[count] = filled;
  }

  const scanner = createXmlScanner({
    open(tag, from, to) {
      const name = nameCode(tag, from, to);
      if (name === item) collector.clear();
      else if (name === phonetic) isPhonetic = true;
      else if (name === text) isText = !isPhonetic;
    },
    close(tag, from, to) {
      const name = nameCode(tag, from, to);
      if (name === item) finish();
      else if (name === phonetic) isPhonetic = false;
      else if (name === text) isText = false;
    },
    text(piece, from, to, isRaw) {
      if (isText) collector.add(piece, from, to, isRaw);
    },
  });
  try {
    for await (const chunk of workbook.stream(part)) scanner.feed(chunk);
    scanner.end();
  } catch (cause) {
    throw cause instanceof Consumer360Error ? cause : damaged(workbook.path, cause);
  }
  return { bytes, bounds, count, longest };
}
