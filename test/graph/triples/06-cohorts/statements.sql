-- 1. From customer_cell.
-- Not from sales_cell: its rows do not keep cohortMonth apart
WITH first_order AS (
  SELECT o.customer_key AS customer_key, min(o.first_sale_at) AS first_at
  FROM customer_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
    AND NOT o.guest
  GROUP BY o.customer_key
), figures AS (
  SELECT date_trunc('month', c.first_at)::date AS "cohortMonth",
    o.period AS "month",
    count(DISTINCT o.customer_key) FILTER (WHERE NOT o.guest AND o.sale_lines > 0) AS "customers"
  FROM customer_cell o
  LEFT JOIN first_order c ON c.customer_key = o.customer_key AND NOT o.guest
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'month'
    AND c.first_at::date >= $2::date
    AND c.first_at::date < $3::date
  GROUP BY 1, 2
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT *
FROM answer
ORDER BY "cohortMonth" ASC NULLS LAST, "month" ASC NULLS LAST;
