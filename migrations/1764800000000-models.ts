// What is expected of customers: a row for each one who has bought, by snapshot, under the policy that only whoever sees all of the
// customer's lines sees it; and the card of the models that it comes from. Frozen text: a later change is a later migration.
import type { MigrationInterface, QueryRunner } from "typeorm";

const visible = (list: string) =>
  `((SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.${list}', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[])`;
const seesAll = (list: string) => `(SELECT current_setting('consumer360.${list}', true) = '*')`;

const up = `
SET LOCAL search_path = public;

CREATE TABLE customer_outlook (
  customer_key text COLLATE "C" NOT NULL,
  snapshot_id integer NOT NULL,
  segment text COLLATE "C" NOT NULL,
  countries text[] COLLATE "C" NOT NULL,
  first_order_on date NOT NULL,
  last_order_on date NOT NULL,
  recency_days integer NOT NULL,
  orders integer NOT NULL,
  repeats integer NOT NULL,
  usual_interval double precision,
  gross_revenue numeric NOT NULL,
  trailing_net_revenue numeric NOT NULL,
  no_order double precision,
  alive double precision,
  orders_30 double precision,
  orders_90 double precision,
  orders_365 double precision,
  order_value numeric,
  lifetime_value numeric,
  revenue_at_risk numeric,
  risk_key bigint NOT NULL,
  CONSTRAINT customer_outlook_pkey PRIMARY KEY (customer_key, snapshot_id)
) PARTITION BY LIST (snapshot_id);
CREATE INDEX customer_outlook_risk ON customer_outlook (risk_key DESC, customer_key);

CREATE TABLE model_card (
  snapshot_id integer NOT NULL,
  card jsonb NOT NULL,
  CONSTRAINT model_card_pkey PRIMARY KEY (snapshot_id)
);

ALTER TABLE customer_outlook ENABLE ROW LEVEL SECURITY;
CREATE POLICY customer_outlook_scope ON customer_outlook FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND (${seesAll("countries")}
    OR countries <@ ${visible("countries")})
  AND (${seesAll("segments")}
    OR segment = ANY ${visible("segments")})
);
ALTER TABLE model_card ENABLE ROW LEVEL SECURITY;
CREATE POLICY model_card_scope ON model_card FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT CASE WHEN current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> '' THEN consumer360_scope.snapshot() END)
);
REVOKE ALL ON customer_outlook, model_card FROM PUBLIC, consumer360_reader;
GRANT SELECT ON customer_outlook, model_card TO consumer360_reader;
`;

export class Models1764800000000 implements MigrationInterface {
  readonly name = "Models1764800000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query("DROP TABLE public.customer_outlook, public.model_card");
  }
}
