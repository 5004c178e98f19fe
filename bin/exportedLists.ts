// The lists of customers that `export` writes: what each is called, and its columns. A column shows a field of the graph, and that field
// alone decides its value and who may see it.
import type { Customer } from "../src/graph/types/Customer.ts";
import type { CustomerOutlook } from "../src/graph/types/CustomerOutlook.ts";
import type { Rfm } from "../src/graph/types/Rfm.ts";
import type { CustomerAttributes, Value } from "../src/query/answer.ts";

export type ListName = "rfm" | "customers" | "churn-risk";

/** What is known of one customer once it is read; what was not asked for is not there. */
export type ExportedCustomer = Readonly<{
  customer: Customer;
  name: string | null;
  attributes: CustomerAttributes | null;
  rfm: Rfm | null;
  outlook: CustomerOutlook | null;
}>;

/** `text` comes from outside, as names do, and so does each of `texts`; `word` is one of ours, as keys and codes are. */
export type Form = "text" | "texts" | "word" | "count" | "number" | "decimal" | "date" | "month";

export type Column = Readonly<{
  name: string;
  form: Form;
  /** `Type.field` of the graph. */
  field: string;
  /** What it is, where no measure says it. */
  about?: string;
  valueOf(row: ExportedCustomer): Value | undefined;
}>;

export type ExportedList = Readonly<{
  description: string;
  /** Without its ending. */
  fileName: string;
  /** Fields of the graph without which there is no such list. */
  needs: readonly string[];
  columns: readonly Column[];
}>;

const segmentColumn = (name: string, scheme: keyof CustomerAttributes["segments"]): Column => ({
  name,
  form: "word",
  field: "Customer.segmentKey",
  about: `Key of the segment in the scheme ${scheme}. Of the whole population.`,
  valueOf: ({ attributes }) => attributes?.segments[scheme],
});

const scoreColumn = (name: string, score: Exclude<keyof Rfm, "code">, about: string): Column => ({
  name,
  form: "count",
  field: `Rfm.${score}`,
  about: `${about}, 1 to 5, 5 is best. Of the whole population.`,
  valueOf: ({ rfm }) => rfm?.[score],
});

const figureColumn = (name: string, form: Form, field: Exclude<keyof Customer, "id">): Column => ({
  name,
  form,
  field: `Customer.${field}`,
  valueOf: ({ customer }) => customer[field],
});

const customerId: Column = {
  name: "customer_id",
  form: "text",
  field: "Customer.id",
  about: "The customer's id as the file gives it.",
  valueOf: ({ customer }) => customer.id,
};
const customerName: Column = {
  name: "name",
  form: "text",
  field: "Customer.name",
  about: "Empty where the file has no names or the role sees none; made up where the role's mask says so.",
  valueOf: ({ name }) => name,
};
const lastPurchaseDate = figureColumn("last_purchase_date", "date", "lastPurchaseDate");
const recencyDays = figureColumn("recency_days", "count", "recencyDays");
const rfmCode: Column = {
  name: "rfm_code",
  form: "word",
  field: "Rfm.code",
  about: "The three scores in a row. Of the whole population.",
  valueOf: ({ rfm }) => rfm?.code,
};
const cohortMonth: Column = {
  ...figureColumn("cohort_month", "month", "cohortMonth"),
  about: "Month of the first order.",
};
const outlookColumn = (name: string, form: Form, field: keyof CustomerOutlook, about: string): Column => ({
  name,
  form,
  field: `CustomerOutlook.${field}`,
  about,
  valueOf: ({ outlook }) => outlook?.[field],
});
/** What is at stake, how likely, and why. */
const risk = [
  outlookColumn(
    "revenue_at_risk",
    "decimal",
    "revenueAtRisk",
    "Trailing net revenue, where above 0, times the chance of no order. Empty where the list goes by recency.",
  ),
  outlookColumn(
    "no_order_probability",
    "number",
    "noOrderProbability",
    "The chance of no order in the 91 days from as-of on. Empty where the list goes by recency.",
  ),
  outlookColumn("trailing_net_revenue", "decimal", "trailingNetRevenue", "Net revenue of the 365 days before as-of."),
  outlookColumn(
    "usual_interval_days",
    "number",
    "usualIntervalDays",
    "Days between the customer's orders on average; empty for who bought on one day only.",
  ),
  outlookColumn("days_overdue", "count", "daysOverdue", "Days by which the last order is longer ago than usual."),
  outlookColumn("reason", "text", "reason", "Why, in one plain sentence or two."),
  outlookColumn(
    "basis",
    "word",
    "basis",
    "What the list goes by: `MODEL`, or `RECENCY` where no model could be trusted.",
  ),
  outlookColumn("expected_orders_90_days", "number", "expectedOrders90Days", "Days with an order expected in 90 days."),
  outlookColumn("lifetime_value", "decimal", "lifetimeValue", "Gross revenue expected in 12 months, discounted."),
];
const segments = [
  segmentColumn("segment", "CLASSIC"),
  segmentColumn("segment_executive", "EXECUTIVE"),
  segmentColumn("segment_detailed", "DETAILED"),
];
const profile = [
  figureColumn("country", "text", "country"),
  figureColumn("countries", "texts", "countries"),
  figureColumn("first_purchase_date", "date", "firstPurchaseDate"),
  lastPurchaseDate,
  recencyDays,
  figureColumn("orders", "count", "orders"),
  figureColumn("units", "count", "units"),
  figureColumn("gross_revenue", "decimal", "grossRevenue"),
  figureColumn("net_revenue", "decimal", "netRevenue"),
  figureColumn("returns_value", "decimal", "returnsValue"),
  figureColumn("average_order_value", "decimal", "averageOrderValue"),
  cohortMonth,
  ...segments,
  rfmCode,
];

export const exportedLists: Readonly<Record<ListName, ExportedList>> = Object.freeze({
  rfm: {
    description: "recency, frequency and monetary value of each customer, with scores and segments",
    fileName: "rfm_output_customer360",
    needs: ["Query.customers", "Rfm.code"],
    columns: [
      customerId,
      lastPurchaseDate,
      recencyDays,
      figureColumn("frequency", "count", "orders"),
      figureColumn("monetary", "decimal", "grossRevenue"),
      scoreColumn("recency_score", "recency", "How recently"),
      scoreColumn("frequency_score", "frequency", "How often"),
      scoreColumn("monetary_score", "monetary", "How much"),
      rfmCode,
      ...segments,
    ],
  },
  customers: {
    description: "one row for each customer who bought: who, where, when, how much",
    fileName: "single_customer_view",
    needs: ["Query.customers"],
    columns: [customerId, customerName, ...profile],
  },
  "churn-risk": {
    description: "the customers to win back, most revenue at risk first",
    fileName: "churn_risk",
    needs: ["Query.churnRisk"],
    columns: [customerId, customerName, ...risk, ...profile],
  },
});
