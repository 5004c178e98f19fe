// Small random files, what of them a scope keeps, judged here from the definitions alone, and changes to nothing but the rest.
import fc from "fast-check";
import type { Scope } from "../../src/model/scope.ts";

export type ShopRow = Readonly<{
  invoice: string;
  product: string;
  quantity: number;
  /** YYYY-MM-DD */
  day: string;
  /** H:MM */
  time: string;
  /** At most three decimals. */
  price: string;
  /** Null: a guest. */
  customer: string | null;
  country: string;
}>;

export const countries = ["France", "Germany", "Belgium", 'Korea, "South"', "X,Germany", "Côte d'Ivoire"] as const;
/** One is called as an invoice is: guests are told apart by their invoices. */
export const customers = ["M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "710"] as const;
/** In no file before it is changed. */
export const newcomers = ["N1", "N2", "N3"] as const;
export const products = ["A", "B", "C", "POST", "M", "gift_10"] as const;
/** In no file before it is changed. */
export const newProduct = "Z9";
const firstDay = "2010-12-13";
const lastDay = "2012-02-03";
export const days = [
  ...[firstDay, "2010-12-31", "2011-01-01", "2011-01-31", "2011-02-28", "2011-03-01", "2011-05-29", "2011-08-15"],
  ...["2011-10-02", "2011-10-03", "2011-12-13", "2011-12-31", "2012-01-01", "2012-01-02", "2012-02-01", lastDay],
] as const;
const prices = ["2.5", "10", "0.125", "1.99", "7.333", "24", "10", "0"] as const;

/** Countries of each customer, as places in the list. */
const homes = [[0, 1], [0, 1, 2], [1, 3], [0], [0], [1], [2, 0], [3, 4], [4, 5], [5]] as const;

const pick = <T>(list: readonly T[], nth: number): T => list[nth % list.length] as T;

function rowsOver(buyers: readonly string[], goods: readonly string[]): fc.Arbitrary<ShopRow> {
  return fc
    .record({
      buyer: fc.nat(buyers.length * 6 - 1),
      guest: fc.nat(6),
      home: fc.nat(5),
      abroad: fc.nat(9),
      invoice: fc.nat(59),
      sharesInvoice: fc.nat(2),
      mark: fc.nat(12),
      product: fc.constantFrom(...goods),
      quantity: fc.integer({ min: 1, max: 6 }),
      day: fc.constantFrom(...days),
      minute: fc.nat(1439),
      price: fc.constantFrom(...prices),
    })
    .map((drawn) => {
      const nth = drawn.buyer % buyers.length;
      const number = 700 + (drawn.sharesInvoice === 0 ? drawn.invoice : (nth * 6 + (drawn.invoice % 3)) % 60);
      // One customer only sends things back, and is not scored.
      const mark = drawn.mark < 2 || buyers[nth] === "M9" ? "C" : drawn.mark === 2 ? "A" : "";
      return {
        invoice: `${mark}${number}`,
        product: drawn.product,
        quantity: mark === "C" ? -drawn.quantity : drawn.quantity,
        day: drawn.day,
        time: `${Math.floor(drawn.minute / 60)}:${String(drawn.minute % 60).padStart(2, "0")}`,
        price: mark === "A" ? "-5" : drawn.price,
        customer: drawn.guest === 0 ? null : (buyers[nth] as string),
        country: pick(countries, drawn.abroad === 0 ? drawn.home : pick(homes[nth] ?? [0, 1, 2, 3, 4, 5], drawn.home)),
      };
    });
}

/** The first two rows hold the first and the last day, which no change takes away. */
export const shops: fc.Arbitrary<readonly ShopRow[]> = fc
  .tuple(
    rowsOver(customers, products),
    fc.noBias(fc.array(rowsOver(customers, products), { minLength: 60, maxLength: 150 })),
  )
  .map(([anchor, rows]) => [{ ...anchor, day: firstDay }, { ...anchor, day: lastDay }, ...rows]);
const anchors = 2;

const fields = ["invoice", "product", "quantity", "day", "time", "price", "customer", "country"] as const;

/** A step of a change: which row it is about, and what becomes of it. */
export type Step = Readonly<{ does: "drop" | "change" | "add"; at: number; fresh: ShopRow; taken: readonly string[] }>;
export const changes: fc.Arbitrary<readonly Step[]> = fc.noBias(
  fc.array(
    fc.record({
      does: fc.constantFrom("drop" as const, "change" as const, "add" as const, "add" as const),
      at: fc.nat(100_000),
      fresh: rowsOver([...customers, ...newcomers], [...products, newProduct]),
      // Often the country alone is another: a hidden line of a customer or of an invoice that is seen.
      taken: fc.oneof(fc.constant(["country"]), fc.constant(["customer"]), fc.subarray([...fields], { minLength: 1 })),
    }),
    { minLength: 60, maxLength: 120 },
  ),
);

const isSale = (row: ShopRow) => !/^[AC]/.test(row.invoice) && Number(row.price) > 0 && row.quantity > 0;

const thousandths = (row: ShopRow) => BigInt(row.quantity) * BigInt(Math.round(Number(row.price) * 1000));

type Figures = Readonly<{ last: string; invoices: ReadonlySet<string>; spent: bigint }>;
type Cuts = Readonly<{ recency: readonly string[]; frequency: readonly number[]; monetary: readonly bigint[] }>;
/** Who was scored at a time, as what, and what others would be scored by. */
export type Scoring = Readonly<{ segmentOf: ReadonlyMap<string, string>; cuts: Cuts }>;

function figuresOf(rows: readonly ShopRow[]): Map<string, Figures | null> {
  const found = new Map<string, Figures | null>();
  for (const row of rows) {
    if (row.customer === null) continue;
    const known = found.get(row.customer) ?? null;
    if (!isSale(row)) {
      found.set(row.customer, known);
      continue;
    }
    found.set(row.customer, {
      last: known && known.last > row.day ? known.last : row.day,
      invoices: new Set([...(known?.invoices ?? []), row.invoice]),
      spent: (known?.spent ?? 0n) + thousandths(row),
    });
  }
  return found;
}

function cutsOf<T extends string | number | bigint>(values: readonly T[]): readonly T[] {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted.length === 0
    ? []
    : [2, 4, 6, 8].map((tenths) => sorted[Math.ceil((tenths * sorted.length) / 10) - 1] as T);
}

function classicKey(figures: Figures | null, { recency, frequency, monetary }: Cuts): string {
  if (!figures || recency.length === 0) return "UNSCORED";
  const above = <T>(cuts: readonly T[], value: T) => 1 + cuts.filter((cut) => cut < value).length;
  const r = above(recency, figures.last);
  const f = above(frequency, figures.invoices.size);
  const m = above(monetary, figures.spent);
  if (r >= 4 && f >= 4 && m >= 4) return "CHAMPIONS";
  if (r >= 3 && f >= 3) return "LOYAL_CUSTOMERS";
  if (r >= 4) return "POTENTIAL_LOYALISTS";
  return f >= 3 ? "AT_RISK" : "CHURN_RISK";
}

/** CLASSIC keys of a file's customers; where `frozen` is given, of those it does not know yet by its cut-points. */
export function scoringOf(rows: readonly ShopRow[], frozen?: Scoring): Scoring {
  const figures = figuresOf(rows);
  const scored = [...figures.values()].filter((each) => each !== null);
  const cuts = frozen?.cuts ?? {
    recency: cutsOf(scored.map(({ last }) => last)),
    frequency: cutsOf(scored.map(({ invoices }) => invoices.size)),
    monetary: cutsOf(scored.map(({ spent }) => spent)),
  };
  const segmentOf = new Map(
    [...figures].map(([id, each]) => [id, frozen?.segmentOf.get(id) ?? classicKey(each, cuts)] as const),
  );
  return { segmentOf, cuts };
}

export function keeps(scope: Scope, row: ShopRow, { segmentOf }: Scoring): boolean {
  const key = row.customer === null ? "GUEST" : segmentOf.get(row.customer);
  const segments: readonly (string | undefined)[] | null = scope.segments;
  return (
    (scope.countries === null || scope.countries.includes(row.country)) && (segments === null || segments.includes(key))
  );
}

/** The file with rows outside of the scope added, changed and taken away; what the scope keeps stays, and stays in its order. */
export function changeHidden(rows: readonly ShopRow[], steps: readonly Step[], scope: Scope): readonly ShopRow[] {
  const frozen = scoringOf(rows);
  const isNew = (row: ShopRow) => row.customer !== null && !frozen.segmentOf.has(row.customer);
  const inCountry = (row: ShopRow) => scope.countries === null || scope.countries.includes(row.country);
  const isHidden = (row: ShopRow) =>
    isNew(row) ? !inCountry(row) || scope.segments !== null : !keeps(scope, row, frozen);
  const changed = [...rows];
  for (const { does, at, fresh, taken } of steps) {
    const place = anchors + (at % Math.max(1, changed.length - anchors));
    const there = changed[place];
    if (!there) continue;
    const next = { ...there, ...Object.fromEntries(taken.map((field) => [field, fresh[field as keyof ShopRow]])) };
    if (does === "add" && isHidden(next)) changed.splice(place + (at % 2), 0, next);
    if (does !== "add" && isHidden(there)) {
      if (does === "drop") changed.splice(place, 1);
      else if (isHidden(next)) changed[place] = next;
    }
  }
  // Whether a new customer is seen is known only when all their lines are there.
  const scoring = scoringOf(changed, frozen);
  return changed.filter((row) => !isNew(row) || !keeps(scope, row, scoring));
}

/** Other names for all customers and invoices, other minutes within the hour, and the rows in the opposite order. */
export function renameAll(rows: readonly ShopRow[]): readonly ShopRow[] {
  const known = [...customers, ...newcomers];
  const swapped = rows.map((row) => ({
    ...row,
    invoice: row.invoice.replace(/\d+/, (digits) => String(1500 - Number(digits))),
    customer: row.customer === null ? null : `R${90 - known.indexOf(row.customer as (typeof known)[number])}`,
    time: row.time.replace(/\d\d$/, (minute) => String(59 - Number(minute)).padStart(2, "0")),
  }));
  return swapped.toReversed();
}

export type FileOptions = Readonly<{
  /** Rows that cannot be loaded, among the others. */
  rejects?: number;
  /** A column that nothing is known of. */
  extraColumn?: boolean;
  describe?: (row: ShopRow) => string;
}>;

export function fileOf(rows: readonly ShopRow[], options: FileOptions = {}): string {
  const { rejects = 0, extraColumn = false, describe = ({ product }) => `${product}s` } = options;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const more = (text: string) => (extraColumn ? `,${text}` : "");
  const lines = rows.map((row) => {
    const [year, month, date] = row.day.split("-").map(Number);
    const { invoice, product, quantity, price, customer } = row;
    const at = `${month}/${date}/${year} ${row.time}`;
    const cells = [invoice, product, quoted(describe(row)), quantity, at, price, customer ?? "", quoted(row.country)];
    return `${cells.join(",")}${more("seen")}`;
  });
  for (let nth = 0; nth < rejects; nth++)
    lines.splice((nth * 7 + 3) % lines.length, 0, `70${nth},A,As,many,1/2/2011 9:00,1,M1,France${more("seen")}`);
  const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
  return `${header}${more("Note")}\n${lines.join("\n")}\n`;
}
