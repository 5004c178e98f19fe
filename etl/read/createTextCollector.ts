// Gathers the text of one cell or shared string, which may come in pieces, and writes it as the inside of a quoted CSV field.
import { decodeEntities } from "./createXmlScanner.ts";
import { hasByte } from "./hasByte.ts";

export type TextCollector = {
  bytes: Buffer;
  length: number;
  readonly clear: () => void;
  readonly add: (bytes: Buffer, from: number, to: number, isRaw: boolean) => void;
  /** Turns what was added into what a quoted field holds. */
  readonly finishText: () => void;
};

/** What goes beyond makes a row that is too long anyway. */
const longestText = 1024 * 1024 + 1;

export function createTextCollector(): TextCollector {
  const collector: TextCollector = {
    bytes: Buffer.alloc(1024),
    length: 0,
    clear() {
      collector.length = 0;
    },
    add(bytes, from, to, isRaw) {
      if (collector.length >= longestText) return;
      if (!isRaw && hasByte(bytes, from, to, 38)) {
        append(Buffer.from(decodeEntities(bytes.toString("utf8", from, to))));
      } else append(bytes, from, to);
    },
    finishText() {
      const { bytes, length } = collector;
      if (hasByte(bytes, 0, length, 95)) {
        const text = bytes.toString("utf8", 0, length);
        const decoded = decodeEscapes(text);
        if (decoded !== text) {
          collector.length = 0;
          append(Buffer.from(decoded));
        }
      }
      if (hasByte(collector.bytes, 0, collector.length, 34)) {
        const text = collector.bytes.toString("latin1", 0, collector.length);
        collector.length = 0;
        append(Buffer.from(text.replaceAll('"', '""'), "latin1"));
      }
    },
  };

  function append(bytes: Buffer, from = 0, to = bytes.length): void {
    const needed = collector.length + to - from;
    if (needed > collector.bytes.length) {
      const wider = Buffer.allocUnsafe(needed * 2);
      collector.bytes.copy(wider, 0, 0, collector.length);
      collector.bytes = wider;
    }
    if (to - from > 64) bytes.copy(collector.bytes, collector.length, from, to);
    else for (let i = from, at = collector.length; i < to; i++) collector.bytes[at++] = bytes[i] as number;
    collector.length = needed;
  }

  return collector;
}

/** Letters that XML cannot hold are written `_x000D_`; one that only looks so begins with `_x005F_`. */
function decodeEscapes(text: string): string {
  return text.replace(/_x([\da-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
