-- 1. From sales_cell.
WITH figures AS (
  SELECT coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.returns_value), 0) AS "returnsValue",
    coalesce(sum(o.product_returns_value), 0) AS "productReturnsValue",
    coalesce(sum(o.orders), 0) AS "orders",
    coalesce(sum(o.customers), 0) AS "customers",
    coalesce(sum(o.units), 0) AS "units",
    coalesce(sum(o.gross_revenue) FILTER (WHERE NOT ('GUEST' = ANY (o.customer_types))), 0) AS "identifiedGrossRevenue",
    coalesce(sum(o.new_customers), 0) AS "newCustomers",
    coalesce(sum(o.repeat_customers), 0) AS "repeatCustomers"
  FROM sales_cell o
  WHERE o.snapshot_id = $1::integer
    AND o.grain = 'ever'
    AND o.period = '0001-01-01'
), answer AS (
  SELECT f.*,
    ("grossRevenue" - "returnsValue") AS "netRevenue"
  FROM figures f
)
SELECT *
FROM answer;
