// Reads a date from bytes, in every order that it can be read in, without making strings: the whole column's evidence
// decides the order later, never a single row.
import { daysIn } from "../../src/kernel/calendar.ts";

/** What a date can be, as bits; 0 is unreadable, `monthFirst | dayFirst` fits both orders. */
export const monthFirst = 1;
export const dayFirst = 2;
export const yearFirst = 4;

/** The numbers of the date that was read last. */
export type DateParts = {
  year: number;
  /** The first of the other two numbers: the month, unless the order is day first. */
  first: number;
  second: number;
  hour: number;
  minute: number;
  seconds: number;
};

export function newDateParts(): DateParts {
  return { year: 0, first: 0, second: 0, hour: 0, minute: 0, seconds: 0 };
}

/**
 * Reads `1/12/2010`, `1-12-2010`, `1.12.2010` or `2010-12-01`, each with or without a time `8:26[:00]`, from trimmed
 * bytes; fills `parts` and answers in which orders it is a real day of the years 1900 to 2199.
 */
export function readDate(bytes: Uint8Array, from: number, to: number, parts: DateParts): number {
  let i = from;
  let a = 0;
  while (i < to && isDigit(bytes[i])) a = a * 10 + (bytes[i++] as number) - 48;
  const aDigits = i - from;
  const separator = bytes[i];
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

/** Reads nothing, or spaces or a `T` and `H:MM[:SS]`, with a fraction of zeros at most. */
function readTime(bytes: Uint8Array, from: number, to: number, parts: DateParts): boolean {
  let i = from;
  parts.hour = 0;
  parts.minute = 0;
  parts.seconds = 0;
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
  if (i === to) return true;
  const seconds = twoDigits(bytes, i, to);
  if (seconds < 0) return false;
  i += 3;
  parts.seconds = seconds;
  if (i === to) return true;
  if (bytes[i] !== 46 || i + 1 === to) return false;
  for (i++; i < to; i++) if (bytes[i] !== 48) return false;
  return true;
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
