// The options that say how to read a file: the same for `load` and for `start --load`.
import { Option } from "commander";
import type { LoadOptions } from "../etl/loadFile.ts";
import { type AskedEncoding, askedEncodings } from "../etl/read/inspectFile.ts";

export type FileFlags = Readonly<{
  dateOrder?: "mdy" | "dmy" | "ymd";
  encoding?: AskedEncoding;
  again?: boolean;
}>;

export function fileOptions(): Option[] {
  return [
    new Option("--date-order <order>", "how the file writes dates; found by evidence where not given").choices([
      "mdy",
      "dmy",
      "ymd",
    ]),
    new Option("--encoding <name>", "how the file writes letters; found by evidence where not given").choices([
      ...askedEncodings,
    ]),
  ];
}

/** In the loader's words. The printable letters of ISO-8859-1 are the same in Windows-1252, which files so named often hold. */
export function fileLoadOptions({
  dateOrder,
  encoding,
  again,
}: FileFlags): Pick<LoadOptions, "dateOrder" | "encoding" | "again"> {
  return { dateOrder, encoding, again };
}
