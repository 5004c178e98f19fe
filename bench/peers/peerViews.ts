// What PostGraphile is shown: the product's own tables as views that run as whoever asks, so that the same policies hold, with keys and
// relations named for it. Aggregates are read from the rollups, never from lines; lines are ordered by the product's key.
import { customerLineKeys, lineKeys } from "../../src/query/compile/compileLines.ts";

export const peerViews = `
CREATE SCHEMA peer;

CREATE VIEW peer.customers WITH (security_invoker = true) AS
SELECT c.customer_key AS customer_id, c.country, c.orders, c.gross_revenue, c.net_revenue, c.last_purchase_date, c.segment_key,
  s.recency_score AS recency, s.frequency_score AS frequency, s.monetary_score AS monetary,
  concat(s.recency_score, s.frequency_score, s.monetary_score) AS rfm_code
FROM (
  SELECT customer_key, segment AS segment_key,
    (array_agg(countries[1] ORDER BY last_sale_at DESC) FILTER (WHERE sale_lines > 0))[1] AS country,
    sum(orders) AS orders,
    sum(gross_revenue) AS gross_revenue,
    sum(gross_revenue) - sum(returns_value) AS net_revenue,
    max(last_sale_at)::date AS last_purchase_date
  FROM customer_cell
  WHERE grain = 'ever' AND period = '0001-01-01' AND NOT guest
  GROUP BY customer_key, segment
) c
JOIN rfm_segments s USING (customer_key);

CREATE VIEW peer.customers_by_country WITH (security_invoker = true) AS
SELECT customer_key AS customer_id, countries[1] AS country, orders, gross_revenue, gross_revenue - returns_value AS net_revenue,
  last_sale_at::date AS last_purchase_date, segment AS segment_key
FROM customer_cell
WHERE grain = 'ever' AND period = '0001-01-01' AND NOT guest AND cardinality(countries) = 1 AND sale_lines > 0;

CREATE VIEW peer.months WITH (security_invoker = true) AS
SELECT period AS month,
  sum(gross_revenue) AS gross_revenue,
  sum(gross_revenue) - sum(returns_value) AS net_revenue,
  sum(orders) AS orders,
  sum(customers) AS customers
FROM sales_cell
WHERE grain = 'month'
GROUP BY period;

-- every line, in the order of the key
CREATE VIEW peer.sale_lines WITH (security_invoker = true) AS
SELECT customer_key, guest, ordered_at, invoice, country, line_no, product, kind, line_type, quantity, unit_price, amount,
  CASE WHEN NOT guest THEN customer_key END AS customer_id
FROM fact_sales;

-- lines of identified customers, with what the product is called
CREATE VIEW peer.purchases WITH (security_invoker = true) AS
SELECT f.customer_key AS customer_id, f.ordered_at, f.invoice, f.country, f.line_no, f.product, p.description, f.quantity, f.unit_price, f.amount
FROM fact_sales f
LEFT JOIN dim_product p ON p.product = f.product
WHERE NOT f.guest;

COMMENT ON VIEW peer.customers IS E'@primaryKey customer_id';
COMMENT ON VIEW peer.customers_by_country IS E'@primaryKey customer_id,country';
COMMENT ON VIEW peer.months IS E'@primaryKey month';
COMMENT ON VIEW peer.sale_lines IS E'@primaryKey ${lineKeys.join(",")}';
COMMENT ON VIEW peer.purchases IS
  E'@primaryKey customer_id,${customerLineKeys.join(",")}\\n@foreignKey (customer_id) references peer.customers (customer_id)|@foreignFieldName purchases';

GRANT USAGE ON SCHEMA peer TO consumer360_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA peer TO consumer360_reader;
`;
