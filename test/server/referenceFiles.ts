// The reference figures of the real file as they lie beside the repository, and exact arithmetic on their money: integers of thousandths,
// none of the project's own.
import { readFileSync } from "node:fs";
import { sharedFile } from "../support/sharedFiles.ts";

export const realData = "data/online-retail.latin1.crlf.csv.gz";

const months = ["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12"] as const;
const columns = Object.freeze({
  kinds: ["kind", "identified", "lines", "invoices", "units", "amount"],
  revenue_by_month: [
    ...["month", "gross_all", "gross_identified", "gross_guest", "returns_all", "net_all", "orders", "customers"],
    "units",
  ],
  revenue_by_country: ["country", "gross_all", "gross_identified", "net_all", "orders", "customers"],
  cohort_retention: ["cohort", "period", "customers"],
  cohort_matrix_retention: ["cohort", "size", ...months],
  rfm_cutpoints: ["recency_cuts", "frequency_cuts", "monetary_cuts"],
  rfm_customers: [
    ...["customer_id", "last_purchase_date", "recency_days", "orders", "monetary", "units", "r", "f", "m"],
    ...["classic", "executive", "detailed"],
  ],
  segments: ["scheme", "segment", "customers", "revenue", "orders"],
  two_country_customers: ["customer_id", "country", "orders", "gross"],
  france_germany_by_month_segment: ["month", "country", "segment", "gross", "orders", "customers"],
} as const);

type FileName = keyof typeof columns;
type Row<Name extends FileName> = Readonly<Record<(typeof columns)[Name][number], string>>;

/** Everything that the tests of the real file need. */
export const realFiles = [realData, ...Object.keys(columns).map((name) => `reference/${name}.csv`)];

export function reference<Name extends FileName>(name: Name): Row<Name>[] {
  const [head = "", ...lines] = readFileSync(sharedFile(`reference/${name}.csv`), "utf8")
    .trim()
    .split(/\r?\n/);
  if (head !== columns[name].join(",")) throw new Error(`${name}.csv has other columns: ${head}`);
  return lines.map((line) => {
    const values = line.split(",");
    return Object.fromEntries(columns[name].map((column, index) => [column, values[index] ?? ""])) as Row<Name>;
  });
}

/** The rates of a row of the cohort matrix, empty where there is none. */
export const ratesOf = (row: Row<"cohort_matrix_retention">) => months.map((month) => row[month]);

/** Money as an integer of thousandths: no figure of these files has more than three decimals, and an empty one is 0. */
export function thousandths(text: string): bigint {
  if (text === "") return 0n;
  const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(text);
  if (!match) throw new Error(`No amount: ${text}`);
  const [, sign, whole = "", fraction = ""] = match;
  return BigInt(`${sign}${whole}${fraction.padEnd(3, "0")}`);
}

export const sumOf = (amounts: readonly string[]) => amounts.reduce((total, amount) => total + thousandths(amount), 0n);
export const countOf = (counts: readonly string[]) => counts.reduce((total, count) => total + Number(count), 0);

/** Thousandths as the graph writes them: no trailing zeros. */
export const decimal = (amount: bigint) => decimalText(amount, 3);
/** Money of a file as the graph writes it. */
export const exact = (text: string) => decimal(thousandths(text));

/** An amount per piece to four places, rounded half-even; null for no pieces. */
export function perPiece(amount: bigint, pieces: number): string | null {
  if (pieces === 0) return null;
  const [units, by] = [amount * 10n, BigInt(pieces)];
  const twice = 2n * (units % by);
  const up = twice > by || (twice === by && (units / by) % 2n === 1n);
  return decimalText(units / by + (up ? 1n : 0n), 4);
}

function decimalText(units: bigint, places: number): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const text = `${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
  return units < 0n ? `-${text}` : text;
}
