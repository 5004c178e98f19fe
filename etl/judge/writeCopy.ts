// Values written as fields of COPY's binary format, without making strings: PostgreSQL takes them as they are, where it would have to
// read text. Each field is its length in bytes, a whole number of four bytes, and the value.
import { isGrouped } from "../read/classifyNumber.ts";
import type { DateParts } from "../read/readDate.ts";

/** What a file in COPY's binary format begins with: its signature, no flags, no extension. */
export const copyHeader = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
/** What it ends with. */
export const copyTrailer = Buffer.from([0xff, 0xff]);

const twoTo32 = 2 ** 32;
const safe = Number.MAX_SAFE_INTEGER;
/** The base of PostgreSQL's numeric digits. */
const base = 10_000;
const digitsOfBase = 4;
const negative = 0x40;
const millisecondsOf2000 = Date.UTC(2000, 0, 1);

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

/** How many fields a row has; a row begins with it. */
export function writeInt2(target: Uint8Array, at: number, value: number): number {
  target[at] = value >> 8;
  target[at + 1] = value;
  return at + 2;
}

function writeFour(target: Uint8Array, at: number, value: number): number {
  target[at] = value >> 24;
  target[at + 1] = value >> 16;
  target[at + 2] = value >> 8;
  target[at + 3] = value;
  return at + 4;
}

function writeEight(target: Uint8Array, at: number, value: number): number {
  const high = Math.floor(value / twoTo32);
  return writeFour(target, writeFour(target, at, high), value - high * twoTo32);
}

export const writeNull = (target: Uint8Array, at: number) => writeFour(target, at, -1);

export const writeInt4 = (target: Uint8Array, at: number, value: number) =>
  writeFour(target, writeFour(target, at, 4), value);

export const writeInt8 = (target: Uint8Array, at: number, value: number) =>
  writeEight(target, writeFour(target, at, 8), value);

export function writeBoolean(target: Uint8Array, at: number, value: boolean): number {
  const end = writeFour(target, at, 1);
  target[end] = value ? 1 : 0;
  return end + 1;
}

/** In the encoding of the connection. */
export function writeText(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  return copyBytes(source, from, to, target, writeFour(target, at, to - from));
}

/** Writes a timestamp without a zone. */
export function writeTimestamp(target: Uint8Array, at: number, parts: DateParts, dayIsFirst: boolean): number {
  const [month, day] = dayIsFirst ? [parts.second, parts.first] : [parts.first, parts.second];
  const milliseconds = Date.UTC(parts.year, month - 1, day, parts.hour, parts.minute, parts.seconds);
  return writeInt8(target, at, (milliseconds - millisecondsOf2000) * 1000);
}

/** Writes the exact number `units` · 10^-`scale`, with that scale. */
export function writeNumeric(target: Uint8Array, at: number, units: number | bigint, scale: number): number {
  // whole digits of base 10,000 behind the point
  const behind = (scale + digitsOfBase - 1) >> 2;
  const missing = 10 ** (behind * digitsOfBase - scale);
  if (typeof units === "bigint") return writeLarge(target, at, units * BigInt(missing), scale, behind);
  let rest = (units < 0 ? -units : units) * missing;
  if (rest > safe) return writeLarge(target, at, BigInt(units) * BigInt(missing), scale, behind);
  let count = 0;
  for (let bound = 1; bound <= rest; bound *= base) count++;
  const end = writeNumericHead(target, at, count, count - behind - 1, units < 0, scale);
  for (let i = end + 2 * (count - 1); i >= end; i -= 2) {
    const upper = Math.floor(rest / base);
    writeInt2(target, i, rest - upper * base);
    rest = upper;
  }
  return end + 2 * count;
}

function writeLarge(target: Uint8Array, at: number, units: bigint, scale: number, behind: number): number {
  const digits = (units < 0n ? -units : units).toString();
  const count = units === 0n ? 0 : Math.ceil(digits.length / digitsOfBase);
  const padded = digits.padStart(count * digitsOfBase, "0");
  let end = writeNumericHead(target, at, count, count - behind - 1, units < 0n, scale);
  for (let k = 0; k < count; k++)
    end = writeInt2(target, end, Number(padded.slice(k * digitsOfBase, (k + 1) * digitsOfBase)));
  return end;
}

function writeNumericHead(
  target: Uint8Array,
  at: number,
  count: number,
  weight: number,
  isNegative: boolean,
  scale: number,
): number {
  const length = writeFour(target, at, 8 + 2 * count);
  writeInt2(target, length, count);
  writeInt2(target, length + 2, count === 0 ? 0 : weight);
  target[length + 4] = isNegative ? negative : 0;
  target[length + 5] = 0;
  return writeInt2(target, length + 6, scale);
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
