// The row policies in fewer and cheaper words, and a list as an array of PostgreSQL's own instead of JSON. Who reads with an older version
// sees an error until it is replaced, never rows. Frozen text: a later change is a later migration.
import type { MigrationInterface, QueryRunner } from "typeorm";

// A sub-select runs once per statement, but each costs planning, in small statements more than the rows do: so what a nested policy
// says already is not said again, and what a function only wrapped stands here.
const rowPolicies = `
SET LOCAL search_path = public;

ALTER POLICY fact_sales_scope ON fact_sales USING (
  generation = (SELECT consumer360_scope.generation())
  AND born <= (SELECT consumer360_scope.snapshot())
  AND died > (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR country = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR CASE WHEN guest THEN 'GUEST' = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[])
      ELSE EXISTS (SELECT FROM rfm_segments s WHERE s.customer_key = fact_sales.customer_key) END)
);

ALTER POLICY sales_order_scope ON sales_order USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR country = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR segment = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER POLICY customer_cell_scope ON customer_cell USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR countries <@ ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR segment = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER POLICY sales_cell_scope ON sales_cell USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR countries <@ ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR segments <@ ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER POLICY rfm_segments_scope ON rfm_segments USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ((SELECT current_setting('consumer360.countries', true) = '*')
    OR countries && ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.countries', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
  AND ((SELECT current_setting('consumer360.segments', true) = '*')
    OR classic = ANY ((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.segments', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]))
);

ALTER POLICY dim_customer_scope ON dim_customer USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND (SELECT true FROM rfm_segments s
      WHERE s.customer_key = dim_customer.customer_key AND s.snapshot_id = dim_customer.snapshot_id)
);

ALTER POLICY dim_product_scope ON dim_product USING (
  snapshot_id = (SELECT CASE WHEN current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '' THEN consumer360_scope.snapshot() END)
);

ALTER POLICY snapshot_scope ON snapshot USING (
  (SELECT current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '')
);

ALTER POLICY published_snapshot_scope ON published_snapshot USING (
  (SELECT current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '')
);

ALTER POLICY load_run_scope ON load_run USING (
  (SELECT current_setting('consumer360.operator', true) = 'on')
);

ALTER POLICY rejected_row_scope ON rejected_row USING (
  (SELECT current_setting('consumer360.operator', true) = 'on')
);

DROP FUNCTION consumer360_scope.is_set(), consumer360_scope.is_operator(), consumer360_scope.has_all(text),
  consumer360_scope.list(text);
`;

const functionsBefore = `
SET LOCAL search_path = public;

CREATE FUNCTION consumer360_scope.is_set() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('consumer360.countries', true), '') <> ''
           AND coalesce(current_setting('consumer360.segments', true), '') <> '' $$;

CREATE FUNCTION consumer360_scope.is_operator() RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('consumer360.operator', true), '') = 'on' $$;

CREATE FUNCTION consumer360_scope.has_all(setting text) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('consumer360.' || setting, true), '') = '*' $$;

CREATE FUNCTION consumer360_scope.list(setting text) RETURNS text[]
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT CASE
           WHEN coalesce(current_setting('consumer360.' || setting, true), '') IN ('', '*') THEN ARRAY[]::text[]
           ELSE ARRAY(SELECT jsonb_array_elements_text(
             convert_from(decode(current_setting('consumer360.' || setting, true), 'base64'), 'UTF8')::jsonb))
         END $$;
`;

const among = (value: string, test: string, setting: string) =>
  `((SELECT consumer360_scope.has_all('${setting}')) OR ${value} ${test} (SELECT consumer360_scope.list('${setting}'))::text[])`;
const anyOf = (value: string, setting: string) =>
  `((SELECT consumer360_scope.has_all('${setting}'))
    OR ${value} = ANY ((SELECT consumer360_scope.list('${setting}'))::text[]))`;
const now = "snapshot_id = (SELECT consumer360_scope.snapshot())";

const policiesBefore = `
ALTER POLICY fact_sales_scope ON fact_sales USING (
  generation = (SELECT consumer360_scope.generation())
  AND born <= (SELECT consumer360_scope.snapshot())
  AND died > (SELECT consumer360_scope.snapshot())
  AND ${anyOf("country", "countries")}
  AND ((SELECT consumer360_scope.has_all('segments'))
    OR CASE WHEN guest THEN 'GUEST' = ANY ((SELECT consumer360_scope.list('segments'))::text[])
       ELSE EXISTS (
         SELECT FROM rfm_segments s
         WHERE s.customer_key = fact_sales.customer_key
           AND s.snapshot_id = (SELECT consumer360_scope.snapshot())
           AND s.classic = ANY ((SELECT consumer360_scope.list('segments'))::text[]))
       END)
);
ALTER POLICY sales_order_scope ON sales_order
  USING (${now} AND ${anyOf("country", "countries")} AND ${anyOf("segment", "segments")});
ALTER POLICY rfm_segments_scope ON rfm_segments
  USING (${now} AND ${among("countries", "&&", "countries")} AND ${anyOf("classic", "segments")});
ALTER POLICY customer_cell_scope ON customer_cell
  USING (${now} AND ${among("countries", "<@", "countries")} AND ${anyOf("segment", "segments")});
ALTER POLICY sales_cell_scope ON sales_cell
  USING (${now} AND ${among("countries", "<@", "countries")} AND ${among("segments", "<@", "segments")});
ALTER POLICY dim_customer_scope ON dim_customer USING (
  ${now}
  AND EXISTS (
    SELECT FROM rfm_segments s
    WHERE s.customer_key = dim_customer.customer_key AND s.snapshot_id = dim_customer.snapshot_id)
);
ALTER POLICY dim_product_scope ON dim_product USING (${now} AND (SELECT consumer360_scope.is_set()));
ALTER POLICY snapshot_scope ON snapshot USING ((SELECT consumer360_scope.is_set()));
ALTER POLICY published_snapshot_scope ON published_snapshot USING ((SELECT consumer360_scope.is_set()));
ALTER POLICY load_run_scope ON load_run USING ((SELECT consumer360_scope.is_operator()));
ALTER POLICY rejected_row_scope ON rejected_row USING ((SELECT consumer360_scope.is_operator()));
`;

export class Locks1764000000000 implements MigrationInterface {
  readonly name = "Locks1764000000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(rowPolicies);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const text of [functionsBefore, policiesBefore]) await queryRunner.query(text);
  }
}
