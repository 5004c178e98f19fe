// A mapping file says what the columns of any retail file mean. It is read into a layout like those that are built in; whatever is
// wrong with it is told at once, each fault with its place and what would be right.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { lineTypes } from "../../src/model/lineKinds.ts";
import { builtInLayouts } from "./builtInLayouts.ts";
import { askedEncodings, dateOrders, delimiterOf, delimiters } from "./fileForms.ts";
import { type Layout, type LayoutField, type LayoutMarks, layoutFields, noMarks } from "./layout.ts";

/** What a row cannot do without; a price may be a line total instead. */
const neededFields = ["invoice", "orderedAt", "product", "quantity"] as const;
/** What may hold for every row alike. */
export const constantFields = ["country", "category", "product", "description", "quantity"] as const;
export const mappingKeys = [
  "$schema",
  "name",
  "extends",
  "columns",
  "ignored",
  "constants",
  "wholeCustomerIds",
  "marks",
  "reading",
] as const;
const longestConstant = 255;
const largestMapping = 1024 * 1024;

type Fault = Readonly<{ path: string; message: string }>;
type Report = (path: string, message: string) => void;
type Json = Readonly<Record<string, unknown>>;

export async function readMapping(path: string): Promise<Layout> {
  return parseMapping(path, await readText(path));
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length <= largestMapping) return bytes.toString("utf8");
    throw invalid(path, [{ path: "", message: `is ${bytes.length} bytes long, which no mapping is` }]);
  } catch (cause) {
    if (cause instanceof Consumer360Error) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new Consumer360Error("FILE_NOT_FOUND", `${path} does not exist`, {
        remedy: "Name a mapping file, or a layout that is built in: consumer360 layout list",
        cause,
      });
    }
    throw new Consumer360Error("FILE_UNREADABLE", `${path} cannot be read (${code ?? String(cause)})`, {
      remedy: "Name a mapping file that this user may read",
      cause,
    });
  }
}

/** Throws LAYOUT_INVALID with all faults. */
export function parseMapping(path: string, text: string): Layout {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw invalid(path, [{ path: "", message: `is no JSON: ${(cause as Error).message.replace(/\s+/g, " ")}` }]);
  }
  const faults: Fault[] = [];
  const layout = readLayout(path, json, (at, message) => faults.push({ path: at, message }));
  if (faults.length > 0) throw invalid(path, faults);
  return layout;
}

function readLayout(path: string, json: unknown, report: Report): Layout {
  const mapping = asObject(json, "", report, mappingKeys);
  const base = readBase(mapping.extends, report);
  const own = readColumns(mapping.columns, base !== null, report);
  const ownConstants = readConstants(mapping.constants ?? {}, report);
  for (const field of layoutFields) {
    if (own[field] !== undefined && ownConstants[field] !== undefined) {
      report(`constants.${field}`, "is a column too: leave it out here or under columns");
    }
  }
  const columns = { ...without(base?.columns ?? {}, replacedBy(own, ownConstants)), ...own };
  const constants = { ...without(base?.constants ?? {}, Object.keys(own)), ...ownConstants };
  const has = (field: LayoutField) => columns[field] !== undefined || constants[field] !== undefined;
  if (mapping.columns !== undefined || base !== null) {
    for (const field of neededFields) {
      if (!has(field)) report(`columns.${field}`, "is missing: name the column that holds it");
    }
    if (columns.unitPrice === undefined && columns.lineTotal === undefined) {
      report("columns", "names neither unitPrice nor lineTotal: name the column that holds one of them");
    }
  }
  if (columns.unitPrice !== undefined && columns.lineTotal !== undefined) {
    report("columns.lineTotal", "stands beside unitPrice: name one of them; what is not named is computed");
  }
  return Object.freeze({
    name: asText(mapping.name ?? basename(path).replace(/\.json$/i, ""), "name", report),
    columns,
    ignored: mapping.ignored === undefined ? (base?.ignored ?? []) : asTexts(mapping.ignored, "ignored", report),
    constants: has("country") ? constants : { country: "Unknown", ...constants },
    wholeCustomerIds: asBoolean(
      mapping.wholeCustomerIds ?? base?.wholeCustomerIds ?? false,
      "wholeCustomerIds",
      report,
    ),
    marks: mapping.marks === undefined ? (base?.marks ?? noMarks) : readMarks(mapping.marks, report),
    reading: readReading(mapping.reading ?? {}, report),
  });
}

function readBase(json: unknown, report: Report): Layout | null {
  if (json === undefined) return null;
  const names = builtInLayouts.map(({ name }) => name);
  asOneOf(json, names, "extends", report);
  return builtInLayouts.find(({ name }) => name === json) ?? null;
}

/** A price takes the place of the other kind of price. */
function replacedBy(columns: Layout["columns"], constants: Layout["constants"]): string[] {
  return [
    ...Object.keys(constants),
    ...(columns.lineTotal === undefined ? [] : ["unitPrice"]),
    ...(columns.unitPrice === undefined ? [] : ["lineTotal"]),
  ];
}

const without = <T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

function readColumns(json: unknown, hasBase: boolean, report: Report): Layout["columns"] {
  if (json === undefined) {
    if (hasBase) return {};
    report("columns", 'is missing: say which column holds what, as in { "invoice": "Order No" }');
    return {};
  }
  const columns: Partial<Record<LayoutField, string>> = {};
  for (const [field, name] of Object.entries(asObject(json, "columns", report, layoutFields))) {
    if (isOneOf(field, layoutFields)) columns[field] = asText(name, `columns.${field}`, report);
  }
  return columns;
}

function readConstants(json: unknown, report: Report): Layout["constants"] {
  const constants: Partial<Record<LayoutField, string>> = {};
  for (const [field, value] of Object.entries(asObject(json, "constants", report, constantFields))) {
    if (!isOneOf(field, constantFields)) continue;
    const path = `constants.${field}`;
    if (field === "quantity") {
      if (Number.isInteger(value) && Math.abs(value as number) < 2 ** 31) constants[field] = String(value);
      else report(path, "is not a whole number, such as 1");
      continue;
    }
    const text = asText(value, path, report);
    if (Buffer.byteLength(text) > longestConstant) report(path, `is longer than ${longestConstant} bytes`);
    constants[field] = text;
  }
  return constants;
}

function readMarks(json: unknown, report: Report): LayoutMarks {
  const marks = asObject(json, "marks", report, ["returnPrefixes", "adjustmentPrefixes", "lineTypes"]);
  const lineTypeMarks = asList(marks.lineTypes ?? [], "marks.lineTypes", report).map((each, k) => {
    const path = `marks.lineTypes[${k}]`;
    const entry = asObject(each, path, report, ["type", "codes", "prefix"]);
    if ((entry.codes === undefined) === (entry.prefix === undefined)) {
      report(path, "needs either codes, a list of product codes, or prefix, how they begin");
    }
    return {
      type: asOneOf(entry.type, lineTypes, `${path}.type`, report),
      ...(entry.codes === undefined ? {} : { codes: asTexts(entry.codes, `${path}.codes`, report, 1) }),
      ...(entry.prefix === undefined ? {} : { prefix: asText(entry.prefix, `${path}.prefix`, report) }),
    };
  });
  return Object.freeze({
    adjustmentPrefixes: asTexts(marks.adjustmentPrefixes ?? [], "marks.adjustmentPrefixes", report),
    returnPrefixes: asTexts(marks.returnPrefixes ?? [], "marks.returnPrefixes", report),
    lineTypes: lineTypeMarks,
  });
}

function readReading(json: unknown, report: Report): NonNullable<Layout["reading"]> {
  const reading = asObject(json, "reading", report, ["dateOrder", "encoding", "delimiter", "decimalComma", "sheet"]);
  const { dateOrder, encoding, delimiter, decimalComma, sheet } = reading;
  return {
    ...(dateOrder === undefined ? {} : { dateOrder: asOneOf(dateOrder, dateOrders, "reading.dateOrder", report) }),
    ...(encoding === undefined ? {} : { encoding: asOneOf(encoding, askedEncodings, "reading.encoding", report) }),
    ...(delimiter === undefined ? {} : { delimiter: readDelimiter(delimiter, report) }),
    ...(decimalComma === undefined ? {} : { decimalComma: asBoolean(decimalComma, "reading.decimalComma", report) }),
    ...(sheet === undefined ? {} : { sheet: asText(sheet, "reading.sheet", report) }),
  };
}

function readDelimiter(json: unknown, report: Report): string {
  const character = typeof json === "string" ? delimiterOf(json) : undefined;
  if (character === undefined) report("reading.delimiter", `is none of ${Object.keys(delimiters).join(", ")}`);
  return character ?? ",";
}

function asObject(json: unknown, path: string, report: Report, known: readonly string[]): Json {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    report(path, "is no object: write { … }");
    return {};
  }
  for (const key of Object.keys(json)) {
    if (!known.includes(key)) {
      report(
        path === "" ? key : `${path}.${key}`,
        `is not known here; known are ${known.filter((each) => each !== "$schema").join(", ")}`,
      );
    }
  }
  return json as Json;
}

function asList(json: unknown, path: string, report: Report): readonly unknown[] {
  if (Array.isArray(json)) return json;
  report(path, "is no list: write [ … ]");
  return [];
}

function asTexts(json: unknown, path: string, report: Report, least = 0): string[] {
  const list = asList(json, path, report);
  if (Array.isArray(json) && list.length < least) report(path, "is an empty list: leave it out, or name one");
  return list.map((each, k) => asText(each, `${path}[${k}]`, report));
}

function asText(json: unknown, path: string, report: Report): string {
  if (typeof json === "string" && json.trim() !== "" && !json.includes("\0")) return json.trim();
  report(path, 'is no text: write it in quotes, as in "Price"');
  return "";
}

function asBoolean(json: unknown, path: string, report: Report): boolean {
  if (typeof json !== "boolean") report(path, "is neither true nor false");
  return json === true;
}

function asOneOf<T extends string>(json: unknown, known: readonly T[], path: string, report: Report): T {
  if (isOneOf(json, known)) return json;
  report(path, `is none of ${known.map((each) => JSON.stringify(each)).join(", ")}`);
  return known[0] as T;
}

const isOneOf = <T extends string>(value: unknown, known: readonly T[]): value is T =>
  typeof value === "string" && (known as readonly string[]).includes(value);

function invalid(path: string, faults: readonly Fault[]): Consumer360Error {
  const list = faults.map((fault) => `${fault.path === "" ? "the mapping" : fault.path} ${fault.message}`);
  const message =
    list.length === 1 ? `${path}: ${list[0]}` : `${path} has ${list.length} faults:\n  ${list.join("\n  ")}`;
  return new Consumer360Error("LAYOUT_INVALID", message, {
    remedy: "Mend the mapping; docs/layouts.md has its schema",
  });
}
