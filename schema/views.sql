-- The published views, compiled from src/model/views.ts.

CREATE VIEW customer_360 WITH (security_invoker = true) AS
WITH first_order AS (
  SELECT o.customer_key AS customer_key, min(o.first_sale_at) AS first_at
  FROM sales_order o
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
    AND NOT o.guest
  GROUP BY o.customer_key
), figures AS (
  SELECT o.customer_key AS "customer",
    date_trunc('month', c.first_at)::date AS "cohortMonth",
    o.segment AS "segment",
    o.segment_executive AS "segmentExecutive",
    o.segment_detailed AS "segmentDetailed",
    min(o.first_sale_at) AS "firstPurchaseAt",
    max(o.last_sale_at) AS "lastPurchaseAt",
    count(DISTINCT o.invoice) FILTER (WHERE o.sale_lines > 0) AS "orders",
    coalesce(sum(o.units), 0) AS "units",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.returns_value), 0) AS "returnsValue",
    (array_agg(o.country ORDER BY o.last_sale_at DESC, o.invoice DESC, o.country DESC) FILTER (WHERE o.sale_lines > 0))[1] AS "latestCountry",
    coalesce(array_agg(DISTINCT o.country ORDER BY o.country), ARRAY[]::text[]) AS "countries"
  FROM sales_order o
  LEFT JOIN first_order c ON c.customer_key = o.customer_key AND NOT o.guest
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
    AND NOT o.guest
  GROUP BY 1, 2, 3, 4, 5
), answer AS (
  SELECT f.*,
    ((SELECT as_of FROM snapshot WHERE snapshot_id = (SELECT consumer360_scope.snapshot())) - "lastPurchaseAt"::date) AS "recencyDays",
    ("grossRevenue" - "returnsValue") AS "netRevenue"
  FROM figures f
)
SELECT "customer" AS customer_id,
  "cohortMonth" AS cohort_month,
  "segment" AS segment,
  "segmentExecutive" AS segment_executive,
  "segmentDetailed" AS segment_detailed,
  "firstPurchaseAt" AS first_purchase_at,
  "lastPurchaseAt" AS last_purchase_at,
  "recencyDays" AS recency_days,
  "orders" AS orders,
  "units" AS units,
  "grossRevenue" AS gross_revenue,
  "returnsValue" AS returns_value,
  "netRevenue" AS net_revenue,
  "latestCountry" AS latest_country,
  "countries" AS countries
FROM answer;

COMMENT ON VIEW customer_360 IS 'One row per identified customer with a visible line: the single customer view.';

CREATE VIEW revenue_by_month WITH (security_invoker = true) AS
WITH first_order AS (
  SELECT o.customer_key AS customer_key, min(o.first_sale_at) AS first_at
  FROM sales_order o
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
    AND NOT o.guest
  GROUP BY o.customer_key
), figures AS (
  SELECT date_trunc('month', (o.ordered_on)::timestamp)::date AS "month",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.returns_value), 0) AS "returnsValue",
    count(DISTINCT o.invoice) FILTER (WHERE o.sale_lines > 0) AS "orders",
    count(DISTINCT o.customer_key) FILTER (WHERE o.guest = false AND o.sale_lines > 0) AS "customers",
    count(DISTINCT o.customer_key) FILTER (WHERE o.guest = false AND o.sale_lines > 0 AND date_trunc('month', c.first_at)::date = date_trunc('month', (o.ordered_on)::timestamp)::date) AS "newCustomers",
    coalesce(sum(o.units), 0) AS "units"
  FROM sales_order o
  LEFT JOIN first_order c ON c.customer_key = o.customer_key AND NOT o.guest
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
  GROUP BY 1
), answer AS (
  SELECT f.*,
    ("grossRevenue" - "returnsValue") AS "netRevenue"
  FROM figures f
)
SELECT "month" AS month,
  "grossRevenue" AS gross_revenue,
  "netRevenue" AS net_revenue,
  "returnsValue" AS returns_value,
  "orders" AS orders,
  "customers" AS customers,
  "newCustomers" AS new_customers,
  "units" AS units
FROM answer;

COMMENT ON VIEW revenue_by_month IS 'Revenue, orders and customers by calendar month.';

CREATE VIEW cohort_retention WITH (security_invoker = true) AS
WITH first_order AS (
  SELECT o.customer_key AS customer_key, min(o.first_sale_at) AS first_at
  FROM sales_order o
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
    AND NOT o.guest
  GROUP BY o.customer_key
), figures AS (
  SELECT date_trunc('month', c.first_at)::date AS "cohortMonth",
    date_trunc('month', (o.ordered_on)::timestamp)::date AS "month",
    count(DISTINCT o.customer_key) FILTER (WHERE o.guest = false AND o.sale_lines > 0) AS "customers",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue"
  FROM sales_order o
  LEFT JOIN first_order c ON c.customer_key = o.customer_key AND NOT o.guest
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
    AND NOT o.guest
  GROUP BY 1, 2
), answer AS (
  SELECT f.*
  FROM figures f
)
SELECT "cohortMonth" AS cohort_month,
  "month" AS month,
  "customers" AS customers,
  "grossRevenue" AS gross_revenue
FROM answer;

COMMENT ON VIEW cohort_retention IS 'Customers of each monthly cohort by the month in which they bought again.';

CREATE VIEW segment_summary WITH (security_invoker = true) AS
WITH figures AS (
  SELECT o.segment AS "segment",
    count(DISTINCT o.customer_key) FILTER (WHERE o.guest = false AND o.sale_lines > 0) AS "customers",
    count(DISTINCT o.invoice) FILTER (WHERE o.sale_lines > 0) AS "orders",
    coalesce(sum(o.gross_revenue), 0) AS "grossRevenue",
    coalesce(sum(o.returns_value), 0) AS "returnsValue"
  FROM sales_order o
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
  GROUP BY 1
), per_customer AS (
  SELECT o.segment AS "segment",
    max(o.last_sale_at) AS "lastPurchaseAt"
  FROM sales_order o
  WHERE o.snapshot_id = (SELECT consumer360_scope.snapshot())
    AND NOT o.guest
  GROUP BY 1, o.customer_key
), over_customers AS (
  SELECT "segment",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY ((SELECT as_of FROM snapshot WHERE snapshot_id = (SELECT consumer360_scope.snapshot())) - "lastPurchaseAt"::date)) AS "medianRecencyDays"
  FROM per_customer
  GROUP BY 1
), answer AS (
  SELECT f.*,
    o."medianRecencyDays" AS "medianRecencyDays",
    ("grossRevenue" - "returnsValue") AS "netRevenue"
  FROM figures f
  LEFT JOIN over_customers o ON o."segment" = f."segment"
)
SELECT "segment" AS segment,
  "customers" AS customers,
  "orders" AS orders,
  "grossRevenue" AS gross_revenue,
  "netRevenue" AS net_revenue,
  "medianRecencyDays" AS median_recency_days
FROM answer;

COMMENT ON VIEW segment_summary IS 'Customers, orders and revenue of the CLASSIC segments.';
