-- 1. From fact_sales.
WITH page AS (
SELECT f.customer_key, f.guest, f.ordered_at, f.invoice, f.country, f.line_no,
      f.product, f.quantity, f.unit_price, f.amount, f.kind, f.line_type
FROM fact_sales f
WHERE f.generation = $1::integer
  AND f.born <= $1::integer
  AND f.died > $1::integer
  AND f.country = $2::text
ORDER BY f.customer_key, f.ordered_at, f.invoice, f.line_no, f.country, f.guest
LIMIT $3::bigint
)
SELECT count(*) AS found,
  string_agg(f.ordered_at::date::text, ',') AS "orderDate",
  string_agg(f.quantity::text, ',') AS "quantity",
  string_agg(trim_scale(f.amount)::text, ',') AS "amount",
  json_agg(CASE WHEN NOT f.guest THEN f.customer_key END) AS "customerId",
  json_agg(f.country) AS "country"
FROM (
  SELECT f.*
  FROM page f
  ORDER BY f.customer_key, f.ordered_at, f.invoice, f.line_no, f.country, f.guest
) f;
