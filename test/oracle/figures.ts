// Every measure over the lines of a group, in memory and in the plainest words: what the warehouse's figures are held against.
import type { MeasureName } from "../../src/model/measures.ts";
import { compareText, type Figure } from "./figure.ts";
import { dayNumber } from "./periods.ts";
import type { ShopLine } from "./shopLines.ts";

/** What a group's measures are computed from. */
export type Group = Readonly<{
  lines: readonly ShopLine[];
  /** Gross revenue of everything that was asked. */
  asked: bigint;
  /** Whether a line's customer first ordered in the period that the group and the filter stand for. */
  isNew(line: ShopLine): boolean;
  asOf: string;
}>;

export const sum = (lines: readonly ShopLine[], value: (line: ShopLine) => bigint = (line) => line.amount) =>
  lines.reduce((total, line) => total + value(line), 0n);
export const sales = (lines: readonly ShopLine[]) => lines.filter((line) => line.kind === "SALE");
const returns = (lines: readonly ShopLine[]) => lines.filter((line) => line.kind === "RETURN");
const invoices = (lines: readonly ShopLine[]) => new Set(sales(lines).map((line) => line.invoice)).size;
const buyers = (lines: readonly ShopLine[]) => new Set(sales(lines).flatMap((line) => line.customer ?? []));
const decimal = (amount: bigint): Figure => ({ of: amount, by: 1000n, shown: "decimal" });
const latest = (lines: readonly ShopLine[]) =>
  sales(lines).reduce((last, line) => (line.at > last ? line.at : last), "");
const daysTo = (asOf: string, at: string) => (at === "" ? null : dayNumber(asOf) - dayNumber(at));
const trailing = ({ lines, asOf }: Group) =>
  lines.filter((line) => [daysTo(asOf, line.at) ?? 0].every((days) => days >= 1 && days <= 365));
const linesOf = (lines: readonly ShopLine[], customer: string) => lines.filter((line) => line.customer === customer);
const customersOf = (lines: readonly ShopLine[]) => [...new Set(lines.flatMap((line) => line.customer ?? []))];
const repeaters = (lines: readonly ShopLine[]) => customersOf(lines).filter((id) => invoices(linesOf(lines, id)) >= 2);

/** What the customers who spent most spent together; `most` of how many did. */
function topSum(lines: readonly ShopLine[], most: (buyers: number) => number): bigint {
  const byCustomer = new Map<string, bigint>();
  for (const { customer, amount } of sales(lines))
    if (customer !== null) byCustomer.set(customer, (byCustomer.get(customer) ?? 0n) + amount);
  const spent = [...byCustomer.values()].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  return spent.slice(0, most(spent.length)).reduce((total, each) => total + each, 0n);
}

const fifth = (buyers: number) => Math.ceil(buyers / 5);
const ofKnown = (lines: readonly ShopLine[]) => sum(sales(lines).filter((line) => line.customer !== null));

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function latestCountry(lines: readonly ShopLine[]): string | null {
  const key = (line: ShopLine) => [line.at, line.invoice, line.country];
  const [last] = sales(lines).sort((a, b) => compareLists(key(b), key(a)));
  return last?.country ?? null;
}

const compareLists = (a: readonly string[], b: readonly string[]) =>
  a.reduce((found, part, index) => found || compareText(part, b[index] ?? ""), 0);

export const figures: Readonly<Record<MeasureName, (group: Group) => Figure>> = {
  grossRevenue: ({ lines }) => decimal(sum(sales(lines))),
  returnsValue: ({ lines }) => decimal(-sum(returns(lines))),
  productReturnsValue: ({ lines }) => decimal(-sum(returns(lines).filter((line) => line.lineType === "PRODUCT"))),
  netRevenue: ({ lines }) => decimal(sum(sales(lines)) + sum(returns(lines))),
  returnRate: ({ lines }) => ({ of: -sum(returns(lines)), by: sum(sales(lines)), shown: "fraction" }),
  orders: ({ lines }) => invoices(lines),
  units: ({ lines }) => Number(sum(sales(lines), (line) => BigInt(line.quantity))),
  customers: ({ lines }) => buyers(lines).size,
  customersWithLines: ({ lines }) => customersOf(lines).length,
  averageOrderValue: ({ lines }) => ({
    of: sum(sales(lines)),
    by: BigInt(invoices(lines)) * 1000n,
    shown: "money ratio",
  }),
  identifiedGrossRevenue: ({ lines }) => decimal(sum(sales(lines).filter((line) => line.customer !== null))),
  revenuePerCustomer: ({ lines }) => ({
    of: sum(sales(lines).filter((line) => line.customer !== null)),
    by: BigInt(buyers(lines).size) * 1000n,
    shown: "money ratio",
  }),
  newCustomers: ({ lines, isNew }) => buyers(lines.filter(isNew)).size,
  repeatCustomers: ({ lines }) => repeaters(lines).length,
  repeatRate: ({ lines }) => ({
    of: BigInt(repeaters(lines).length),
    by: BigInt(buyers(lines).size),
    shown: "fraction",
  }),
  revenueShare: ({ lines, asked }) => ({ of: sum(sales(lines)), by: asked, shown: "fraction" }),
  lines: ({ lines }) => lines.length,
  saleLines: ({ lines }) => sales(lines).length,
  firstPurchaseAt: ({ lines }) =>
    sales(lines)
      .map((line) => line.at)
      .sort()[0] ?? null,
  lastPurchaseAt: ({ lines }) => latest(lines) || null,
  recencyDays: ({ lines, asOf }) => daysTo(asOf, latest(lines)),
  medianRecencyDays: ({ lines, asOf }) =>
    median(customersOf(lines).flatMap((customer) => daysTo(asOf, latest(linesOf(lines, customer))) ?? [])),
  topFifthRevenue: ({ lines }) => decimal(topSum(lines, fifth)),
  topFifthShare: ({ lines }) => ({ of: topSum(lines, fifth), by: ofKnown(lines), shown: "fraction" }),
  topTenRevenue: ({ lines }) => decimal(topSum(lines, () => 10)),
  topTenShare: ({ lines }) => ({ of: topSum(lines, () => 10), by: ofKnown(lines), shown: "fraction" }),
  latestCountry: ({ lines }) => latestCountry(lines),
  countries: ({ lines }) => [...new Set(lines.map((line) => line.country))].sort(compareText),
  trailingGrossRevenue: (group) => decimal(sum(sales(trailing(group)))),
  trailingReturnsValue: (group) => decimal(-sum(returns(trailing(group)))),
  trailingNetRevenue: (group) => decimal(sum(sales(trailing(group))) + sum(returns(trailing(group)))),
};
