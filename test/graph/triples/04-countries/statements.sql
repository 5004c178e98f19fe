-- 1. From sales_cell.
WITH figures AS (
  SELECT o.countries[1] AS "country",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.returns_value), 0) AS "returnsValue",
    coalesce(sum(o.orders), 0) AS "orders",
    coalesce(sum(o.customers), 0) AS "customers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
    AND cardinality(o.countries) = 1
  GROUP BY 1
), answer AS (
  SELECT f.*,
    ("grossRevenue" - "returnsValue") AS "netRevenue",
    sum("grossRevenue") OVER () AS "total grossRevenue"
  FROM figures f
)
SELECT *
FROM answer
ORDER BY "grossRevenue" DESC NULLS LAST, "country" ASC NULLS LAST;
