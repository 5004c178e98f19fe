-- 1. From customer_cell.
-- Not from sales_cell: its rows do not keep customerId apart
WITH figures AS (
  SELECT o.customer_key AS "customer",
    coalesce(sum(o.orders), 0) AS "orders",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue"
  FROM customer_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
    AND NOT o.guest
  GROUP BY 1
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT *
FROM answer
WHERE "orders" >= $2::numeric
ORDER BY "grossRevenue" DESC NULLS LAST, "customer" ASC NULLS LAST
LIMIT $3::bigint;

-- 2. From customer_cell.
-- Not from sales_cell: its rows do not keep customerId apart
WITH figures AS (
  SELECT o.customer_key AS "customer",
    coalesce(sum(o.orders), 0) AS "orders"
  FROM customer_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
    AND NOT o.guest
  GROUP BY 1
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT count(*) AS "row count"
FROM answer
WHERE "orders" >= $2::numeric;

-- 3. From rfm_segments, dim_customer, customer_cell.
SELECT s.customer_key, n.name AS name,
  s.recency_score, s.frequency_score, s.monetary_score, s.classic, s.executive, s.detailed
FROM rfm_segments s
LEFT JOIN dim_customer n ON n.customer_key = s.customer_key AND n.snapshot_id = s.snapshot_id
WHERE s.snapshot_id = $1::integer
  AND s.customer_key = ANY ($2::text[])
  AND EXISTS (
    SELECT FROM customer_cell o
    WHERE o.customer_key = s.customer_key
      AND NOT o.guest
      AND o.snapshot_id = $1::integer
      AND o.grain = 'ever'
      AND o.period = '0001-01-01')
ORDER BY s.customer_key;

-- 4. From rfm_segments, fact_sales, dim_product.
WITH asked AS (
  SELECT ids.customer_key, s.classic AS segment
  FROM unnest($1::text[]) AS ids (customer_key)
  LEFT JOIN rfm_segments s ON s.customer_key = ids.customer_key AND s.snapshot_id = $2::integer
), page AS (
  SELECT f.*, asked.segment
  FROM asked
  CROSS JOIN LATERAL (
    SELECT f.customer_key, f.guest, f.ordered_at, f.invoice, f.country, f.line_no,
      f.product, f.quantity, f.unit_price, f.amount, f.kind, f.line_type
    FROM fact_sales f
    WHERE f.customer_key = asked.customer_key
      AND NOT f.guest
      AND f.generation = $2::integer
      AND f.born <= $2::integer
      AND f.died > $2::integer
    ORDER BY f.ordered_at DESC, f.invoice DESC, f.line_no DESC, f.country DESC
    LIMIT $3::bigint
  ) f
)
SELECT f.*, p.description, p.category
FROM page f
LEFT JOIN dim_product p ON p.product = f.product AND p.snapshot_id = $2::integer
ORDER BY f.customer_key, f.ordered_at DESC, f.invoice DESC, f.line_no DESC, f.country DESC;

-- 5. From sales_cell.
WITH figures AS (
  SELECT o.segments[1] AS "segment",
    coalesce(sum(o.customers), 0) AS "customers",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
    AND cardinality(o.segments) = 1
  GROUP BY 1
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT *
FROM answer
ORDER BY "segment" ASC NULLS LAST;
