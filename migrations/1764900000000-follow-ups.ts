// What is computed once a snapshot is published: where its customers stand, so that two snapshots can be compared, and what is bought
// together. And a snapshot tells whose cut-points it has, and what monetary scores are made of. Frozen text: a later change is a later
// migration.
import type { MigrationInterface, QueryRunner } from "typeorm";

const list = (name: string) =>
  `(SELECT convert_from(decode(nullif(nullif(current_setting('consumer360.${name}', true), ''), '*'), 'base64'), 'UTF8')::text[])::text[]`;
const among = (column: string, name: string) =>
  `((SELECT current_setting('consumer360.${name}', true) = '*') OR ${column} = ANY (${list(name)}))`;
const isSet =
  "current_setting('consumer360.countries', true) <> '' AND current_setting('consumer360.segments', true) <> ''";

const up = `
SET LOCAL search_path = public;

ALTER TABLE snapshot ADD COLUMN cuts_of integer;
GRANT SELECT (former_snapshot_id, monetary, cuts_of) ON snapshot TO consumer360_reader;

CREATE TABLE customer_standing (
  snapshot_id integer NOT NULL,
  customer_key text COLLATE "C" NOT NULL,
  guest boolean NOT NULL,
  country text COLLATE "C" NOT NULL,
  classic text COLLATE "C" NOT NULL,
  executive text COLLATE "C" NOT NULL,
  detailed text COLLATE "C" NOT NULL,
  recency_score smallint,
  frequency_score smallint,
  monetary_score smallint,
  last_order_on date,
  orders integer NOT NULL,
  gross_revenue numeric NOT NULL,
  returns_value numeric NOT NULL,
  CONSTRAINT customer_standing_pkey PRIMARY KEY (snapshot_id, customer_key, guest, country)
);

CREATE TABLE product_pair (
  snapshot_id integer NOT NULL,
  product text COLLATE "C" NOT NULL,
  other text COLLATE "C" NOT NULL,
  together integer NOT NULL,
  product_orders integer NOT NULL,
  other_orders integer NOT NULL,
  all_orders integer NOT NULL,
  CONSTRAINT product_pair_pkey PRIMARY KEY (snapshot_id, product, other)
);

CREATE TABLE follow_up (
  snapshot_id integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  finished_at timestamptz NOT NULL,
  seconds numeric NOT NULL,
  CONSTRAINT follow_up_pkey PRIMARY KEY (snapshot_id, name)
);

ALTER TABLE customer_standing ENABLE ROW LEVEL SECURITY;
ALTER TABLE product_pair ENABLE ROW LEVEL SECURITY;
ALTER TABLE follow_up ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON customer_standing, product_pair, follow_up FROM PUBLIC, consumer360_reader;
GRANT SELECT ON customer_standing, product_pair TO consumer360_reader;
GRANT SELECT (snapshot_id, name) ON follow_up TO consumer360_reader;

CREATE POLICY customer_standing_scope ON customer_standing FOR SELECT TO consumer360_reader USING (
  ${among("country", "countries")}
  AND ${among("classic", "segments")}
);
CREATE POLICY product_pair_scope ON product_pair FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND (SELECT current_setting('consumer360.countries', true) = '*')
  AND (SELECT current_setting('consumer360.segments', true) = '*')
);
CREATE POLICY follow_up_scope ON follow_up FOR SELECT TO consumer360_reader USING (
  (SELECT ${isSet})
);
`;

const down = `
SET LOCAL search_path = public;
DROP TABLE follow_up, product_pair, customer_standing;
REVOKE SELECT (former_snapshot_id, monetary, cuts_of) ON snapshot FROM consumer360_reader;
ALTER TABLE snapshot DROP COLUMN cuts_of;
`;

export class FollowUps1764900000000 implements MigrationInterface {
  readonly name = "FollowUps1764900000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}
