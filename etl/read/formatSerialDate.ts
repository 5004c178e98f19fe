// A spreadsheet's day as ISO text.
import { newDateParts } from "./readDate.ts";
import { readSerialDate } from "./readSerialDate.ts";

const two = (value: number) => String(value).padStart(2, "0");

/** `2010-12-01 08:26:00`, without the time where it is midnight; null where the number is no day. */
export function formatSerialDate(serial: number, is1904: boolean): string | null {
  const parts = newDateParts();
  if (!readSerialDate(serial, is1904, parts)) return null;
  const day = `${parts.year}-${two(parts.first)}-${two(parts.second)}`;
  const time = `${two(parts.hour)}:${two(parts.minute)}:${two(parts.seconds)}`;
  return time === "00:00:00" ? day : `${day} ${time}`;
}
