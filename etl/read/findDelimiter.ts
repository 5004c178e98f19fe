// Which character stands between the fields, by the header and the first rows.
import { isUtf8 } from "node:buffer";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { delimiters } from "../layouts/fileForms.ts";
import type { Layout } from "../layouts/layout.ts";
import { columnLimit, createRowScanner } from "./createRowScanner.ts";
import { decodeText } from "./decodeText.ts";
import { readHeaderNames } from "./readHeaderNames.ts";
import { recognizeLayout } from "./recognizeLayout.ts";

type Candidate = Readonly<{ name: string; byte: number; fields: number; rows: number; whole: number; fits: boolean }>;

/**
 * The one under which the header is that of a layout; else the one that gives the most rows as many fields as the header has, which
 * the error about the header then shows.
 */
export function findDelimiter(path: string, head: Buffer, headIsWhole: boolean, layout: Layout | undefined): number {
  const candidates = Object.entries(delimiters)
    .map(([name, character]) => tryDelimiter(path, head, headIsWhole, layout, name, character.charCodeAt(0)))
    .filter(({ fields }) => fields > 1);
  const [first, second] = candidates.filter(({ fits }) => fits);
  if (first !== undefined && second !== undefined) {
    throw new Consumer360Error(
      "DELIMITER_UNKNOWN",
      `${path}: the header can be read with more than one delimiter, ${first.name} and ${second.name}`,
      { remedy: `Say which: --delimiter ${first.name}|${second.name}` },
    );
  }
  if (first !== undefined) return first.byte;
  const share = ({ rows, whole }: Candidate) => (rows === 0 ? 0 : whole / rows);
  candidates.sort((a, b) => share(b) - share(a) || b.fields - a.fields);
  return candidates[0]?.byte ?? 44;
}

function tryDelimiter(
  path: string,
  head: Buffer,
  headIsWhole: boolean,
  layout: Layout | undefined,
  name: string,
  byte: number,
): Candidate {
  let fields = 0;
  let rows = 0;
  let whole = 0;
  let fits = false;
  const scanner = createRowScanner({
    delimiter: byte,
    onHeader(row) {
      if (row.fault !== null || row.fields > columnLimit) return row.fields;
      fields = row.fields;
      const names = readHeaderNames(row).map((each) => decodeText(each, isUtf8(each) ? "UTF8" : "WIN1252"));
      fits = fields > 1 && isLayout(path, names, layout);
      return row.fields;
    },
    onRow(row) {
      rows++;
      if (row.fault === null) whole++;
    },
  });
  scanner.feed(head);
  if (headIsWhole || fields === 0) scanner.end();
  return { name, byte, fields, rows, whole, fits };
}

function isLayout(path: string, names: readonly string[], layout: Layout | undefined): boolean {
  try {
    recognizeLayout(path, names, layout);
    return true;
  } catch (error) {
    if (error instanceof Consumer360Error) return error.code === "LAYOUT_AMBIGUOUS";
    throw error;
  }
}
