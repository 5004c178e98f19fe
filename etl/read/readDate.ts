// Reads a date from bytes, in every order that it can be read in, without making strings: the whole column's evidence
// decides the order later, never a single row.
import { daysIn } from "../../src/kernel/calendar.ts";

/** What a date can be, as bits; 0 is unreadable, `monthFirst | dayFirst` fits both orders. */
export const monthFirst = 1;
export const dayFirst = 2;
export const yearFirst = 4;

/** What a time says of its zone. */
export const noZone = 0;
/** `Z` */
export const utcZone = 1;
/** `+05:30` */
export const offsetZone = 2;
/** Without a time there is nothing to say. */
export const noTime = 3;

/** The numbers of the date that was read last. */
export type DateParts = {
  year: number;
  /** The first of the other two numbers: the month, unless the order is day first. */
  first: number;
  second: number;
  hour: number;
  minute: number;
  seconds: number;
  zone: number;
  /** Whether a fraction of a second other than 0 was left out. */
  cut: boolean;
};

export function newDateParts(): DateParts {
  return { year: 0, first: 0, second: 0, hour: 0, minute: 0, seconds: 0, zone: noTime, cut: false };
}

/**
 * Reads `1/12/2010`, `1-12-2010`, `1.12.2010`, `2010-12-01` or `20101201`, each with or without a time `8:26[:00[.0]] [PM] [Z]`, from
 * trimmed bytes; fills `parts` and answers in which orders it is a real day of the years 1900 to 2199.
 */
export function readDate(bytes: Uint8Array, from: number, to: number, parts: DateParts): number {
  let i = from;
  let a = 0;
  while (i < to && isDigit(bytes[i])) a = a * 10 + (bytes[i++] as number) - 48;
  const aDigits = i - from;
  const separator = bytes[i];
  if (aDigits === 8 && (i === to || separator === 84 || separator === 32)) return readCompact(bytes, i, to, a, parts);
  if (i >= to || (separator !== 47 && separator !== 45 && separator !== 46)) return 0;
  const bFrom = ++i;
  let b = 0;
  while (i < to && isDigit(bytes[i])) b = b * 10 + (bytes[i++] as number) - 48;
  const bDigits = i - bFrom;
  if (i >= to || bytes[i] !== separator || bDigits < 1 || bDigits > 2) return 0;
  const cFrom = ++i;
  let c = 0;
  while (i < to && isDigit(bytes[i])) c = c * 10 + (bytes[i++] as number) - 48;
  const cDigits = i - cFrom;

  if (!readTime(bytes, i, to, parts)) return 0;
  if (aDigits === 4 && cDigits >= 1 && cDigits <= 2) {
    parts.year = a;
    parts.first = b;
    parts.second = c;
    return isDay(a, b, c) ? yearFirst : 0;
  }
  if (cDigits !== 4 || aDigits < 1 || aDigits > 2) return 0;
  parts.year = c;
  parts.first = a;
  parts.second = b;
  return (isDay(c, a, b) ? monthFirst : 0) | (isDay(c, b, a) ? dayFirst : 0);
}

/** Whether it is a date with a year of two digits, which could be of any century. */
export function hasShortYear(bytes: Buffer, from: number, to: number): boolean {
  return to - from < 40 && /^\d{1,2}([-/.])\d{1,2}\1\d{2}(?![\d])/.test(bytes.toString("latin1", from, to));
}

function readCompact(bytes: Uint8Array, at: number, to: number, digits: number, parts: DateParts): number {
  if (!readTime(bytes, at, to, parts)) return 0;
  parts.year = Math.floor(digits / 10_000);
  parts.first = Math.floor(digits / 100) % 100;
  parts.second = digits % 100;
  return isDay(parts.year, parts.first, parts.second) ? yearFirst : 0;
}

/** Reads nothing, or spaces or a `T` and `H:MM[:SS[.fraction]]`, with AM or PM and a zone where they are there. */
function readTime(bytes: Uint8Array, from: number, to: number, parts: DateParts): boolean {
  let i = from;
  parts.hour = 0;
  parts.minute = 0;
  parts.seconds = 0;
  parts.zone = noTime;
  parts.cut = false;
  if (i === to) return true;
  if (bytes[i] === 84) i++;
  else while (i < to && bytes[i] === 32) i++;
  if (i === from || i >= to || !isDigit(bytes[i])) return false;
  let hour = (bytes[i++] as number) - 48;
  if (i < to && isDigit(bytes[i])) hour = hour * 10 + (bytes[i++] as number) - 48;
  const minute = twoDigits(bytes, i, to);
  if (hour > 23 || minute < 0) return false;
  i += 3;
  parts.hour = hour;
  parts.minute = minute;
  parts.zone = noZone;
  if (i === to) return true;
  if (bytes[i] === 58) {
    const seconds = twoDigits(bytes, i, to);
    if (seconds < 0) return false;
    i += 3;
    parts.seconds = seconds;
    if (bytes[i] === 46) {
      const fraction = ++i;
      for (; i < to && isDigit(bytes[i]); i++) if (bytes[i] !== 48) parts.cut = true;
      if (i === fraction) return false;
    }
  }
  return i === to || readZone(bytes, readHalf(bytes, i, to, parts), to, parts);
}

/** Reads AM or PM behind an hour of twelve; answers where it ends, or a place beyond `to` where it cannot be. */
function readHalf(bytes: Uint8Array, from: number, to: number, parts: DateParts): number {
  let i = from;
  while (i < to && bytes[i] === 32) i++;
  const letter = (bytes[i] as number) | 32;
  if (i + 2 > to || (letter !== 97 && letter !== 112) || ((bytes[i + 1] as number) | 32) !== 109) return from;
  if (parts.hour < 1 || parts.hour > 12) return to + 1;
  parts.hour = (parts.hour % 12) + (letter === 112 ? 12 : 0);
  return i + 2;
}

/** Reads nothing, `Z`, `+HH`, `+HHMM` or `+HH:MM` up to the end. */
function readZone(bytes: Uint8Array, from: number, to: number, parts: DateParts): boolean {
  let i = from;
  if (i === to) return true;
  while (i < to && bytes[i] === 32) i++;
  if (i + 1 === to && ((bytes[i] as number) | 32) === 122) {
    parts.zone = utcZone;
    return true;
  }
  if (i >= to || (bytes[i] !== 43 && bytes[i] !== 45)) return false;
  let digits = 0;
  for (i++; i < to; i++) {
    if (isDigit(bytes[i])) digits++;
    else if (bytes[i] !== 58 || digits !== 2) return false;
  }
  parts.zone = offsetZone;
  return (digits === 2 || digits === 4) && bytes[to - 1] !== 58;
}

/** The number 0 to 59 in `:NN` at `from`, or -1. */
function twoDigits(bytes: Uint8Array, from: number, to: number): number {
  if (from + 3 > to || bytes[from] !== 58 || !isDigit(bytes[from + 1]) || !isDigit(bytes[from + 2])) return -1;
  const number = (bytes[from + 1] as number) * 10 + (bytes[from + 2] as number) - 528;
  return number < 60 ? number : -1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  return day <= 28 || day <= daysIn(year, month);
}
