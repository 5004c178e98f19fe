-- The second lock as it stands after every migration, from src/warehouse/rowPolicies.ts.
--
-- A session sees what its transaction's settings say: consumer360.countries and consumer360.segments ('*', or base64 of an array of
-- text), consumer360.snapshot, consumer360.generation, consumer360.operator ('on'). Nothing set: nothing seen.
-- Partitions are granted to nobody: their rows are reached through the table, under its policy.
--
-- Of the server, made by the first migration where it is missing: CREATE ROLE consumer360_reader NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;

CREATE SCHEMA consumer360_scope;

CREATE FUNCTION consumer360_scope.snapshot() RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('consumer360.snapshot', true), '')::integer $$;

CREATE FUNCTION consumer360_scope.generation() RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('consumer360.generation', true), '')::integer $$;

GRANT USAGE ON SCHEMA public, consumer360_scope TO consumer360_reader;

ALTER TABLE fact_sales ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON fact_sales TO consumer360_reader;
CREATE POLICY fact_sales_scope ON fact_sales FOR SELECT TO consumer360_reader USING (
  generation = (SELECT consumer360_scope.generation())
  AND born <= (SELECT consumer360_scope.snapshot())
  AND died > (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR country = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR CASE WHEN guest THEN 'GUEST' = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[])
      ELSE EXISTS (SELECT FROM rfm_segments s WHERE s.customer_key = fact_sales.customer_key) END)
);

ALTER TABLE sales_order ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON sales_order TO consumer360_reader;
CREATE POLICY sales_order_scope ON sales_order FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR country = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR segment = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER TABLE customer_cell ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON customer_cell TO consumer360_reader;
CREATE POLICY customer_cell_scope ON customer_cell FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR countries <@ ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR segment = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER TABLE sales_cell ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON sales_cell TO consumer360_reader;
CREATE POLICY sales_cell_scope ON sales_cell FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR countries <@ ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR segments <@ ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER TABLE rfm_segments ENABLE ROW LEVEL SECURITY;
GRANT SELECT (customer_key, snapshot_id, recency_score, frequency_score, monetary_score, classic, executive, detailed) ON rfm_segments TO consumer360_reader;
CREATE POLICY rfm_segments_scope ON rfm_segments FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR countries && ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR classic = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER TABLE dim_customer ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON dim_customer TO consumer360_reader;
CREATE POLICY dim_customer_scope ON dim_customer FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND (SELECT true FROM rfm_segments s
      WHERE s.customer_key = dim_customer.customer_key AND s.snapshot_id = dim_customer.snapshot_id)
);

ALTER TABLE dim_product ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON dim_product TO consumer360_reader;
CREATE POLICY dim_product_scope ON dim_product FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT CASE WHEN current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '' THEN consumer360_scope.snapshot() END)
);

ALTER TABLE customer_outlook ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON customer_outlook TO consumer360_reader;
CREATE POLICY customer_outlook_scope ON customer_outlook FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR countries <@ ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR segment = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER TABLE model_card ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON model_card TO consumer360_reader;
CREATE POLICY model_card_scope ON model_card FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT CASE WHEN current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '' THEN consumer360_scope.snapshot() END)
);

ALTER TABLE snapshot ENABLE ROW LEVEL SECURITY;
GRANT SELECT (snapshot_id, generation, load_run_id, published_at, as_of, data_from, data_through, currency, recency_cuts, frequency_cuts, monetary_cuts, rollups, rollup_keys, former_snapshot_id, monetary, cuts_of) ON snapshot TO consumer360_reader;
CREATE POLICY snapshot_scope ON snapshot FOR SELECT TO consumer360_reader USING (
  (SELECT current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '')
);

ALTER TABLE customer_standing ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON customer_standing TO consumer360_reader;
CREATE POLICY customer_standing_scope ON customer_standing FOR SELECT TO consumer360_reader USING (
  ((SELECT current_setting('consumer360.countries', true) = '*')
    OR country = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR classic = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER TABLE product_pair ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON product_pair TO consumer360_reader;
CREATE POLICY product_pair_scope ON product_pair FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND (SELECT current_setting('consumer360.countries', true) = '*')
  AND (SELECT current_setting('consumer360.segments', true) = '*')
);

ALTER TABLE follow_up ENABLE ROW LEVEL SECURITY;
GRANT SELECT (snapshot_id, name) ON follow_up TO consumer360_reader;
CREATE POLICY follow_up_scope ON follow_up FOR SELECT TO consumer360_reader USING (
  (SELECT current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '')
);

ALTER TABLE published_snapshot ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON published_snapshot TO consumer360_reader;
CREATE POLICY published_snapshot_scope ON published_snapshot FOR SELECT TO consumer360_reader USING (
  (SELECT current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '')
);

ALTER TABLE load_run ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON load_run TO consumer360_reader;
CREATE POLICY load_run_scope ON load_run FOR SELECT TO consumer360_reader USING (
  (SELECT current_setting('consumer360.operator', true) = 'on')
);

ALTER TABLE rejected_row ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON rejected_row TO consumer360_reader;
CREATE POLICY rejected_row_scope ON rejected_row FOR SELECT TO consumer360_reader USING (
  (SELECT current_setting('consumer360.operator', true) = 'on')
);

-- The owner's alone: no policy, no grant.
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE product_wording ENABLE ROW LEVEL SECURITY;
ALTER TABLE segment_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE server_secret ENABLE ROW LEVEL SECURITY;

-- Views run as whoever asks: the policies of the tables hold.
GRANT SELECT ON customer_360, revenue_by_month, cohort_retention, segment_summary TO consumer360_reader;
