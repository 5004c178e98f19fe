// The ways in which a file can be written, by the names under which they are set: on the command line and in mapping files.

export const dateOrders = ["mdy", "dmy", "ymd"] as const;
export type DateOrder = (typeof dateOrders)[number];

export const askedEncodings = ["utf8", "windows-1252", "iso-8859-1", "utf-16le", "utf-16be"] as const;
export type AskedEncoding = (typeof askedEncodings)[number];

/** The characters between fields. */
export const delimiters: Readonly<Record<string, string>> = Object.freeze({
  comma: ",",
  semicolon: ";",
  tab: "\t",
  pipe: "|",
});

/** The character of a name, or the character itself; undefined for anything else. */
export function delimiterOf(name: string): string | undefined {
  return delimiters[name] ?? Object.values(delimiters).find((character) => character === name);
}
