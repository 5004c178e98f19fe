// Dates as spreadsheets keep them: days since the end of 1899, or since the start of 1904, with the time as a fraction.
import { type DateParts, noTime, noZone } from "./readDate.ts";

const daySeconds = 86_400;
/** Days from 1899-12-30 to 1970-01-01, and from 1904-01-01. */
const from1900 = 25_569;
const from1904 = 24_107;
/** Day 60 of the 1900 system is 29 February 1900, which never was; the days before it are counted from a day later. */
const leapBug = 60;

/** Fills `parts`, the time rounded to the second; false where it is no day of the years 1900 to 2199. */
export function readSerialDate(serial: number, is1904: boolean, parts: DateParts): boolean {
  if (!(serial >= (is1904 ? 0 : 1)) || serial > 200_000) return false;
  const seconds = Math.round(serial * daySeconds);
  const day = Math.floor(seconds / daySeconds);
  const rest = seconds - day * daySeconds;
  if (!is1904 && day === leapBug) return false;
  const date = new Date((is1904 ? day - from1904 : day - from1900 + (day < leapBug ? 1 : 0)) * daySeconds * 1000);
  parts.year = date.getUTCFullYear();
  parts.first = date.getUTCMonth() + 1;
  parts.second = date.getUTCDate();
  parts.hour = Math.floor(rest / 3600);
  parts.minute = Math.floor(rest / 60) % 60;
  parts.seconds = rest % 60;
  parts.zone = rest === 0 ? noTime : noZone;
  parts.cut = false;
  return parts.year >= 1900 && parts.year <= 2199;
}
