-- 1. From sales_cell.
WITH figures AS (
  SELECT o.period AS "month",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.customers), 0) AS "customers",
    coalesce(sum(o.repeat_customers), 0) AS "repeatCustomers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'month'
    AND NOT ('GUEST' = ANY (o.customer_types))
    AND o.period >= $2::date
    AND o.period < $3::date
  GROUP BY 1
), spine AS (
  SELECT p.period AS "month",
    p.period <= $7::date AND p.period + interval '1 month' > $6::date AS in_data
  FROM (SELECT day::date AS period FROM generate_series($4::timestamp, $5::timestamp, interval '1 month') AS day) p
), laid_out AS (
  SELECT s."month",
    s.in_data,
    CASE WHEN s.in_data THEN coalesce(f."grossRevenue", 0) END AS "grossRevenue",
    CASE WHEN s.in_data THEN coalesce(f."customers", 0) END AS "customers",
    CASE WHEN s.in_data THEN coalesce(f."repeatCustomers", 0) END AS "repeatCustomers"
  FROM spine s
  LEFT JOIN figures f ON f."month" = s."month"
), answer AS (
  SELECT f.*
  FROM laid_out f
), page AS (
  SELECT *
  FROM answer
  ORDER BY "month" ASC NULLS LAST
  LIMIT $8::bigint
), figures_1 AS (
  SELECT o.period AS "month",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.customers), 0) AS "customers",
    coalesce(sum(o.repeat_customers), 0) AS "repeatCustomers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'month'
    AND NOT ('GUEST' = ANY (o.customer_types))
    AND o.period >= $9::date
    AND o.period < $10::date
  GROUP BY 1
), spine_1 AS (
  SELECT "month",
    "month" <= $7::date AND "month" + interval '1 month' > $6::date AS in_data
  FROM (
    SELECT "month" FROM figures_1
    UNION
    SELECT p.period AS "month"
    FROM page CROSS JOIN LATERAL (SELECT (page."month" - interval '1 months')::date AS period) p
  ) places
), laid_out_1 AS (
  SELECT s."month",
    s.in_data,
    CASE WHEN s.in_data THEN coalesce(f."grossRevenue", 0) END AS "grossRevenue",
    CASE WHEN s.in_data THEN coalesce(f."customers", 0) END AS "customers",
    CASE WHEN s.in_data THEN coalesce(f."repeatCustomers", 0) END AS "repeatCustomers"
  FROM spine_1 s
  LEFT JOIN figures_1 f ON f."month" = s."month"
), answer_1 AS (
  SELECT f.*
  FROM laid_out_1 f
), figures_2 AS (
  SELECT o.period AS "month",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.customers), 0) AS "customers",
    coalesce(sum(o.repeat_customers), 0) AS "repeatCustomers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'month'
    AND NOT ('GUEST' = ANY (o.customer_types))
    AND o.period >= $11::date
    AND o.period < $12::date
  GROUP BY 1
), spine_2 AS (
  SELECT "month",
    "month" <= $7::date AND "month" + interval '1 month' > $6::date AS in_data
  FROM (
    SELECT "month" FROM figures_2
    UNION
    SELECT p.period AS "month"
    FROM page CROSS JOIN LATERAL (SELECT (page."month" - interval '12 months')::date AS period) p
  ) places
), laid_out_2 AS (
  SELECT s."month",
    s.in_data,
    CASE WHEN s.in_data THEN coalesce(f."grossRevenue", 0) END AS "grossRevenue",
    CASE WHEN s.in_data THEN coalesce(f."customers", 0) END AS "customers",
    CASE WHEN s.in_data THEN coalesce(f."repeatCustomers", 0) END AS "repeatCustomers"
  FROM spine_2 s
  LEFT JOIN figures_2 f ON f."month" = s."month"
), answer_2 AS (
  SELECT f.*
  FROM laid_out_2 f
)
SELECT page.*,
  e1.in_data AS "earlier 1 there",
  e1."month" AS "earlier 1 month",
  e1."grossRevenue" AS "earlier 1 grossRevenue",
  e1."customers" AS "earlier 1 customers",
  e1."repeatCustomers" AS "earlier 1 repeatCustomers",
  e2.in_data AS "earlier 2 there",
  e2."month" AS "earlier 2 month",
  e2."grossRevenue" AS "earlier 2 grossRevenue",
  e2."customers" AS "earlier 2 customers",
  e2."repeatCustomers" AS "earlier 2 repeatCustomers"
FROM page
LEFT JOIN answer_1 e1 ON e1."month" = (page."month" - interval '1 months')::date
LEFT JOIN answer_2 e2 ON e2."month" = (page."month" - interval '12 months')::date
ORDER BY page."month" ASC NULLS LAST;
