// How a file is read, as plain data: what goes into the record of a load, and into what makes two loads the same.
import { createHash } from "node:crypto";
import { builtInLayouts } from "../layouts/builtInLayouts.ts";
import { type DateOrder, delimiters } from "../layouts/fileForms.ts";
import type { Layout } from "../layouts/layout.ts";
import type { FileEncoding } from "./createEncodingEvidence.ts";
import type { NumberFormat } from "./decideNumberFormat.ts";
import type { TextSource } from "./textSource.ts";

export type Reading = Readonly<{
  source: TextSource;
  layout: Layout;
  encoding: FileEncoding;
  delimiter: number;
  dateOrder: DateOrder;
  numbers: NumberFormat;
}>;

/** Equal for two readings that give the same rows of the same bytes. */
export function describeReading(reading: Reading): Readonly<Record<string, string>> {
  const { source, layout, dateOrder, numbers } = reading;
  return Object.freeze({
    layout: layout.name,
    ...(builtInLayouts.includes(layout) ? {} : { mapping: digestOf(layout) }),
    format: source.format,
    ...(source.format === "XLSX" ? { sheet: source.sheet ?? "" } : describeText(reading)),
    dateOrder,
    decimals: `${numbers.decimalComma ? "comma" : "point"}${numbers.grouped ? ", grouped" : ""}`,
  });
}

function describeText({ source, encoding, delimiter }: Reading): Record<string, string> {
  const character = String.fromCharCode(delimiter);
  const name = Object.entries(delimiters).find(([, each]) => each === character)?.[0];
  return {
    encoding: source.utf16 ?? (encoding === "UTF8" ? "utf8" : "windows-1252"),
    delimiter: name ?? character,
  };
}

/** Of what the mapping says, however its file is laid out. */
function digestOf(layout: Layout): string {
  return createHash("sha256").update(JSON.stringify(layout)).digest("hex").slice(0, 16);
}
