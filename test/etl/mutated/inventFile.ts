// A retail file of a seed, as any shop may write it: one of the layouts or a mapped one, in some dialect, encoding and form of dates and
// numbers. Nothing is wrong with it yet.
import type { DateOrder } from "../../../etl/layouts/fileForms.ts";
import type { Layout, LayoutField } from "../../../etl/layouts/layout.ts";
import { onlineRetail } from "../../../etl/layouts/onlineRetail.ts";
import { onlineRetailII } from "../../../etl/layouts/onlineRetailII.ts";
import { orders } from "../../../etl/layouts/orders.ts";
import { parseMapping } from "../../../etl/layouts/readMapping.ts";
import type { Draw } from "./createDraw.ts";

/** Line totals instead of prices, customers by name, one country, marks of its own. */
export const shopMapping = JSON.stringify({
  name: "shop",
  columns: {
    invoice: "Bon",
    orderedAt: "Wann",
    customerName: "Wer",
    product: "Was",
    category: "Art",
    quantity: "Menge",
    lineTotal: "Summe",
  },
  constants: { country: "Österreich" },
  marks: { returnPrefixes: ["R-"] },
});

export type TextEncoding = "utf8" | "latin1" | "utf16le" | "utf16be";

export type InventedFile = Readonly<{
  layout: Layout;
  /** Whether it must be named, since no header tells. */
  isMapped: boolean;
  /** The header first; as they are written, with quotes. */
  rows: string[][];
  delimiter: string;
  lineEnd: string;
  encoding: TextEncoding;
  hasMark: boolean;
  isPacked: boolean;
  /** What the operator says of it. */
  asked: Readonly<{ dateOrder?: DateOrder; encoding?: "UTF8" | "WIN1252"; decimalComma?: boolean }>;
}>;

const two = (value: number) => String(value).padStart(2, "0");
const dateForms: readonly ((year: number, month: number, day: number) => string)[] = [
  (year, month, day) => `${month}/${day}/${year}`,
  (year, month, day) => `${day}.${month}.${year}`,
  (year, month, day) => `${two(day)}-${two(month)}-${year}`,
  (year, month, day) => `${year}-${two(month)}-${two(day)}`,
  (year, month, day) => `${year}/${month}/${day}`,
  (year, month, day) => `${year}${two(month)}${two(day)}`,
];
const timeForms: readonly ((draw: Draw) => string)[] = [
  () => "",
  (draw) => ` ${draw.below(24)}:${two(draw.below(60))}`,
  (draw) => `T${two(draw.below(24))}:${two(draw.below(60))}:${two(draw.below(60))}`,
  (draw) => ` ${1 + draw.below(12)}:${two(draw.below(60))} ${draw.of(["AM", "PM", "pm"])}`,
  (draw) => `  ${draw.below(24)}:${two(draw.below(60))}:00.${draw.of(["0", "000", "125"])}Z`,
  (draw) => ` ${draw.below(24)}:${two(draw.below(60))} +01:00`,
];

const texts = [
  "LANTERN",
  "7 INCH PLATE",
  "CAFÉ MUG",
  "SET OF 3, RED",
  'TEA "FOR TWO"',
  "TWO\nLINES",
  "TWO\r\nLINES",
  " EDGES ",
  "\u00a0NO BREAK\u00a0",
  "£5 GIFT",
  "",
  "=1+1",
  "a;b|c\td",
  "ß",
];

function numberText(draw: Draw, comma: boolean, grouped: boolean): string {
  const value = draw.of([
    "0",
    "1",
    "2.5",
    "0.125",
    "1234.56",
    "12",
    "3.99",
    "-4.25",
    "10.00",
    "999999.999",
    ".5",
    "5.",
  ]);
  const [whole = "", fraction] = value.split(".");
  const marked = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, comma ? "." : ",") : whole;
  return fraction === undefined ? marked : `${marked}${comma ? "," : "."}${fraction}`;
}

export function inventFile(draw: Draw): InventedFile {
  const isMapped = draw.chance(0.2);
  const layout = isMapped
    ? parseMapping("shop.json", shopMapping)
    : draw.of([onlineRetail, onlineRetail, onlineRetailII, orders]);
  const comma = draw.chance(0.25);
  const delimiter = comma ? draw.of([";", "\t", "|"]) : draw.of([",", ",", ",", ";", "\t", "|"]);
  const grouped = draw.chance(0.15);
  const encoding = draw.of<TextEncoding>(["utf8", "utf8", "latin1", "latin1", "utf16le", "utf16be"]);
  const dateForm = draw.of(dateForms);
  const timeForm = draw.of(timeForms);
  const quoting = draw.of(["needed", "all", "some"]);
  const known = [...new Set(Object.values(layout.columns)), ...(draw.chance(0.3) ? ["Extra"] : [])];
  const names = draw.chance(0.5) ? draw.shuffled(known) : known;
  const spell = draw.of([
    (name: string) => name,
    (name: string) => name.toUpperCase(),
    (name: string) => name.replace(/\B(?=[A-Z])/g, "_"),
  ]);

  function quote(text: string): string {
    const isNeeded = /["\n\r]/.test(text) || text.includes(delimiter);
    const isQuoted = isNeeded || quoting === "all" || (quoting === "some" && draw.chance(0.3));
    return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
  }
  const count = 1 + draw.below(draw.chance(0.1) ? 400 : 40);
  const invoices = Math.max(1, draw.below(count));
  const rows = [names.map(spell).map(quote)];
  for (let k = 0; k < count; k++) {
    const invoice = draw.below(invoices);
    const values: Record<LayoutField, () => string> = {
      invoice: () => `${draw.of(["", "", "", "C", "A", "R-"])}${536_000 + invoice}`,
      orderedAt: () => dateForm(2010 + draw.below(3), 1 + draw.below(12), 1 + draw.below(28)) + timeForm(draw),
      customer: () => draw.of(["", "17850", "17850.0", "12583", " 13047 ", "ÅSA"]),
      customerName: () => draw.of(["", "Åsa Öberg", "ÅSA  ÖBERG ", "Ann", "ann", "Bob\u00a0Ray", "O'Neil"]),
      country: () => draw.of(["France", "Österreich", "", "United Kingdom", " Spain"]),
      product: () => draw.of(["85123A", "POST", "M", "gift_0001", "B", "71053", "CAFÉ MUG"]),
      description: () => draw.of(texts),
      category: () => draw.of(["", "Home", "Café", "A, B"]),
      quantity: () => draw.of(["1", "6", "-2", "0", "12", "+3", "6.0", "1000"]).replace(".", comma ? "," : "."),
      unitPrice: () => numberText(draw, comma, grouped),
      lineTotal: () => numberText(draw, comma, grouped),
    };
    const fieldOf = (name: string) =>
      (Object.keys(layout.columns) as LayoutField[]).find((field) => layout.columns[field] === name);
    rows.push(
      names.map((name) => {
        const field = fieldOf(name);
        return quote(field === undefined ? draw.of(texts) : values[field]());
      }),
    );
  }
  const order = /^\d{8}|^\d{4}[-/]/.test(dateForm(2010, 1, 2)) ? "ymd" : dateForm === dateForms[0] ? "mdy" : "dmy";
  return {
    layout,
    isMapped,
    rows,
    delimiter,
    lineEnd: draw.of(["\n", "\r\n"]),
    encoding,
    hasMark: encoding.startsWith("utf16") ? draw.chance(0.7) : encoding === "utf8" && draw.chance(0.3),
    isPacked: draw.chance(0.15),
    asked: {
      ...(draw.chance(0.4) ? { dateOrder: draw.chance(0.9) ? order : draw.of(["mdy", "dmy", "ymd"]) } : {}),
      ...(draw.chance(0.1) ? { encoding: draw.of(["UTF8", "WIN1252"]) } : {}),
      ...(draw.chance(0.4) ? { decimalComma: draw.chance(0.9) ? comma : !comma } : {}),
    },
  };
}
