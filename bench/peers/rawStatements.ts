// The limit: what each question costs with the driver alone, one statement written by hand that returns the finished JSON.
import { customerLineKeys, lineKeys } from "../../src/query/compile/compileLines.ts";

export type RawQuestion = "profile" | "months" | "customers" | "facts";

const decimal = (expression: string) => `trim_scale(${expression})::text`;
const day = (expression: string) => `to_char(${expression}, 'YYYY-MM-DD')`;
const time = (expression: string) => `to_char(${expression}, 'YYYY-MM-DD"T"HH24:MI:SS')`;

const lineOrder = lineKeys.join(", ");
const latestFirst = customerLineKeys.map((key) => `${key} DESC`).join(", ");

const statements: Readonly<Record<RawQuestion, string>> = {
  profile: `
SELECT json_build_object('id', c.customer_key, 'country', c.country, 'orders', c.orders, 'grossRevenue', ${decimal("c.gross")},
  'netRevenue', ${decimal("c.net")}, 'lastPurchaseDate', ${day("c.last_at")}, 'segmentKey', c.segment,
  'rfm', json_build_object('recency', s.recency_score, 'frequency', s.frequency_score, 'monetary', s.monetary_score,
    'code', concat(s.recency_score, s.frequency_score, s.monetary_score)),
  'sales', json_build_object('nodes', (
    SELECT json_agg(json_build_object('invoice', f.invoice, 'orderedAt', ${time("f.ordered_at")}, 'product', f.product,
      'description', p.description, 'quantity', f.quantity, 'unitPrice', ${decimal("f.unit_price")}, 'amount', ${decimal("f.amount")})
      ORDER BY ${latestFirst})
    FROM (
      SELECT * FROM fact_sales
      WHERE customer_key = $1 AND NOT guest
      ORDER BY ${latestFirst}
      LIMIT 10
    ) f
    LEFT JOIN dim_product p ON p.product = f.product)))::text AS body
FROM (
  SELECT customer_key, segment,
    (array_agg(countries[1] ORDER BY last_sale_at DESC) FILTER (WHERE sale_lines > 0))[1] AS country,
    sum(orders) AS orders, sum(gross_revenue) AS gross, sum(gross_revenue) - sum(returns_value) AS net,
    max(last_sale_at) AS last_at
  FROM customer_cell
  WHERE period = '0001-01-01' AND customer_key = $1 AND grain = 'ever' AND NOT guest
  GROUP BY customer_key, segment
) c
JOIN rfm_segments s USING (customer_key)`,
  months: `
SELECT json_agg(json_build_object('month', to_char(period, 'YYYY-MM'), 'grossRevenue', ${decimal("gross")},
  'netRevenue', ${decimal("gross - back")}, 'orders', orders, 'customers', customers) ORDER BY period)::text AS body
FROM (
  SELECT period, sum(gross_revenue) AS gross, sum(returns_value) AS back, sum(orders) AS orders, sum(customers) AS customers
  FROM sales_cell
  WHERE grain = 'month'
  GROUP BY period
) m`,
  customers: `
SELECT json_build_object('nodes', json_agg(json_build_object('id', customer_key, 'country', countries[1], 'orders', orders,
  'grossRevenue', ${decimal("gross_revenue")}, 'netRevenue', ${decimal("gross_revenue - returns_value")},
  'lastPurchaseDate', ${day("last_sale_at")}, 'segmentKey', segment) ORDER BY gross_revenue DESC, customer_key))::text AS body
FROM (
  SELECT *
  FROM customer_cell
  WHERE period = '0001-01-01' AND grain = 'ever' AND NOT guest AND countries = ARRAY[$1]::text[] AND sale_lines > 0
  ORDER BY gross_revenue DESC, customer_key
  LIMIT 50
) c`,
  facts: `
SELECT json_build_object(
  'nodes', json_agg(json_build_object('invoice', invoice, 'orderedAt', ${time("ordered_at")}, 'product', product, 'kind', kind,
    'lineType', line_type, 'quantity', quantity, 'unitPrice', ${decimal("unit_price")}, 'amount', ${decimal("amount")},
    'customerId', CASE WHEN NOT guest THEN customer_key END, 'country', country)) FILTER (WHERE nth <= $1::bigint),
  'pageInfo', json_build_object('hasNextPage', count(*) > $1::bigint))::text AS body
FROM (
  SELECT page.*, row_number() OVER () AS nth
  FROM (SELECT * FROM fact_sales ORDER BY ${lineOrder} LIMIT $1::bigint + 1) page
) f`,
};

/** The root field that the body stands under. */
const roots: Readonly<Record<RawQuestion, string>> = {
  profile: "customer",
  months: "revenueByMonth",
  customers: "customers",
  facts: "factSales",
};

/** A prepared statement, and what to put around the JSON that it returns. */
export function rawStatement(question: RawQuestion): Readonly<{ name: string; text: string; root: string }> {
  return { name: question, text: statements[question], root: roots[question] };
}
