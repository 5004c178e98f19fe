// Values of fields by regular expressions: what a date, a number and an edge are, as the definitions say it. Every letter of a text
// stands for a byte.

export type SlowEncoding = "UTF8" | "WIN1252";

const spaces = {
  UTF8: String.raw`[\t-\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf`,
  WIN1252: String.raw`[\t-\r ]|\xa0`,
};
const edges = {
  UTF8: [new RegExp(`^(?:${spaces.UTF8})+`), new RegExp(`(?:${spaces.UTF8})+$`)],
  WIN1252: [new RegExp(`^(?:${spaces.WIN1252})+`), new RegExp(`(?:${spaces.WIN1252})+$`)],
  EITHER: [new RegExp(`^(?:${spaces.UTF8}|${spaces.WIN1252})+`), new RegExp(`(?:${spaces.UTF8}|${spaces.WIN1252})+$`)],
} as const;

export function trimSlowly(text: string, encoding: keyof typeof edges): string {
  const [start, end] = edges[encoding];
  return text.replace(start, "").replace(end, "");
}

/** Quotes toggle; a doubled one inside quotes is one. */
export function unquoteSlowly(field: string): string {
  return field.replace(/"((?:[^"]|"")*)"/g, (_, inside: string) => inside.replaceAll('""', '"'));
}

export type SlowDate = Readonly<{
  /** In which orders it is a day. */
  mdy: string | null;
  dmy: string | null;
  ymd: string | null;
  zone: "none" | "utc" | "offset" | "no time";
}>;

const time = String.raw`(?:(?:T| +)(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?: *([AaPp])[Mm])?(?: *([Zz]|[-+]\d\d(?::?\d\d)?))?)?`;
const ordinary = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})${time}$`);
const yearFirst = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${time}$`);
const compact = new RegExp(String.raw`^(\d{4})()(\d{2})(\d{2})${time}$`);

/** Null where it is no day of the years 1900 to 2199 in any order. */
export function readDateSlowly(text: string): SlowDate | null {
  const found = ordinary.exec(text) ?? yearFirst.exec(text) ?? compact.exec(text);
  if (found === null) return null;
  const [, one = "", , two = "", three = "", hour, minute = "00", second = "00", half, zone] = found;
  let hours = Number(hour ?? 0);
  if (half !== undefined) {
    if (hours < 1 || hours > 12) return null;
    hours = (hours % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  if (hours > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const at = (year: string, month: string, day: string) =>
    isDay(Number(year), Number(month), Number(day))
      ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")} ${String(hours).padStart(2, "0")}:${minute}:${second}`
      : null;
  const isOrdinary = ordinary.test(text);
  const date = {
    mdy: isOrdinary ? at(three, one, two) : null,
    dmy: isOrdinary ? at(three, two, one) : null,
    ymd: isOrdinary ? null : at(one, two, three),
    zone: hour === undefined ? "no time" : zone === undefined ? "none" : /z/i.test(zone) ? "utc" : "offset",
  } as const;
  return date.mdy === null && date.dmy === null && date.ymd === null ? null : date;
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export const hasShortYear = (text: string) => text.length < 40 && /^\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d)/.test(text);

const groups = (mark: string) => String.raw`\d{1,3}(?:(?:[${mark}]\d{3})+|(?:[${mark}]\d{2})+[${mark}]\d{3})`;
const proofs: readonly (readonly [RegExp, NumberProof])[] = [
  [/^[1-9]\d{0,2}\.\d{3}$/, "eitherPoint"],
  [/^[1-9]\d{0,2},\d{3}$/, "eitherComma"],
  [/^\d*\.\d*$/, "point"],
  [/^\d*,\d*$/, "comma"],
  [new RegExp(`^${groups(",")}\\.\\d*$`), "groupedPoint"],
  [new RegExp(`^${groups(".")},\\d*$`), "groupedComma"],
  [new RegExp(`^${groups(",")}$`), "groupedPoint"],
  [new RegExp(`^${groups(".")}$`), "groupedComma"],
];
export type NumberProof = "point" | "comma" | "eitherPoint" | "eitherComma" | "groupedPoint" | "groupedComma";

/** What a price says of its file's decimal mark. */
export function proofOf(text: string): NumberProof | null {
  const digits = text.replace(/^[-+]/, "");
  return proofs.find(([pattern]) => pattern.test(digits))?.[1] ?? null;
}

export type SlowNumbers = Readonly<{ decimalComma: boolean; grouped: boolean }>;

function ungroup(text: string, { decimalComma, grouped }: SlowNumbers): string {
  if (!grouped) return text;
  const [mark, groupMark] = decimalComma ? [",", "."] : [".", ","];
  const [, sign = "", whole = "", rest = ""] = new RegExp(String.raw`^([-+]?)([^${mark}]*)([\s\S]*)$`).exec(text) ?? [];
  const isGrouped = new RegExp(`^${groups(groupMark)}$`).test(whole);
  return isGrouped ? `${sign}${whole.replaceAll(groupMark, "")}${rest}` : text;
}

/** The whole number, as the warehouse has it, or null. */
export function readQuantitySlowly(
  text: string,
  numbers: SlowNumbers,
): Readonly<{ text: string; value: bigint }> | null {
  const [, whole] =
    (numbers.decimalComma ? /^([-+]?\d+)(?:,0+)?$/ : /^([-+]?\d+)(?:\.0+)?$/).exec(ungroup(text, numbers)) ?? [];
  if (whole === undefined) return null;
  const value = BigInt(whole.replace(/^\+/, ""));
  return value < -(2n ** 31n) || value >= 2n ** 31n ? null : { text: String(value), value };
}

/** A price or line total, as the warehouse has it and in ten-thousand-millionths, or null. */
export function readPriceSlowly(text: string, numbers: SlowNumbers): Readonly<{ text: string; value: bigint }> | null {
  const ungrouped = ungroup(text, numbers);
  const plain = numbers.decimalComma ? ungrouped.replace(",", ".") : ungrouped;
  if (numbers.decimalComma && ungrouped.includes(".")) return null;
  const [, sign, whole = "", fraction = ""] = /^([-+]?)(\d{0,15})(?:\.(\d{0,10}))?$/.exec(plain) ?? [];
  if (sign === undefined || whole + fraction === "") return null;
  const value = BigInt(whole + fraction.padEnd(10, "0"));
  const shown = `${whole.replace(/^0+(?=\d)/, "") || "0"}${fraction === "" ? "" : `.${fraction}`}`;
  return { text: `${sign === "-" && value !== 0n ? "-" : ""}${shown}`, value: sign === "-" ? -value : value };
}
