// Every measure, declared once: the graph, the SQL, the stored aggregates and the docs derive from these declarations.
// A measure is an aggregate over lines with a condition, or is made of other measures; it never holds SQL text.
import { FactSale } from "../warehouse/entities/FactSale.ts";
import { type ColumnRef, column } from "./column.ts";
import type { Described, Format } from "./described.ts";

/** A line counts where the column has this value. */
export type LineTest = Readonly<{ column: ColumnRef; is: string | boolean }>;

export type Aggregate = Readonly<
  | { kind: "sum"; column: ColumnRef; where: readonly LineTest[]; negate?: boolean; trailingDays?: number }
  | { kind: "count"; where: readonly LineTest[] }
  | { kind: "countDistinct"; column: ColumnRef; where: readonly LineTest[]; firstOrderInPeriod?: boolean }
  | { kind: "min" | "max"; column: ColumnRef; where: readonly LineTest[] }
  | { kind: "latest"; column: ColumnRef; by: readonly ColumnRef[]; where: readonly LineTest[] }
  | { kind: "set"; column: ColumnRef; where: readonly LineTest[] }
>;

export type Derived = Readonly<
  | { kind: "difference"; of: string; minus: string }
  | { kind: "ratio"; of: string; by: string }
  | { kind: "shareOfTotal"; of: string }
  | { kind: "daysSince"; of: string }
  /** Customers of the row whose own value of a measure reaches a bound. */
  | { kind: "customersWith"; measure: string; gte: number }
  /** Median over the row's customers of their own value of a measure. */
  | { kind: "medianOverCustomers"; of: string }
  /** Sum, over the row's customers with the most of a measure, of their own values: so many, or a share of those who have any, rounded up. */
  | { kind: "sumOverTopCustomers"; of: string; top: Readonly<{ customers: number } | { share: number }> }
>;

export type Measure = Described & Readonly<{ format: Format }> & (Aggregate | Derived);

const sale: LineTest = { column: column(FactSale, "kind"), is: "SALE" };
const returned: LineTest = { column: column(FactSale, "kind"), is: "RETURN" };
const productLine: LineTest = { column: column(FactSale, "lineType"), is: "PRODUCT" };
const identified: LineTest = { column: column(FactSale, "guest"), is: false };

const amount = column(FactSale, "amount");
const invoice = column(FactSale, "invoice");
const customer = column(FactSale, "customerKey");
const orderedAt = column(FactSale, "orderedAt");

export const measures = Object.freeze({
  grossRevenue: {
    label: "Gross revenue",
    description:
      "Amount of all lines sold (quantity × unit price), in the warehouse's currency. Before returns; guests, postage and fees included.",
    format: "currency",
    sensitivity: "commercial",
    kind: "sum",
    column: amount,
    where: [sale],
  },
  returnsValue: {
    label: "Returns",
    description:
      "Amount credited back, in the warehouse's currency, as a positive number, in the period of the credit. Includes credited fees, postage and manual corrections as well as goods; see product returns for goods alone.",
    format: "currency",
    sensitivity: "commercial",
    kind: "sum",
    column: amount,
    where: [returned],
    negate: true,
  },
  productReturnsValue: {
    label: "Product returns",
    description:
      "Amount credited back for goods, in the warehouse's currency, as a positive number: returns of product lines only, without fees, postage and manual corrections.",
    format: "currency",
    sensitivity: "commercial",
    kind: "sum",
    column: amount,
    where: [returned, productLine],
    negate: true,
  },
  netRevenue: {
    label: "Net revenue",
    description:
      "Gross revenue less returns, in the warehouse's currency. Negative where more came back than was sold. Write-offs and adjustments of the books are in neither.",
    format: "currency",
    sensitivity: "commercial",
    kind: "difference",
    of: "grossRevenue",
    minus: "returnsValue",
  },
  returnRate: {
    label: "Return rate",
    description:
      "Returns as a fraction of gross revenue, fees and postage included on both sides; empty where nothing was sold.",
    format: "percent",
    sensitivity: "commercial",
    kind: "ratio",
    of: "returnsValue",
    by: "grossRevenue",
  },
  orders: {
    label: "Orders",
    description:
      "Different invoices with at least one line sold, guests included; credit notes are none. An invoice counts once in each row that has a line of it, so rows cut by product or line type sum to more than the whole.",
    format: "count",
    sensitivity: "commercial",
    kind: "countDistinct",
    column: invoice,
    where: [sale],
  },
  units: {
    label: "Units",
    description:
      "Pieces sold: the quantity of all lines sold, before returns. Postage and fees count with their quantity too; filter by line type for goods alone.",
    format: "count",
    sensitivity: "commercial",
    kind: "sum",
    column: column(FactSale, "quantity"),
    where: [sale],
  },
  customers: {
    label: "Customers",
    description:
      "Different identified customers with at least one line sold; guests are none. A customer counts once in each month, country or product, so such rows sum to more than the whole.",
    format: "count",
    sensitivity: "commercial",
    kind: "countDistinct",
    column: customer,
    where: [sale, identified],
  },
  customersWithLines: {
    label: "Customers with any line",
    description:
      "Different identified customers with at least one line of any kind: also those who only gave back, or whose lines are write-offs or adjustments of the books. Guests are none.",
    format: "count",
    sensitivity: "commercial",
    kind: "customersWith",
    measure: "lines",
    gte: 1,
  },
  averageOrderValue: {
    label: "Average order value",
    description:
      "Gross revenue per order (AOV), in the warehouse's currency; guests included, returns not taken off. Empty where there is no order.",
    format: "currency",
    sensitivity: "commercial",
    kind: "ratio",
    of: "grossRevenue",
    by: "orders",
  },
  identifiedGrossRevenue: {
    label: "Gross revenue of identified customers",
    description: "Gross revenue of the lines that name a customer, in the warehouse's currency; guests are left out.",
    format: "currency",
    sensitivity: "commercial",
    kind: "sum",
    column: amount,
    where: [sale, identified],
  },
  revenuePerCustomer: {
    label: "Revenue per customer",
    description:
      "Gross revenue of identified customers per customer, in the warehouse's currency; guests are in neither. Empty where there is no customer.",
    format: "currency",
    sensitivity: "commercial",
    kind: "ratio",
    of: "identifiedGrossRevenue",
    by: "customers",
  },
  newCustomers: {
    label: "New customers",
    description:
      "Identified customers whose first order ever, among the lines that the viewer may see, falls in the row's period. Under a filter it counts those of them with a line there that passes, so months may sum to less than the whole.",
    format: "count",
    sensitivity: "commercial",
    kind: "countDistinct",
    column: customer,
    where: [sale, identified],
    firstOrderInPeriod: true,
  },
  repeatCustomers: {
    label: "Repeat customers",
    description:
      "Identified customers with two orders or more among the row's lines: in its month, its country or whatever it is cut by.",
    format: "count",
    sensitivity: "commercial",
    kind: "customersWith",
    measure: "orders",
    gte: 2,
  },
  repeatRate: {
    label: "Repeat rate",
    description:
      "Customers with two orders or more among the row's lines, as a fraction of the row's customers; empty where there is no customer.",
    format: "percent",
    sensitivity: "commercial",
    kind: "ratio",
    of: "repeatCustomers",
    by: "customers",
  },
  revenueShare: {
    label: "Share of revenue",
    description:
      "Gross revenue of the row as a fraction of the gross revenue of everything asked, inside the viewer's scope; empty where nothing was sold.",
    format: "percent",
    sensitivity: "commercial",
    kind: "shareOfTotal",
    of: "grossRevenue",
  },
  lines: {
    label: "Lines",
    description:
      "Lines of the transaction files, whatever their kind: sales, returns, write-offs and adjustments of the books.",
    format: "count",
    sensitivity: "commercial",
    kind: "count",
    where: [],
  },
  saleLines: {
    label: "Lines sold",
    description: "Lines of kind SALE, guests included.",
    format: "count",
    sensitivity: "commercial",
    kind: "count",
    where: [sale],
  },
  firstPurchaseAt: {
    label: "First purchase",
    description:
      "Time of the customer's first line sold among those that the row counts, in the store's local time; empty without one.",
    format: "date",
    sensitivity: "personal",
    kind: "min",
    column: orderedAt,
    where: [sale],
  },
  lastPurchaseAt: {
    label: "Last purchase",
    description:
      "Time of the customer's last line sold among those that the row counts, in the store's local time; empty without one.",
    format: "date",
    sensitivity: "personal",
    kind: "max",
    column: orderedAt,
    where: [sale],
  },
  recencyDays: {
    label: "Recency",
    description:
      "Whole days from the customer's last purchase, among the lines that the row counts, to the snapshot's asOf; empty without a purchase.",
    format: "days",
    sensitivity: "personal",
    kind: "daysSince",
    of: "lastPurchaseAt",
  },
  medianRecencyDays: {
    label: "Median recency",
    description:
      "Median over the row's identified customers of the days from their last purchase, among the lines that the row counts, to the snapshot's asOf. Customers without a purchase are left out; empty where nobody is left.",
    format: "days",
    sensitivity: "commercial",
    kind: "medianOverCustomers",
    of: "recencyDays",
  },
  topFifthRevenue: {
    label: "Gross revenue of the top fifth",
    description:
      "Gross revenue of the best fifth of the row's identified customers by it, in the warehouse's currency: of those with a line sold, rounded up to a whole customer.",
    format: "currency",
    sensitivity: "commercial",
    kind: "sumOverTopCustomers",
    of: "grossRevenue",
    top: { share: 0.2 },
  },
  topFifthShare: {
    label: "Share of the top fifth",
    description:
      "Gross revenue of the best fifth of the row's identified customers as a fraction of that of all of them; empty where there is none.",
    format: "percent",
    sensitivity: "commercial",
    kind: "ratio",
    of: "topFifthRevenue",
    by: "identifiedGrossRevenue",
  },
  topTenRevenue: {
    label: "Gross revenue of the top ten",
    description: "Gross revenue of the row's ten best identified customers by it, in the warehouse's currency.",
    format: "currency",
    sensitivity: "commercial",
    kind: "sumOverTopCustomers",
    of: "grossRevenue",
    top: { customers: 10 },
  },
  topTenShare: {
    label: "Share of the top ten",
    description:
      "Gross revenue of the row's ten best identified customers as a fraction of that of all of them; empty where there is none.",
    format: "percent",
    sensitivity: "commercial",
    kind: "ratio",
    of: "topTenRevenue",
    by: "identifiedGrossRevenue",
  },
  latestCountry: {
    label: "Latest country",
    description:
      "Country of the customer's latest line sold among those that the row counts (of the highest invoice, where two share the time); empty without one.",
    format: "text",
    sensitivity: "personal",
    kind: "latest",
    column: column(FactSale, "country"),
    by: [orderedAt, invoice],
    where: [sale],
  },
  countries: {
    label: "Countries",
    description: "Countries of all the customer's lines that the row counts, returns included, in alphabetical order.",
    format: "text",
    sensitivity: "personal",
    kind: "set",
    column: column(FactSale, "country"),
    where: [],
  },
  trailingGrossRevenue: {
    label: "Gross revenue, trailing year",
    description: "Gross revenue of the 365 days before asOf, in the warehouse's currency.",
    format: "currency",
    sensitivity: "personal",
    alsoNeeds: ["commercial"],
    kind: "sum",
    column: amount,
    where: [sale],
    trailingDays: 365,
  },
  trailingReturnsValue: {
    label: "Returns, trailing year",
    description: "Returns of the 365 days before asOf, in the warehouse's currency, as a positive number.",
    format: "currency",
    sensitivity: "personal",
    alsoNeeds: ["commercial"],
    kind: "sum",
    column: amount,
    where: [returned],
    negate: true,
    trailingDays: 365,
  },
  trailingNetRevenue: {
    label: "Net revenue, trailing year",
    description:
      "Net revenue of the 365 days before asOf, in the warehouse's currency: what is at risk when the customer does not come back.",
    format: "currency",
    sensitivity: "personal",
    alsoNeeds: ["commercial"],
    kind: "difference",
    of: "trailingGrossRevenue",
    minus: "trailingReturnsValue",
  },
} as const satisfies Record<string, Measure>);

export type MeasureName = keyof typeof measures;
export const measureNames = Object.freeze(Object.keys(measures)) as readonly MeasureName[];

export function measureOf(name: MeasureName): Measure {
  return measures[name];
}
