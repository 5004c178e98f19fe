// Numbers, dates and fields written as bytes into COPY's input, without making strings.
import { isGrouped } from "../read/classifyNumber.ts";
import type { DateParts } from "../read/readDate.ts";

/** Writes a whole number from 0 on; answers where it ends. */
export function writeNumber(target: Uint8Array, at: number, value: number): number {
  let digits = 1;
  for (let bound = 10; value >= bound; bound *= 10) digits++;
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tens = Math.floor(rest / 10);
    target[i] = 48 + rest - tens * 10;
    rest = tens;
  }
  return at + digits;
}

/** Copies short byte ranges; a loop is faster than the call into native code. */
export function copyBytes(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  if (to - from > 200) {
    target.set(source.subarray(from, to), at);
    return at + to - from;
  }
  let end = at;
  for (let i = from; i < to; i++) target[end++] = source[i] as number;
  return end;
}

/** Writes `YYYY-MM-DD HH:MM:SS`, which PostgreSQL reads the same under every DateStyle. */
export function writeDate(target: Uint8Array, at: number, parts: DateParts, dayIsFirst: boolean): number {
  const century = (parts.year / 100) | 0;
  writeTwo(target, at, century);
  writeTwo(target, at + 2, parts.year - century * 100);
  target[at + 4] = 45;
  writeTwo(target, at + 5, dayIsFirst ? parts.second : parts.first);
  target[at + 7] = 45;
  writeTwo(target, at + 8, dayIsFirst ? parts.first : parts.second);
  target[at + 10] = 32;
  writeTwo(target, at + 11, parts.hour);
  target[at + 13] = 58;
  writeTwo(target, at + 14, parts.minute);
  target[at + 16] = 58;
  writeTwo(target, at + 17, parts.seconds);
  return at + 19;
}

function writeTwo(target: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  target[at] = 48 + tens;
  target[at + 1] = 48 + value - tens * 10;
}

/** Writes a value as a quoted CSV field. */
export function writeQuoted(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  let end = at;
  target[end++] = 34;
  for (let i = from; i < to; i++) {
    const byte = source[i] as number;
    if (byte === 34) target[end++] = 34;
    target[end++] = byte;
  }
  target[end++] = 34;
  return end;
}

/** Copies a number and turns its decimal comma into a point. */
export function writeDecimal(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  let end = at;
  for (let i = from; i < to; i++) target[end++] = source[i] === 44 ? 46 : (source[i] as number);
  return end;
}

/** Copies a number without the marks between its groups of digits; -1 where they are not such marks. */
export function writeUngrouped(
  source: Uint8Array,
  from: number,
  to: number,
  mark: number,
  groupMark: number,
  target: Uint8Array,
  at: number,
): number {
  let whole = from;
  while (whole < to && source[whole] !== mark) whole++;
  const digits = source[from] === 45 || source[from] === 43 ? from + 1 : from;
  if (!isGrouped(source, digits, whole, groupMark)) return -1;
  let end = at;
  for (let i = from; i < to; i++) if (i >= whole || source[i] !== groupMark) target[end++] = source[i] as number;
  return end;
}
