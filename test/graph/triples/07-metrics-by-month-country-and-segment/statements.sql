-- 1. From sales_cell.
WITH figures AS (
  SELECT o.period AS "month",
    o.countries[1] AS "country",
    o.segments[1] AS "segment",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.orders), 0) AS "orders",
    coalesce(sum(o.customers), 0) AS "customers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'month'
    AND cardinality(o.countries) = 1
    AND cardinality(o.segments) = 1
    AND o.period >= $2::date
    AND o.period < $3::date
    AND o.countries <@ $4::text[]
  GROUP BY 1, 2, 3
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT *
FROM answer
ORDER BY "month" ASC NULLS LAST, "country" ASC NULLS LAST, "segment" ASC NULLS LAST
LIMIT $5::bigint;

-- 2. From sales_cell.
SELECT totals.*, counted."row count"
FROM (
WITH figures AS (
  SELECT coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.orders), 0) AS "orders",
    coalesce(sum(o.customers), 0) AS "customers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'quarter'
    AND o.period >= $2::date
    AND o.period < $3::date
    AND o.countries <@ $4::text[]
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT *
FROM answer
) totals
CROSS JOIN (
WITH figures AS (
  SELECT o.period AS "month",
    o.countries[1] AS "country",
    o.segments[1] AS "segment"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'month'
    AND cardinality(o.countries) = 1
    AND cardinality(o.segments) = 1
    AND o.period >= $2::date
    AND o.period < $3::date
    AND o.countries <@ $4::text[]
  GROUP BY 1, 2, 3
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT count(*) AS "row count"
FROM answer
) counted;
