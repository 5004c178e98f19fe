// A metrics question answered in memory, in the plainest way: keep the scope's lines, filter them, group them, compute. Slow and
// obvious on purpose; the warehouse's answers are held against it.
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { Value } from "../../src/query/answer.ts";
import type { Having, Member, MetricsRequest, ValueCondition, Where } from "../../src/query/request.ts";
import { type ShopLine, shopAsOf } from "./shopLines.ts";

export type Row = Record<string, Value>;

/** What a group's measures are computed from. */
type Group = Readonly<{
  lines: readonly ShopLine[];
  /** Gross revenue of everything that was asked. */
  asked: bigint;
  /** Whether a line's customer first ordered in the period that the group and the filter stand for. */
  isNew(line: ShopLine): boolean;
}>;

/** An exact fraction, so that what is shown can be rounded from it, or a value that is shown as it is. */
type Figure = { of: bigint; by: bigint; shown: "decimal" | "money ratio" | "fraction" } | Value;

const sum = (lines: readonly ShopLine[], value: (line: ShopLine) => bigint = (line) => line.amount) =>
  lines.reduce((total, line) => total + value(line), 0n);
const sales = (lines: readonly ShopLine[]) => lines.filter((line) => line.kind === "SALE");
const returns = (lines: readonly ShopLine[]) => lines.filter((line) => line.kind === "RETURN");
const invoices = (lines: readonly ShopLine[]) => new Set(sales(lines).map((line) => line.invoice)).size;
const buyers = (lines: readonly ShopLine[]) => new Set(sales(lines).flatMap((line) => line.customer ?? []));
const decimal = (amount: bigint): Figure => ({ of: amount, by: 1000n, shown: "decimal" });
const latest = (lines: readonly ShopLine[]) =>
  sales(lines).reduce((last, line) => (line.at > last ? line.at : last), "");
const dayNumber = (day: string) =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000;
const daysTo = (at: string) => (at === "" ? null : dayNumber(shopAsOf) - dayNumber(at));
const trailing = (lines: readonly ShopLine[]) => lines.filter((line) => (daysTo(line.at) ?? 0) <= 365);
const linesOf = (lines: readonly ShopLine[], customer: string) => lines.filter((line) => line.customer === customer);
const customersOf = (lines: readonly ShopLine[]) => [...new Set(lines.flatMap((line) => line.customer ?? []))];
const repeaters = (lines: readonly ShopLine[]) => customersOf(lines).filter((id) => invoices(linesOf(lines, id)) >= 2);

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
const compareText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const figures: Readonly<Record<MeasureName, (group: Group) => Figure>> = {
  grossRevenue: ({ lines }) => decimal(sum(sales(lines))),
  returnsValue: ({ lines }) => decimal(-sum(returns(lines))),
  productReturnsValue: ({ lines }) => decimal(-sum(returns(lines).filter((line) => line.lineType === "PRODUCT"))),
  netRevenue: ({ lines }) => decimal(sum(sales(lines)) + sum(returns(lines))),
  returnRate: ({ lines }) => ({ of: -sum(returns(lines)), by: sum(sales(lines)), shown: "fraction" }),
  orders: ({ lines }) => invoices(lines),
  units: ({ lines }) => Number(sum(sales(lines), (line) => BigInt(line.quantity))),
  customers: ({ lines }) => buyers(lines).size,
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
  recencyDays: ({ lines }) => daysTo(latest(lines)),
  medianRecencyDays: ({ lines }) =>
    median(customersOf(lines).flatMap((customer) => daysTo(latest(linesOf(lines, customer))) ?? [])),
  latestCountry: ({ lines }) => latestCountry(lines),
  countries: ({ lines }) => [...new Set(lines.map((line) => line.country))].sort(compareText),
  trailingGrossRevenue: ({ lines }) => decimal(sum(sales(trailing(lines)))),
  trailingReturnsValue: ({ lines }) => decimal(-sum(returns(trailing(lines)))),
  trailingNetRevenue: ({ lines }) => decimal(sum(sales(trailing(lines))) + sum(returns(trailing(lines)))),
};

/** A line's value of each dimension, given the customers' first orders. */
const values: Readonly<Record<DimensionName, (line: ShopLine, first: ReadonlyMap<string, string>) => string | null>> = {
  day: (line) => line.at.slice(0, 10),
  month: (line) => line.at.slice(0, 7),
  country: (line) => line.country,
  segment: (line) => line.segment,
  segmentExecutive: (line) => line.segmentExecutive,
  segmentDetailed: (line) => line.segmentDetailed,
  customer: (line) => line.customer,
  product: (line) => line.product,
  category: () => null,
  lineType: (line) => line.lineType,
  customerType: (line) => (line.customer === null ? "GUEST" : "IDENTIFIED"),
  cohortMonth: (line, first) => (line.customer === null ? null : (first.get(line.customer)?.slice(0, 7) ?? null)),
};

const onePerCustomer: readonly DimensionName[] = [
  "segment",
  "segmentExecutive",
  "segmentDetailed",
  "customerType",
  "cohortMonth",
];

export function keepsLine(scope: Scope, line: ShopLine): boolean {
  const segments: readonly string[] | null = scope.segments;
  return (
    (scope.countries === null || scope.countries.includes(line.country)) &&
    (segments === null || segments.includes(line.segment))
  );
}

function passes(value: string | null, { eq, in: list, gte, lt }: ValueCondition): boolean {
  if (eq === undefined && list === undefined && gte === undefined && lt === undefined) return true;
  return (
    value !== null &&
    (eq === undefined || value === eq) &&
    (list === undefined || list.includes(value)) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt)
  );
}

/** Every row of the answer, in order, whatever page was asked for. */
export function evaluate(request: MetricsRequest, scope: Scope, all: readonly ShopLine[]): Row[] {
  const visible = all.filter((line) => keepsLine(scope, line));
  const first = new Map<string, string>();
  for (const line of sales(visible)) {
    if (line.customer === null) continue;
    const known = first.get(line.customer);
    if (known === undefined || line.at < known) first.set(line.customer, line.at);
  }
  const where: Where = request.where ?? {};
  const kept = visible.filter((line) =>
    Object.entries(where).every(([name, condition]) => passes(values[name as DimensionName](line, first), condition)),
  );

  const groups = new Map<string, ShopLine[]>(request.dimensions.length === 0 ? [["[]", []]] : []);
  for (const line of kept) {
    const key = JSON.stringify(request.dimensions.map((name) => values[name](line, first)));
    const group = groups.get(key);
    if (group) group.push(line);
    else groups.set(key, [line]);
  }

  const isNew = (line: ShopLine) => {
    const at = line.customer === null ? undefined : first.get(line.customer);
    if (at === undefined) return false;
    return (
      passes(at.slice(0, 10), where.day ?? {}) &&
      passes(at.slice(0, 7), where.month ?? {}) &&
      (!request.dimensions.includes("day") || at.slice(0, 10) === line.at.slice(0, 10)) &&
      (!request.dimensions.includes("month") || at.slice(0, 7) === line.at.slice(0, 7))
    );
  };
  const asked = sum(sales(kept));
  const rows = [...groups].map(([key, lines]) => {
    const cuts = JSON.parse(key) as (string | null)[];
    const group: Group = { lines, asked, isNew };
    return { of: (member: Member) => memberOf(member, request.dimensions, cuts, group), lines };
  });

  // Beside the customer, what every customer has one of decides nothing.
  const perCustomer = request.dimensions.includes("customer") ? onePerCustomer : [];
  const ties = request.dimensions.filter((name) => !perCustomer.includes(name));
  const order = [...(request.orderBy ?? []), ...ties.map((member) => ({ member, direction: "ASC" as const }))];
  return rows
    .filter(({ of }) => (request.having ?? []).every((having) => reaches(of(having.measure), having)))
    .sort((a, b) =>
      order.reduce((found, key) => found || compareKeys(a.of(key.member), b.of(key.member), key.direction), 0),
    )
    .map(({ of }) =>
      Object.fromEntries([...request.dimensions, ...request.measures].map((member) => [member, shown(of(member))])),
    );
}

function memberOf(
  member: Member,
  dimensions: readonly DimensionName[],
  cuts: readonly (string | null)[],
  group: Group,
): Figure {
  const at = (dimensions as readonly Member[]).indexOf(member);
  return at < 0 ? figures[member as MeasureName](group) : (cuts[at] ?? null);
}

const isFraction = (figure: Figure): figure is Exclude<Figure, Value> =>
  typeof figure === "object" && figure !== null && "shown" in figure;

function shown(figure: Figure): Value {
  if (!isFraction(figure)) return figure;
  const { of, by } = figure;
  if (by === 0n) return null;
  if (figure.shown === "fraction") return Number(of) / Number(by);
  return figure.shown === "decimal" ? decimalText(of, 3) : decimalText(halfEven(of * 10_000n, by), 4);
}

function halfEven(of: bigint, by: bigint): bigint {
  const down = of / by - (of % by !== 0n && of < 0n !== by < 0n ? 1n : 0n);
  const twice = 2n * (of - down * by);
  const size = by < 0n ? -by : by;
  const over = twice < 0n ? -twice : twice;
  return over > size || (over === size && down % 2n !== 0n) ? down + 1n : down;
}

function decimalText(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const text = digits.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
  return units < 0n ? `-${text}` : text;
}

/** Something to order and compare by; null where there is nothing. */
function sortable(figure: Figure): number | string | null {
  if (isFraction(figure)) return figure.by === 0n ? null : Number(figure.of) / Number(figure.by);
  if (typeof figure === "object" && figure !== null) throw new Error("A list has no order.");
  return figure;
}

function compareKeys(a: Figure, b: Figure, direction: "ASC" | "DESC"): number {
  const [x, y] = [sortable(a), sortable(b)];
  if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
  const found = typeof x === "string" && typeof y === "string" ? compareText(x, y) : Number(x) - Number(y);
  return direction === "ASC" ? found : -found;
}

function reaches(figure: Figure, { eq, gte, lt }: Having): boolean {
  const value = sortable(figure);
  if (eq === undefined && gte === undefined && lt === undefined) return true;
  if (value === null) return false;
  const [left, bound] =
    typeof value === "string" ? [value.slice(0, 10), (text: string) => text] : [value, (text: string) => Number(text)];
  return (
    (eq === undefined || left === bound(eq)) &&
    (gte === undefined || left >= bound(gte)) &&
    (lt === undefined || left < bound(lt))
  );
}
