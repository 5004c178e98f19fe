// A judge of text files that is simple, slow and keeps everything in memory, written from the definitions: which files are refused with
// what, which rows of the others are accepted as what and rejected with which code, and what the accepted ones amount to. Mutated files
// are held against it.

import type { Reject } from "../../../etl/judge/rejectCodes.ts";
import type { DateOrder } from "../../../etl/layouts/fileForms.ts";
import { type Layout, type LayoutField, layoutFields } from "../../../etl/layouts/layout.ts";
import { onlineRetail } from "../../../etl/layouts/onlineRetail.ts";
import { onlineRetailII } from "../../../etl/layouts/onlineRetailII.ts";
import { orders } from "../../../etl/layouts/orders.ts";
import { encodingOf, fromUtf16, holdsBadBytes, isUtf8Text, showText, unpackSlowly, utf16Of } from "./decodeSlowly.ts";
import {
  hasShortYear,
  type NumberProof,
  proofOf,
  readDateSlowly,
  readPriceSlowly,
  readQuantitySlowly,
  type SlowDate,
  type SlowEncoding,
  type SlowNumbers,
  trimSlowly,
  unquoteSlowly,
} from "./readSlowly.ts";
import { type SlowRow, scanSlowly } from "./scanSlowly.ts";

export type SlowReading = Readonly<{
  layout?: Layout | undefined;
  dateOrder?: DateOrder | undefined;
  encoding?: SlowEncoding | undefined;
  decimalComma?: boolean | undefined;
}>;

/** An accepted row: by column, the value that the warehouse gets, as bytes; an empty one is none. */
export type SlowLine = Readonly<
  Record<LayoutField | "line" | "lineNo" | "customerKey" | "guest" | "amount" | "kind" | "lineType", string>
>;

export type SlowVerdict =
  /** One of these codes. */
  | Readonly<{ refused: readonly string[] }>
  | Readonly<{ encoding: SlowEncoding; lines: readonly SlowLine[]; rejects: readonly Reject[]; amount: bigint }>;

const delimiters = [",", ";", "\t", "|"];
const refuse = (...refused: string[]): SlowVerdict => ({ refused });

export function judgeSlowly(bytes: Buffer, reading: SlowReading): SlowVerdict {
  if (bytes.length === 0) return refuse("FILE_EMPTY");
  const data = unpackSlowly(bytes);
  // What is seen of it before the damage may be refused first.
  if (data === null)
    return refuse("FILE_DAMAGED", "FILE_NOT_TEXT", "LINE_ENDS_UNKNOWN", "LAYOUT_UNKNOWN", "FILE_EMPTY");
  const utf16 = reading.encoding === undefined ? utf16Of(data) : null;
  const text = utf16 === null ? data.toString("latin1") : fromUtf16(data, utf16 === "be");
  const unfit = refuseUnfit(text.slice(0, 64 * 1024));
  if (unfit !== null) return refuse(unfit);

  const layouts = reading.layout === undefined ? [onlineRetail, onlineRetailII, orders] : [reading.layout];
  const fitting = delimiters.filter((delimiter) => layoutsOf(text, delimiter, layouts).length > 0);
  if (fitting.length > 1) return refuse("DELIMITER_UNKNOWN");
  const [delimiter] = fitting;
  if (delimiter === undefined) return refuse(text.trim() === "" ? "FILE_EMPTY" : "LAYOUT_UNKNOWN");
  const found = layoutsOf(text, delimiter, layouts);
  if (found.length > 1) return refuse("LAYOUT_AMBIGUOUS");
  const layout = found[0] as Layout;

  const [header, ...rows] = scanSlowly(text, delimiter);
  if (rows.length === 0) return refuse("FILE_HAS_NO_ROWS");
  const { encoding, isClean } = encodingOf(text, utf16 === null ? reading.encoding : "UTF8");
  const names = (header as SlowRow).fields.map(headerName);
  const columns = fieldColumns(names, layout);
  const forms = decideForms(rows, columns, reading);
  if ("refused" in forms) return forms;
  const file = { layout, encoding, isClean, names, columns, ...forms };
  return judgeRowsSlowly(rows, file);
}

type SlowFile = Readonly<{
  layout: Layout;
  encoding: SlowEncoding;
  /** Whether no byte is bad. */
  isClean: boolean;
  names: readonly string[];
  columns: Columns;
}> &
  Forms;

const magics =
  "\x89PNG \xff\xd8\xff GIF8 %PDF PK\x03\x04 \xd0\xcf\x11\xe0 \x1f\x8b BZh \xfd7zXZ \x28\xb5\x2f\xfd 7z\xbc\xaf PAR1".split(
    " ",
  );
const foreign = [...magics, "SQLite f", "\xff\xfe", "\xfe\xff", "\0\0\xfe\xff"];

function refuseUnfit(head: string): string | null {
  if (foreign.some((magic) => head.startsWith(magic))) return "FILE_NOT_TEXT";
  const controls = [...head].filter((byte) => byte < "\t" || (byte > "\r" && byte < " ") || byte === "\x7f").length;
  if (controls > head.length * 0.03) return "FILE_NOT_TEXT";
  return !head.includes("\n") && head.split("\r").length > 2 ? "LINE_ENDS_UNKNOWN" : null;
}

const headerName = (field: string, at: number) => unquoteSlowly(at === 0 ? field.replace(/^\xef\xbb\xbf/, "") : field);

function compared(name: string): string {
  const shown = showText(name, isUtf8Text(name) ? "UTF8" : "WIN1252");
  return plainName(shown);
}
const plainName = (name: string) =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s_\ufeff]/g, "");

/** The layouts of which the first row is the header, read with a delimiter. */
function layoutsOf(text: string, delimiter: string, layouts: readonly Layout[]): Layout[] {
  const [header] = scanSlowly(text.slice(0, endOfHeader(text)), delimiter);
  if (header === undefined || header.fault !== null || header.fields.length < 2) return [];
  const names = header.fields.map(headerName).map(compared);
  return layouts.filter(({ columns }) =>
    Object.values(columns).every((column) => names.filter((name) => name === plainName(column)).length === 1),
  );
}

/** Enough of the text to hold the header: quotes that run on beyond make none anyway. */
function endOfHeader(text: string): number {
  return text.length < 2_000_000 ? text.length : 2_000_000;
}

type Columns = Readonly<Partial<Record<LayoutField, number>>>;

function fieldColumns(names: readonly string[], layout: Layout): Columns {
  const known = names.map(compared);
  return Object.fromEntries(
    layoutFields.flatMap((field) => {
      const column = layout.columns[field];
      return column === undefined ? [] : [[field, known.indexOf(plainName(column))]];
    }),
  );
}

type Forms = Readonly<{ dateOrder: DateOrder; zone: SlowDate["zone"]; numbers: SlowNumbers }>;

/** How dates and numbers are written, by the whole column. */
function decideForms(
  rows: readonly SlowRow[],
  columns: Columns,
  { dateOrder: askedOrder, decimalComma: askedComma }: SlowReading,
): Forms | Readonly<{ refused: readonly string[] }> {
  const believed = rows.filter(({ fault }) => fault === null);
  const value = (row: SlowRow, column: number | undefined) =>
    trimSlowly(unquoteSlowly(row.fields[column ?? 0] as string), "EITHER");
  const texts = believed.map((row) => value(row, columns.orderedAt));
  const dates = texts.flatMap((text) => readDateSlowly(text) ?? []);
  const shortYears = rows
    .slice(0, 10_000)
    .filter((row) => row.fault === null)
    .map((row) => value(row, columns.orderedAt))
    .filter((text) => readDateSlowly(text) === null && hasShortYear(text)).length;
  if (shortYears > 0 && shortYears >= dates.length) return { refused: ["DATE_YEAR_UNKNOWN"] };

  const dateOrder = askedOrder ?? decideOrder(dates);
  if (dateOrder === null) return { refused: ["DATE_ORDER_UNKNOWN"] };
  const timed = dates.map(({ zone }) => zone).filter((zone) => zone !== "no time");
  const zone = (["none", "utc", "offset"] as const).find(
    (each) => timed.filter((other) => other === each).length >= timed.length * 0.99,
  );
  if (zone === undefined) return { refused: ["DATE_ZONE_MIXED"] };

  const counts: Record<NumberProof, number> = {
    point: 0,
    comma: 0,
    eitherPoint: 0,
    eitherComma: 0,
    groupedPoint: 0,
    groupedComma: 0,
  };
  for (const row of believed) {
    const proof = proofOf(value(row, columns.lineTotal ?? columns.unitPrice));
    if (proof !== null) counts[proof] += 1;
  }
  const point = counts.point + counts.groupedPoint;
  const comma = counts.comma + counts.groupedComma;
  const isUndecided = counts.eitherPoint + counts.eitherComma > 0;
  const decided =
    point + comma === 0
      ? isUndecided
        ? null
        : false
      : point >= (point + comma) * 0.99
        ? false
        : comma >= (point + comma) * 0.99
          ? true
          : null;
  const decimalComma = askedComma ?? decided;
  if (decimalComma === null) return { refused: ["NUMBER_FORMAT_UNKNOWN"] };
  const contrary = decimalComma ? point : comma;
  const shown = decimalComma ? counts.groupedComma : counts.groupedPoint;
  const possible = decimalComma ? counts.eitherPoint : counts.eitherComma;
  const grouped = contrary === 0 && (shown > 0 || (askedComma !== undefined && possible > 0));
  return { dateOrder, zone, numbers: { decimalComma, grouped } };
}

function decideOrder(dates: readonly SlowDate[]): DateOrder | null {
  const monthFirst = dates.filter(({ mdy, dmy }) => mdy !== null && dmy === null).length;
  const dayFirst = dates.filter(({ mdy, dmy }) => mdy === null && dmy !== null).length;
  const either = dates.filter(({ mdy, dmy }) => mdy !== null && dmy !== null).length;
  const iso = dates.filter(({ ymd }) => ymd !== null).length;
  const proofs = monthFirst + dayFirst;
  if (proofs === 0) return iso > 0 && iso >= (iso + either) * 0.99 ? "ymd" : null;
  return monthFirst >= proofs * 0.99 ? "mdy" : dayFirst >= proofs * 0.99 ? "dmy" : null;
}

function judgeRowsSlowly(rows: readonly SlowRow[], file: SlowFile): SlowVerdict {
  const lines: SlowLine[] = [];
  const rejects: Reject[] = [];
  const numbers = new Map<string, number>();
  let amount = 0n;
  for (const row of rows) {
    const judged = judgeRowSlowly(row, file);
    if ("code" in judged) {
      const { code, column } = judged;
      const name = column === null ? null : (file.names[column] as string);
      const raw = showText(row.raw, file.encoding);
      const isCut = row.length > row.raw.length;
      rejects.push({
        line: row.line,
        column: name === null ? null : showText(name, file.encoding),
        code,
        raw: isCut ? `${raw}… [cut: the line is ${row.length} bytes long]` : raw,
      });
      continue;
    }
    const { values } = judged;
    const key = JSON.stringify([values.invoice, values.customer, values.country]);
    const lineNo = (numbers.get(key) ?? 0) + 1;
    numbers.set(key, lineNo);
    amount += judged.amount;
    lines.push({
      ...values,
      line: String(row.line),
      lineNo: String(lineNo),
      customerKey: values.customer === "" ? values.invoice : values.customer,
      guest: values.customer === "" ? "t" : "f",
    });
  }
  return { encoding: file.encoding, lines, rejects, amount };
}

const constantIn = (text: string, encoding: SlowEncoding) =>
  Buffer.from(text, encoding === "UTF8" ? "utf8" : "latin1").toString("latin1");

type Refusal = Pick<Reject, "code"> & Readonly<{ column: number | null }>;
const short: readonly LayoutField[] = ["invoice", "product", "customer", "customerName", "country", "category"];

function judgeRowSlowly(
  row: SlowRow,
  { layout, encoding, isClean, columns, dateOrder, zone, numbers }: SlowFile,
): Refusal | Readonly<{ values: Omit<SlowLine, "line" | "lineNo" | "customerKey" | "guest">; amount: bigint }> {
  if (row.fault !== null) return { code: row.fault, column: null };
  if (row.hasLoneReturn || (!isClean && holdsBadBytes(row.raw, encoding))) return { code: "BAD_BYTES", column: null };
  const values = Object.fromEntries(
    layoutFields.map((field) => [field, constantIn(layout.constants[field] ?? "", encoding)]),
  ) as Record<LayoutField, string>;
  let quantity = BigInt(layout.constants.quantity ?? 0);
  let price = 0n;
  const present = layoutFields.filter((field) => columns[field] !== undefined);
  for (const field of present.toSorted((a, b) => (columns[a] as number) - (columns[b] as number))) {
    const column = columns[field] as number;
    const text = trimSlowly(unquoteSlowly(row.fields[column] as string), encoding);
    values[field] = text;
    if (field === "invoice" && text === "") return { code: "NO_INVOICE", column };
    if (field === "product" && text === "") return { code: "NO_PRODUCT", column };
    if (short.includes(field) && text.length > 255) return { code: "FIELD_TOO_LONG", column };
    if (field === "quantity") {
      const read = readQuantitySlowly(text, numbers);
      if (read === null) return { code: "BAD_QUANTITY", column };
      values.quantity = read.text;
      quantity = read.value;
    }
    if (field === "unitPrice" || field === "lineTotal") {
      const read = readPriceSlowly(text, numbers);
      if (read === null) return { code: "BAD_PRICE", column };
      values[field] = read.text;
      price = read.value;
    }
    if (field === "orderedAt") {
      const date = readDateSlowly(text);
      const read = date?.ymd ?? (dateOrder === "ymd" ? null : date?.[dateOrder]) ?? null;
      if (date === null || read === null || (date.zone !== "no time" && date.zone !== zone))
        return { code: "BAD_DATE", column };
      values.orderedAt = read;
    }
    if (field === "country" && text === "") values.country = "Unknown";
    if (field === "customer" && layout.wholeCustomerIds) values.customer = text.replace(/^(\d+)[.,]0+$/, "$1");
  }
  if (columns.lineTotal !== undefined && quantity === 0n && price !== 0n)
    return { code: "TOTAL_WITHOUT_QUANTITY", column: columns.lineTotal };
  if (columns.customer === undefined && columns.customerName !== undefined)
    values.customer = idOfName(showText(values.customerName, encoding));
  const isTotal = columns.lineTotal !== undefined;
  const amount = isTotal ? price : quantity * price;
  const places = (isTotal ? values.lineTotal : values.unitPrice).split(".")[1]?.length ?? 0;
  const priceSign = isTotal ? signOf(price) * signOf(quantity) : signOf(price);
  return {
    values: {
      ...values,
      unitPrice: isTotal ? priceOf(price, quantity) : values.unitPrice,
      amount: withPlaces(amount, places),
      kind: kindOf(layout.marks, values.invoice, quantity, priceSign),
      lineType: typeOf(layout.marks, values.product),
    },
    amount,
  };
}

const signOf = (value: bigint) => (value > 0n ? 1 : value < 0n ? -1 : 0);

/** `value` in ten-thousand-millionths. */
function withPlaces(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(11, "0");
  const fraction = digits.slice(-10).slice(0, places);
  return `${value < 0n ? "-" : ""}${digits.slice(0, -10)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** A total by a quantity, rounded half away from zero, without zeros at the end. */
function priceOf(total: bigint, quantity: bigint): string {
  if (quantity === 0n) return "0";
  const sign = signOf(total) * signOf(quantity) < 0 ? -1n : 1n;
  const [over, under] = [total < 0n ? -total : total, quantity < 0n ? -quantity : quantity];
  const rest = over % under;
  const rounded = over / under + (rest * 2n >= under ? 1n : 0n);
  return withPlaces(sign * rounded, 10).replace(/\.?0+$/, "");
}

/** SEMANTICS: adjustment by its mark, return by its mark, nothing paid, a negative price, a negative quantity, else a sale. */
function kindOf(marks: Layout["marks"], invoice: string, quantity: bigint, priceSign: number): string {
  const isMarked = (prefixes: readonly string[]) => prefixes.some((prefix) => invoice.startsWith(prefix));
  if (isMarked(marks.adjustmentPrefixes)) return "ADJUSTMENT";
  if (isMarked(marks.returnPrefixes)) return "RETURN";
  if (priceSign === 0) return "WRITE_OFF";
  if (priceSign < 0) return "ADJUSTMENT";
  return quantity < 0n ? "RETURN" : "SALE";
}

function typeOf(marks: Layout["marks"], product: string): string {
  const found = marks.lineTypes.find(({ codes, prefix }) =>
    codes === undefined ? prefix !== undefined && product.startsWith(prefix) : codes.includes(product),
  );
  return found?.type ?? "PRODUCT";
}

/** As the judge is told to make ids in these tests: of a name that is written in one way. */
function idOfName(name: string): string {
  const plain = name
    .normalize("NFKC")
    .split(/[\s\x85\ufeff]+/)
    .join(" ");
  const folded = plain.toUpperCase().toLowerCase().normalize("NFKC").trim();
  return folded === "" ? "" : `N-${Buffer.from(folded).toString("hex")}`;
}
