-- 1. From sales_cell, customer_cell.
-- Not from sales_cell: over customers, its rows do not keep customerId apart
WITH figures AS (
  SELECT o.segments[1] AS "segment",
    coalesce(sum(o.customers), 0) AS "customers",
    coalesce(sum(o.orders), 0) AS "orders",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
    AND cardinality(o.segments) = 1
  GROUP BY 1
), per_customer AS (
  SELECT o.segment AS "segment",
    max(o.last_sale_at) AS "lastPurchaseAt"
  FROM customer_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
    AND NOT o.guest
  GROUP BY 1, o.customer_key
), over_customers AS (
  SELECT "segment",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY ($2::date - "lastPurchaseAt"::date)) AS "medianRecencyDays"
  FROM per_customer
  GROUP BY 1
), answer AS (
  SELECT f.*,
    o."medianRecencyDays" AS "medianRecencyDays",
    sum("grossRevenue") OVER () AS "total grossRevenue"
  FROM figures f
  LEFT JOIN over_customers o ON o."segment" = f."segment"
)
SELECT *
FROM answer
ORDER BY "segment" ASC NULLS LAST;
