-- 1. From fact_sales.
-- Not from sales_cell: its rows do not keep product apart
-- Not from customer_cell: its rows do not keep product apart
-- Not from sales_order: its rows do not keep product apart
WITH figures AS (
  SELECT f.product AS "product",
    f.line_type AS "lineType",
    -coalesce(sum(f.amount) FILTER (WHERE f.kind = 'RETURN'), 0) AS "returnsValue",
    coalesce(sum(f.amount) FILTER (WHERE f.kind = 'SALE'), 0) AS "grossRevenue",
    coalesce(sum(f.quantity) FILTER (WHERE f.kind = 'SALE'), 0) AS "units"
  FROM fact_sales f
  WHERE f.generation = $1::integer
    AND f.born <= $1::integer
    AND f.died > $1::integer
  GROUP BY 1, 2
), answer AS (
  SELECT f.*,
    round(("returnsValue")::numeric / nullif("grossRevenue", 0), 12) AS "returnRate"
  FROM figures f
)
SELECT *
FROM answer
WHERE "returnRate" >= $2::numeric
  AND "units" >= $3::numeric
ORDER BY "returnRate" DESC NULLS LAST, "product" ASC NULLS LAST, "lineType" ASC NULLS LAST
LIMIT $4::bigint;

-- 2. From fact_sales.
-- Not from sales_cell: its rows do not keep product apart
-- Not from customer_cell: its rows do not keep product apart
-- Not from sales_order: its rows do not keep product apart
WITH figures AS (
  SELECT f.product AS "product",
    f.line_type AS "lineType",
    -coalesce(sum(f.amount) FILTER (WHERE f.kind = 'RETURN'), 0) AS "returnsValue",
    coalesce(sum(f.amount) FILTER (WHERE f.kind = 'SALE'), 0) AS "grossRevenue",
    coalesce(sum(f.quantity) FILTER (WHERE f.kind = 'SALE'), 0) AS "units"
  FROM fact_sales f
  WHERE f.generation = $1::integer
    AND f.born <= $1::integer
    AND f.died > $1::integer
  GROUP BY 1, 2
), answer AS (
  SELECT f.*,
    round(("returnsValue")::numeric / nullif("grossRevenue", 0), 12) AS "returnRate"
  FROM figures f
)
SELECT count(*) AS "row count"
FROM answer
WHERE "returnRate" >= $2::numeric
  AND "units" >= $3::numeric;
