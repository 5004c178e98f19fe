// Matches a header against the layouts: case, spaces, underscores and the order of the columns do not matter, and columns beyond
// the layout's are kept in mind. What fits more than one, or none, is an error that lists what was found.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { builtInLayouts } from "../layouts/builtInLayouts.ts";
import { correctionColumns, isCorrection } from "../layouts/correctionColumns.ts";
import { type Layout, layoutFields, originFields, type RowField } from "../layouts/layout.ts";

export type RecognizedLayout = Readonly<{
  layout: Layout;
  /** Which column of the file holds a field, from 0; two fields may share one. */
  fields: Readonly<Partial<Record<RowField, number>>>;
  /** The columns that the layout does not know. */
  extra: readonly number[];
}>;

/** Throws LAYOUT_UNKNOWN or LAYOUT_AMBIGUOUS. */
export function recognizeLayout(
  path: string,
  header: readonly string[],
  asked: Layout | undefined = undefined,
): RecognizedLayout {
  const found = header.map(normalizeName);
  const fits = (asked === undefined ? builtInLayouts : [asked]).map((layout) => fitOf(layout, found));
  const whole = fits.filter(({ missing, repeated }) => missing.length + repeated.length === 0);
  const [first, second] = whole;
  if (first === undefined) throw unknownLayout(path, header, fits, asked);
  if (second !== undefined) {
    const names = whole.map(({ layout }) => layout.name);
    throw new Consumer360Error(
      "LAYOUT_AMBIGUOUS",
      `${path}: the header fits more than one layout, ${names.join(" and ")}; found ${listNames(header)}`,
      { remedy: `Say which: --layout ${names.join("|")}` },
    );
  }
  const { layout } = first;
  const fields: Partial<Record<RowField, number>> = {};
  for (const field of layoutFields) {
    const name = layout.columns[field];
    if (name !== undefined) fields[field] = found.indexOf(normalizeName(name));
  }
  const isCorrected = isCorrection(header);
  if (isCorrected) for (const [column, field] of originFields.entries()) fields[field] = column;
  const known = [...namesOf(layout), ...layout.ignored, ...(isCorrected ? correctionColumns : [])].map(normalizeName);
  const extra = [...found.keys()].filter((column) => !known.includes(found[column] as string));
  return Object.freeze({ layout, fields: Object.freeze(fields), extra });
}

/** What is compared of a column's name. */
function normalizeName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s_\ufeff]/g, "");
}

const namesOf = ({ columns }: Layout) => [...new Set(Object.values(columns))];

type Fit = Readonly<{ layout: Layout; missing: readonly string[]; repeated: readonly string[] }>;

function fitOf(layout: Layout, found: readonly string[]): Fit {
  const counted = namesOf(layout).map((name) => {
    const wanted = normalizeName(name);
    return { name, times: found.filter((each) => each === wanted).length };
  });
  const named = (test: (times: number) => boolean) =>
    counted.filter(({ times }) => test(times)).map(({ name }) => name);
  return { layout, missing: named((times) => times === 0), repeated: named((times) => times > 1) };
}

function unknownLayout(
  path: string,
  header: readonly string[],
  fits: readonly Fit[],
  asked: Layout | undefined,
): Consumer360Error {
  const matched = ({ layout, missing }: Fit) => namesOf(layout).length - missing.length;
  const closest = fits.reduce((best, each) => (matched(each) > matched(best) ? each : best));
  const faults = [
    closest.missing.length > 0 ? `missing ${closest.missing.join(", ")}` : "",
    closest.repeated.length > 0 ? `more than once ${closest.repeated.join(", ")}` : "",
  ].filter((fault) => fault !== "");
  const what = asked === undefined ? "a known layout" : `the layout ${asked.name}`;
  return new Consumer360Error(
    "LAYOUT_UNKNOWN",
    `${path}: the first line is not a header of ${what}; found ${listNames(header)}; ${faults.join("; ")}`,
    {
      remedy:
        asked === undefined
          ? `Make the first line name the columns ${namesOf(closest.layout).join(", ")}, or say what the columns mean: --layout mapping.json`
          : `Make the first line name the columns ${namesOf(asked).join(", ")}, or mend the layout`,
    },
  );
}

/** Names for an error's one line: quoted, and the rest counted where there are many. */
function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
