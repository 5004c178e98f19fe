// A fixture's lines as plain values: parsed, classified and scored here from the definitions alone, by none of the project's code,
// so that what the warehouse answers can be held against them.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Scope } from "../../src/model/scope.ts";
import { adminScope } from "../support/testWarehouse.ts";

export const shopFile = fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url));
export const shopPage = fileURLToPath(new URL("../fixtures/shop.md", import.meta.url));

type Unscored = Readonly<{
  invoice: string;
  product: string;
  quantity: number;
  /** YYYY-MM-DDTHH:MM:SS */
  at: string;
  /** In thousandths: no price of the fixture has more than three decimals. */
  amount: bigint;
  customer: string | null;
  country: string;
  kind: "SALE" | "RETURN" | "WRITE_OFF" | "ADJUSTMENT";
  lineType: string;
}>;

/** The customer's key in every scheme, by dimension. */
type Segments = Readonly<Record<keyof ReturnType<typeof segmentsOf>, string>>;

export type ShopLine = Unscored & Segments;

/** Scopes that the fixture is looked at with; each has a fingerprint of its own. */
export const shopScopes = Object.freeze({
  everything: adminScope,
  twoCountries: scope("two countries", ["France", "Belgium"], null),
  quotedCountry: scope("quoted country", ['Åland, "Islands"', "Netherlands", "Spain"], null),
  winBack: scope("win back", null, ["AT_RISK", "CHURN_RISK"]),
  oddKeys: scope("odd keys", null, ["GUEST", "UNSCORED", "CHAMPIONS"]),
  both: scope("both", ["United Kingdom", "Germany", "France"], ["LOYAL_CUSTOMERS", "CHURN_RISK", "GUEST"]),
  noCountry: scope("no country", [], null),
  noSegment: scope("no segment", null, []),
} satisfies Record<string, Scope>);

export function scope(name: string, countries: Scope["countries"], segments: Scope["segments"]): Scope {
  return Object.freeze({ ...adminScope, role: name, operator: false, countries, segments, fingerprint: name });
}

export const shopAsOf = "2024-08-21";

/** Fields of CSV text; a quoted field may hold commas and doubled quotes. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );
}

function thousandths(price: string): bigint {
  const [whole = "", fraction = ""] = price.replace("-", "").split(".");
  const size = BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, "0"));
  return price.startsWith("-") ? -size : size;
}

function kindOf(invoice: string, price: bigint, quantity: number): Unscored["kind"] {
  if (invoice.startsWith("A")) return "ADJUSTMENT";
  if (invoice.startsWith("C")) return "RETURN";
  if (price === 0n) return "WRITE_OFF";
  if (price < 0n) return "ADJUSTMENT";
  return quantity < 0 ? "RETURN" : "SALE";
}

const typeOfProduct: Readonly<Record<string, string>> = {
  POST: "POSTAGE",
  DOT: "POSTAGE",
  C2: "POSTAGE",
  M: "MANUAL",
  m: "MANUAL",
  D: "DISCOUNT",
  S: "SAMPLE",
  "BANK CHARGES": "FEE",
  AMAZONFEE: "FEE",
  CRUK: "FEE",
  PADS: "OTHER",
  B: "OTHER",
};

function unscoredLine(text: string): Unscored {
  const [invoice, product, , count, date, priceText, customer, country] = fieldsOf(text) as [string, ...string[]];
  const [month, day, year, hour, minute] = (date ?? "").split(/[/ :]/).map((part) => part.padStart(2, "0"));
  const price = thousandths(priceText ?? "");
  const quantity = Number(count);
  return {
    invoice,
    product: product ?? "",
    quantity,
    at: `${year}-${month}-${day}T${hour}:${minute}:00`,
    amount: BigInt(quantity) * price,
    customer: customer === "" ? null : (customer ?? null),
    country: country ?? "",
    kind: kindOf(invoice, price, quantity),
    lineType: product?.startsWith("gift_") ? "GIFT_CARD" : (typeOfProduct[product ?? ""] ?? "PRODUCT"),
  };
}

/** Names in the schemes for scores of recency, frequency and monetary value, written out from the tables of the definitions. */
function segmentsOf(r: number, f: number, m: number) {
  const segment =
    r >= 4 && f >= 4 && m >= 4
      ? "CHAMPIONS"
      : r >= 3 && f >= 3
        ? "LOYAL_CUSTOMERS"
        : r >= 4
          ? "POTENTIAL_LOYALISTS"
          : f >= 3
            ? "AT_RISK"
            : "CHURN_RISK";
  const segmentExecutive = r <= 2 ? "CHURN_RISK" : m >= 4 ? "HIGH_VALUE" : "POTENTIAL";
  const segmentDetailed = {
    5: ["NEW_CUSTOMERS", "POTENTIAL_LOYALISTS", "POTENTIAL_LOYALISTS", "CHAMPIONS", "CHAMPIONS"],
    4: ["PROMISING", "POTENTIAL_LOYALISTS", "POTENTIAL_LOYALISTS", "LOYAL_CUSTOMERS", "LOYAL_CUSTOMERS"],
    3: ["ABOUT_TO_SLEEP", "ABOUT_TO_SLEEP", "NEED_ATTENTION", "LOYAL_CUSTOMERS", "LOYAL_CUSTOMERS"],
    2: ["HIBERNATING", "HIBERNATING", "AT_RISK", "AT_RISK", "CANT_LOSE_THEM"],
    1: ["HIBERNATING", "HIBERNATING", "AT_RISK", "AT_RISK", "CANT_LOSE_THEM"],
  }[r]?.[f - 1];
  return { segment, segmentExecutive, segmentDetailed: segmentDetailed ?? "" };
}

/** The dimensions that hold a segment, one for each scheme. */
export const segmentNames = Object.freeze(Object.keys(segmentsOf(1, 1, 1)) as (keyof Segments)[]);

/** Whoever has no scores has the same key in every scheme. */
const sameInAll = (key: string) => Object.fromEntries(segmentNames.map((name) => [name, key])) as Segments;
const guest = sameInAll("GUEST");
const withoutSale = sameInAll("UNSCORED");

/** The keys of a scheme that customers of some CLASSIC ones can have; all of them where nothing is hidden. */
export function keysBeside(classicKeys: readonly string[] | null, name: keyof Segments): string[] {
  const scores = [1, 2, 3, 4, 5];
  const cells = scores.flatMap((r) => scores.flatMap((f) => scores.map((m): Segments => segmentsOf(r, f, m))));
  const shown = [...cells, guest, withoutSale].filter(
    ({ segment }) => classicKeys === null || classicKeys.includes(segment),
  );
  return [...new Set(shown.map((segments) => segments[name]))];
}

const compare = <T extends string | number | bigint>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);

/** A scorer against the values' own cut-points at .2, .4, .6 and .8. */
function scorer<T extends string | number | bigint>(values: readonly T[]): (value: T) => number {
  const sorted = [...values].sort(compare);
  const cuts = [2, 4, 6, 8].map((tenths) => sorted[Math.ceil((tenths * sorted.length) / 10) - 1] as T);
  return (value) => 1 + cuts.filter((cut) => cut < value).length;
}

function segmentsByCustomer(lines: readonly Unscored[]): Map<string, Segments> {
  const customers = new Map<string, { last: string; invoices: Set<string>; spent: bigint }>();
  for (const line of lines) {
    if (line.customer === null || line.kind !== "SALE") continue;
    const known = customers.get(line.customer) ?? { last: "", invoices: new Set(), spent: 0n };
    const day = line.at.slice(0, 10);
    known.invoices.add(line.invoice);
    customers.set(line.customer, {
      last: day > known.last ? day : known.last,
      invoices: known.invoices,
      spent: known.spent + line.amount,
    });
  }
  const all = [...customers.values()];
  const recency = scorer(all.map((customer) => customer.last));
  const frequency = scorer(all.map((customer) => customer.invoices.size));
  const monetary = scorer(all.map((customer) => customer.spent));
  return new Map(
    [...customers].map(([id, { last, invoices, spent }]) => [
      id,
      segmentsOf(recency(last), frequency(invoices.size), monetary(spent)),
    ]),
  );
}

/** Every line of the fixture. */
export const readShopLines = () => readLines(readFileSync(shopFile, "utf8"));

/** The lines of a file of this layout. */
export function readLines(text: string): ShopLine[] {
  const lines = text.trimEnd().split("\n").slice(1).map(unscoredLine);
  const segments = segmentsByCustomer(lines);
  return lines.map((line) => ({
    ...line,
    ...(line.customer === null ? guest : (segments.get(line.customer) ?? withoutSale)),
  }));
}
