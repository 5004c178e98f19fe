-- 1. From sales_cell.
WITH figures AS (
  SELECT o.period AS "month",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.orders), 0) AS "orders",
    coalesce(sum(o.customers), 0) AS "customers",
    coalesce(sum(o.new_customers), 0) AS "newCustomers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'month'
    AND o.countries <@ $2::text[]
    AND o.period >= $3::date
    AND o.period < $4::date
  GROUP BY 1
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT *
FROM answer
ORDER BY "month" ASC NULLS LAST;
