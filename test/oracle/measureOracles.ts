// Every measure and dimension in hand-written SQL over the lines, in the words of its definition: what the compiled SQL is held
// against. `kept` are the lines that the scope and the filter leave.
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { MeasureName } from "../../src/model/measures.ts";

/** How a group's value is computed; `period` is SQL: the line's customer first ordered in the period that is asked about. */
type Oracle = (by: string, period: string) => string;

/** One expression over the lines of a group. */
const plain =
  (expression: string): Oracle =>
  (by) =>
    `SELECT ${by} expression.value FROM (SELECT ${by} ${expression} AS value FROM kept ${groupBy(by)}) expression`;

/** One expression over the customers of a group, each with orders and last purchase of their own. */
const perCustomer =
  (expression: string): Oracle =>
  (by) =>
    `SELECT ${by} ${expression} AS value FROM (
       SELECT ${by} customer AS who, count(DISTINCT invoice) FILTER (WHERE kind = 'SALE') AS orders,
         max(day) FILTER (WHERE kind = 'SALE') AS last_day
       FROM kept GROUP BY ${by} who) each_customer ${groupBy(by)}`;

/** One expression over the customers of a group by what each spent, those who spent most first. */
const byRank =
  (expression: string): Oracle =>
  (by) => {
    const group = by === "" ? "" : `PARTITION BY ${by.replace(/,\s*$/, "")}`;
    return `SELECT ${by} ${expression} AS value FROM (
       SELECT ${by} who, spent, row_number() OVER (${group} ORDER BY who IS NULL OR spent = 0, spent DESC) AS nth,
         count(*) FILTER (WHERE who IS NOT NULL AND spent > 0) OVER (${group}) AS bought
       FROM (
         SELECT ${by} customer AS who, coalesce(sum(quantity * unit_price) FILTER (WHERE kind = 'SALE'), 0) AS spent
         FROM kept GROUP BY ${by} who) each_customer) ranked ${groupBy(by)}`;
  };

const groupBy = (by: string) => (by === "" ? "" : `GROUP BY ${by.replace(/,\s*$/, "")}`);

const sold = "coalesce(sum(quantity * unit_price) FILTER (WHERE kind = 'SALE'), 0)";
const soldToKnown = "coalesce(sum(quantity * unit_price) FILTER (WHERE kind = 'SALE' AND customer IS NOT NULL), 0)";
const returned = "coalesce(sum(-quantity * unit_price) FILTER (WHERE kind = 'RETURN'), 0)";
const orders = "count(DISTINCT invoice) FILTER (WHERE kind = 'SALE')";
const buyers = "count(DISTINCT customer) FILTER (WHERE kind = 'SALE')";
const lastYear = "day BETWEEN (SELECT as_of FROM now) - 365 AND (SELECT as_of FROM now) - 1";
/** Enough digits to round from. */
const ratio = (of: string, by: string) => `(${of})::numeric(60, 30) / nullif(${by}, 0)`;

const spentByKnown = "sum(spent) FILTER (WHERE who IS NOT NULL)";
const spentByTop = (most: string) => `coalesce(sum(spent) FILTER (WHERE who IS NOT NULL AND nth <= ${most}), 0)`;
const fifth = "(bought + 4) / 5";

export const measureOracles: Readonly<Record<MeasureName, Oracle>> = {
  grossRevenue: plain(sold),
  returnsValue: plain(returned),
  productReturnsValue: plain(
    "coalesce(sum(-quantity * unit_price) FILTER (WHERE kind = 'RETURN' AND line_type = 'PRODUCT'), 0)",
  ),
  netRevenue: plain("coalesce(sum(quantity * unit_price) FILTER (WHERE kind IN ('SALE', 'RETURN')), 0)"),
  returnRate: plain(ratio(returned, sold)),
  orders: plain(orders),
  units: plain("coalesce(sum(quantity) FILTER (WHERE kind = 'SALE'), 0)"),
  customers: plain(buyers),
  customersWithLines: plain("count(DISTINCT customer)"),
  averageOrderValue: plain(ratio(sold, orders)),
  identifiedGrossRevenue: plain(soldToKnown),
  revenuePerCustomer: plain(ratio(soldToKnown, buyers)),
  newCustomers: (by, period) =>
    plain(`count(DISTINCT customer) FILTER (WHERE kind = 'SALE' AND first_at IS NOT NULL AND ${period})`)(by, period),
  repeatCustomers: perCustomer("count(*) FILTER (WHERE orders >= 2 AND who IS NOT NULL)"),
  repeatRate: perCustomer(
    ratio(
      "count(*) FILTER (WHERE orders >= 2 AND who IS NOT NULL)",
      "count(*) FILTER (WHERE orders >= 1 AND who IS NOT NULL)",
    ),
  ),
  revenueShare: plain(ratio(sold, `(SELECT ${sold} FROM kept)`)),
  lines: plain("count(*)"),
  saleLines: plain("count(*) FILTER (WHERE kind = 'SALE')"),
  firstPurchaseAt: plain(`to_char(min(ordered_at) FILTER (WHERE kind = 'SALE'), 'YYYY-MM-DD"T"HH24:MI:SS')`),
  lastPurchaseAt: plain(`to_char(max(ordered_at) FILTER (WHERE kind = 'SALE'), 'YYYY-MM-DD"T"HH24:MI:SS')`),
  recencyDays: plain("(SELECT as_of FROM now) - max(day) FILTER (WHERE kind = 'SALE')"),
  medianRecencyDays: perCustomer(
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY (SELECT as_of FROM now) - last_day) FILTER (WHERE who IS NOT NULL)",
  ),
  topFifthRevenue: byRank(spentByTop(fifth)),
  topFifthShare: byRank(ratio(spentByTop(fifth), spentByKnown)),
  topTenRevenue: byRank(spentByTop("10")),
  topTenShare: byRank(ratio(spentByTop("10"), spentByKnown)),
  latestCountry: plain(
    `(array_agg(country ORDER BY ordered_at DESC, invoice DESC, country DESC) FILTER (WHERE kind = 'SALE'))[1]`,
  ),
  countries: plain(`coalesce(to_jsonb(array_agg(DISTINCT country ORDER BY country)), '[]')`),
  trailingGrossRevenue: plain(`coalesce(sum(quantity * unit_price) FILTER (WHERE kind = 'SALE' AND ${lastYear}), 0)`),
  trailingReturnsValue: plain(
    `coalesce(sum(-quantity * unit_price) FILTER (WHERE kind = 'RETURN' AND ${lastYear}), 0)`,
  ),
  trailingNetRevenue: plain(
    `coalesce(sum(quantity * unit_price) FILTER (WHERE kind IN ('SALE', 'RETURN') AND ${lastYear}), 0)`,
  ),
};

/** Dimensions that a question can group by, as columns of `kept`. */
export const dimensionOracles: Readonly<Record<DimensionName, string>> = {
  day: "day",
  week: "week",
  month: "month",
  quarter: "quarter",
  year: "year",
  weekday: "weekday",
  hour: "hour",
  country: "country",
  segment: "segment",
  segmentExecutive: "segment_executive",
  segmentDetailed: "segment_detailed",
  customer: "customer",
  product: "product",
  category: "product_category",
  lineType: "line_type",
  customerType: "customer_type",
  cohortMonth: "cohort_month",
};

/** The customer's first order lies in the row's period. */
const firstInPeriod: Readonly<Partial<Record<DimensionName, string>>> = {
  day: "first_at::date = day",
  week: `to_char(first_at, 'IYYY-"W"IW') = week`,
  month: "to_char(first_at, 'YYYY-MM') = month",
  quarter: `to_char(first_at, 'YYYY-"Q"Q') = quarter`,
  year: "extract(year FROM first_at) = year",
};

type Asked = Readonly<{ dimensions: readonly DimensionName[]; scope: string; filter: string; firstIn: string }>;

/**
 * The whole statement: `scope` and `filter` are conditions on the columns of `line`, `firstIn` is one on `first_at`: what the filter says
 * of time.
 */
export function oracleSql(oracle: Oracle, asked: Asked): string {
  const columns = asked.dimensions.map((name) => dimensionOracles[name]);
  const by = columns.map((column) => `${column}, `).join("");
  const parts = columns.map((column, index) => `found.${column} AS d${index}, `).join("");
  const period = [asked.firstIn, ...asked.dimensions.flatMap((name) => firstInPeriod[name] ?? [])].join(" AND ");
  return `${keptLines(asked)}, found AS (
  ${oracle(by, period)}
)
SELECT ${parts}found.value::text AS value FROM found`;
}

/** `WITH … kept AS (…)`, to be gone on with. */
export function keptLines({ scope, filter }: Pick<Asked, "scope" | "filter">): string {
  return `WITH now AS (
  SELECT snapshot_id, generation, as_of, data_from, data_through FROM snapshot JOIN published_snapshot USING (snapshot_id)
), line AS (
  SELECT f.*, f.ordered_at::date AS day, to_char(f.ordered_at, 'IYYY-"W"IW') AS week, to_char(f.ordered_at, 'YYYY-MM') AS month,
    to_char(f.ordered_at, 'YYYY-"Q"Q') AS quarter, extract(year FROM f.ordered_at)::integer AS year,
    extract(isodow FROM f.ordered_at)::integer AS weekday, extract(hour FROM f.ordered_at)::integer AS hour,
    CASE WHEN NOT f.guest THEN f.customer_key END AS customer,
    CASE WHEN f.guest THEN 'GUEST' ELSE 'IDENTIFIED' END AS customer_type,
    CASE WHEN f.guest THEN 'GUEST' ELSE s.classic END AS segment,
    CASE WHEN f.guest THEN 'GUEST' ELSE s.executive END AS segment_executive,
    CASE WHEN f.guest THEN 'GUEST' ELSE s.detailed END AS segment_detailed,
    p.category AS product_category
  FROM now
  JOIN fact_sales f ON f.generation = now.generation AND f.born <= now.snapshot_id AND f.died > now.snapshot_id
  LEFT JOIN rfm_segments s ON NOT f.guest AND s.customer_key = f.customer_key AND s.snapshot_id = now.snapshot_id
  JOIN dim_product p ON p.product = f.product AND p.snapshot_id = now.snapshot_id
), visible AS (
  SELECT * FROM line WHERE ${scope}
), first_order AS (
  SELECT customer, min(ordered_at) AS first_at FROM visible WHERE kind = 'SALE' AND customer IS NOT NULL GROUP BY customer
), dated AS (
  SELECT v.*, first_at, to_char(first_at, 'YYYY-MM') AS cohort_month
  FROM visible v LEFT JOIN first_order USING (customer)
), kept AS (
  SELECT * FROM dated WHERE ${filter}
)`;
}
