// The options that say how to read a file, the same for `load` and for `start --load`, and what they mean to the reader.
import { InvalidArgumentError, Option } from "commander";
import { builtInLayouts } from "../etl/layouts/builtInLayouts.ts";
import type { AskedEncoding, DateOrder } from "../etl/layouts/fileForms.ts";
import { askedEncodings, dateOrders, delimiterOf, delimiters } from "../etl/layouts/fileForms.ts";
import type { Layout } from "../etl/layouts/layout.ts";
import { readMapping } from "../etl/layouts/readMapping.ts";
import type { ReadingOptions } from "../etl/read/inspectFile.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";

export type ReadingFlags = Readonly<{
  layout?: string;
  dateOrder?: DateOrder;
  encoding?: AskedEncoding;
  delimiter?: string;
  decimalComma?: boolean;
  sheet?: string;
}>;

const layoutNames = builtInLayouts.map(({ name }) => name);

/** All but the layout are found by evidence where they are not given, and the layout by the header. */
export function readingOptions(): Option[] {
  return [
    new Option("--layout <name|file>", `what the columns mean: ${layoutNames.join(", ")}, or a mapping file (.json)`),
    new Option("--date-order <order>", "how the file writes dates; found by evidence where not given").choices(
      dateOrders,
    ),
    new Option("--encoding <name>", "how the file writes letters; found by evidence where not given").choices(
      askedEncodings,
    ),
    new Option(
      "--delimiter <character>",
      `what stands between fields: ${Object.keys(delimiters).join(", ")}, or the character; found where not given`,
    ).argParser(parseDelimiter),
    new Option("--decimal-comma", "prices have a decimal comma; found by evidence where not given"),
    new Option("--no-decimal-comma", "prices have a decimal point").default(undefined),
    new Option("--sheet <name>", "the sheet of a workbook (default: the first that is not hidden)"),
  ];
}

/** Reads the mapping file, where the layout is one. */
export async function readingOptionsOf({ layout, ...flags }: ReadingFlags): Promise<ReadingOptions> {
  const { dateOrder, encoding, delimiter, decimalComma, sheet } = flags;
  return {
    layout: layout === undefined ? undefined : await findLayout(layout),
    dateOrder,
    encoding,
    delimiter,
    decimalComma,
    sheet,
  };
}

/** A layout by its name, or by the path of a mapping file. */
export async function findLayout(name: string): Promise<Layout> {
  const builtIn = builtInLayouts.find((layout) => layout.name === name.toLowerCase());
  if (builtIn !== undefined) return builtIn;
  if (/\.json$/i.test(name) || /[/\\]/.test(name)) return readMapping(name);
  throw new Consumer360Error("LAYOUT_UNKNOWN", `there is no layout ${JSON.stringify(name)}`, {
    remedy: `Say one of ${layoutNames.join(", ")}, or name a mapping file that ends with .json`,
  });
}

function parseDelimiter(text: string): string {
  const character = delimiterOf(text === "\\t" ? "\t" : text);
  if (character === undefined) throw new InvalidArgumentError(`Say one of ${Object.keys(delimiters).join(", ")}.`);
  return character;
}
