// Random small files for the tests of cells: invoices over several customers, guests, countries and months, with returns and the rest;
// and what any selection of their lines counts, worked out here from the definitions alone.
import fc from "fast-check";
import type { TestLine } from "./loadTestFile.ts";

export type CellLine = Readonly<{
  invoice: string;
  customer: string;
  country: string;
  /** YYYY-MM-DD HH:MM */
  at: string;
  quantity: number;
  price: number;
  product: string;
}>;

export const countries = ["Austria", "Belgium", "Côte d'Ivoire", "Denmark"] as const;

/** Months on both sides of a year's and of a quarter's end. */
const days = ["2023-11-30", "2023-12-01", "2023-12-31", "2024-01-01", "2024-02-29", "2024-03-31", "2024-04-01"];

/** Customers' ids; one is the number of an invoice, and an empty one is a guest. */
const customers = ["low", "mid", "high", "I1", ""] as const;

const cellLine: fc.Arbitrary<Omit<CellLine, "invoice">> = fc.record({
  customer: fc.constantFrom(...customers),
  country: fc.constantFrom(...countries),
  at: fc.tuple(fc.constantFrom(...days), fc.constantFrom("00:00", "09:30", "23:59")).map((parts) => parts.join(" ")),
  quantity: fc.constantFrom(1, 1, 2, 3, -1, 0),
  price: fc.constantFrom(1, 2.5, 0.125, 0),
  product: fc.constantFrom("MUG", "POST"),
});

/** Lines of a few invoices. Most invoices have one customer and one country, as in life; the others have what may come. */
export function cellLines(most: { invoices: number; lines: number }): fc.Arbitrary<CellLine[]> {
  const lines = fc.tuple(fc.boolean(), fc.array(cellLine, { minLength: 1, maxLength: most.lines, size: "max" }));
  return fc
    .array(fc.tuple(fc.constantFrom("I", "I", "I", "I", "C", "A"), lines), {
      minLength: 1,
      maxLength: most.invoices,
      size: "max",
    })
    .map((invoices) =>
      invoices.flatMap(([mark, [ordinary, rows]], index) =>
        rows.map((line) => {
          const { customer, country } = (ordinary ? rows[0] : line) ?? line;
          return { ...line, customer, country, invoice: `${mark}${index + 1}` };
        }),
      ),
    );
}

export const toTestLines = (lines: readonly CellLine[]): TestLine[] => lines.map((line) => ({ ...line }));

function kindOf({ invoice, price, quantity }: CellLine): "SALE" | "RETURN" | "WRITE_OFF" | "ADJUSTMENT" {
  if (invoice.startsWith("A")) return "ADJUSTMENT";
  if (invoice.startsWith("C")) return "RETURN";
  if (price === 0) return "WRITE_OFF";
  return quantity < 0 ? "RETURN" : "SALE";
}

/** The first day of the period of a grain that a time lies in. */
export function periodOf(grain: string, at: string): string {
  const [year, month] = [at.slice(0, 4), Number(at.slice(5, 7))];
  switch (grain) {
    case "ever":
      return "0001-01-01";
    case "year":
      return `${year}-01-01`;
    case "quarter":
      return `${year}-${String(month - ((month - 1) % 3)).padStart(2, "0")}-01`;
    case "month":
      return `${at.slice(0, 7)}-01`;
    default:
      throw new Error(grain);
  }
}

export type Figures = Readonly<
  Record<
    | "lines"
    | "sale_lines"
    | "units"
    | "gross_revenue"
    | "returns_value"
    | "product_returns_value"
    | "orders"
    | "customers"
    | "new_customers"
    | "repeat_customers",
    number
  > & { first_sale_at: string | null; last_sale_at: string | null }
>;

/** Figures of the lines of a period, among lines that are all kept. Prices are eighths, so that numbers are exact. */
export function figuresOf(kept: readonly CellLine[], grain: string, period: string): Figures {
  const lines = kept.filter((line) => periodOf(grain, line.at) === period);
  const sales = lines.filter((line) => kindOf(line) === "SALE");
  const returns = lines.filter((line) => kindOf(line) === "RETURN");
  const amount = (some: readonly CellLine[]) => some.reduce((sum, line) => sum + line.quantity * line.price, 0);
  const invoices = (some: readonly CellLine[]) => new Set(some.map((line) => line.invoice)).size;
  const ids = [...new Set(sales.map((line) => line.customer))].filter((id) => id !== "");
  const firstOf = (id: string) => timesOf(kept.filter((line) => line.customer === id && kindOf(line) === "SALE"))[0];
  const times = timesOf(sales);
  return {
    lines: lines.length,
    sale_lines: sales.length,
    units: sales.reduce((sum, line) => sum + line.quantity, 0),
    gross_revenue: amount(sales),
    returns_value: -amount(returns) + 0,
    product_returns_value: -amount(returns.filter((line) => line.product === "MUG")) + 0,
    orders: invoices(sales),
    customers: ids.length,
    new_customers: ids.filter((id) => periodOf(grain, firstOf(id) ?? "") === period).length,
    repeat_customers: ids.filter((id) => invoices(sales.filter((line) => line.customer === id)) >= 2).length,
    first_sale_at: times[0] ?? null,
    last_sale_at: times.at(-1) ?? null,
  };
}

const timesOf = (lines: readonly CellLine[]) => lines.map((line) => `${line.at}:00`).sort();

/** Every set of some of these values that is not empty. */
export function setsOf<Value>(values: readonly Value[]): Value[][] {
  const sets: Value[][] = [];
  for (const value of values) sets.push(...sets.map((set) => [...set, value]), [value]);
  return sets;
}
