// Where a field's value starts and ends without the white space at its edges, in bytes: what Unicode calls white space,
// the no-break spaces that spreadsheets leave included, so that an edge never makes two customers of one.
import type { FileEncoding } from "./createEncodingEvidence.ts";

/** What the bytes are: where it is not known yet and the value can only be ASCII, white space of either is trimmed. */
type Encoding = FileEncoding | "EITHER";

/** Whether a value that has this byte at both ends is as it is: neither white space nor a quote, nor a part of a wide space. */
export function isBare(byte: number): boolean {
  return byte > 34 && byte < 0x80;
}

/** Where the value starts, or `to`. */
export function trimmedStart(bytes: Uint8Array, from: number, to: number, encoding: Encoding): number {
  let start = from;
  while (start < to) {
    const byte = bytes[start] as number;
    if (byte > 32 && byte < 0x80) break;
    const width = isAsciiSpace(byte) ? 1 : wideSpace(bytes, start, to, encoding);
    if (width === 0) break;
    start += width;
  }
  return start;
}

/** Behind the value's last byte, or `from`. */
export function trimmedEnd(bytes: Uint8Array, from: number, to: number, encoding: Encoding): number {
  let end = to;
  while (end > from) {
    const byte = bytes[end - 1] as number;
    if (byte > 32 && byte < 0x80) break;
    const width = isAsciiSpace(byte) ? 1 : wideSpaceBefore(bytes, from, end, encoding);
    if (width === 0) break;
    end -= width;
  }
  return end;
}

function isAsciiSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

function wideSpaceBefore(bytes: Uint8Array, from: number, end: number, encoding: Encoding): number {
  for (let width = 3; width > 0; width--) {
    if (end - width >= from && wideSpace(bytes, end - width, end, encoding) === width) return width;
  }
  return 0;
}

/** The width of the white space beyond ASCII that starts at `at`, or 0. */
function wideSpace(bytes: Uint8Array, at: number, to: number, encoding: Encoding): number {
  const [first, second, third] = [bytes[at], bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  if (encoding !== "WIN1252") {
    if (first === 0xc2 && (second === 0xa0 || second === 0x85)) return at + 2 <= to ? 2 : 0;
    const code = ((first ?? 0) << 16) | (second << 8) | third;
    const isSpace =
      (code >= 0xe28080 && code <= 0xe2808a) ||
      [0xe19a80, 0xe280a8, 0xe280a9, 0xe280af, 0xe2819f, 0xe38080, 0xefbbbf].includes(code);
    if (isSpace) return at + 3 <= to ? 3 : 0;
  }
  return first === 0xa0 && encoding !== "UTF8" ? 1 : 0;
}
