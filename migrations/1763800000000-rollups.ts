// Stored aggregates by sets of countries and segments, under the same row policies, and the names of those that hold a snapshot whole.
import type { MigrationInterface, QueryRunner } from "typeorm";

const tables = `
SET LOCAL search_path = public;
CREATE TABLE customer_cell (
  snapshot_id integer NOT NULL,
  grain text COLLATE "C" NOT NULL,
  period date NOT NULL,
  customer_key text COLLATE "C" NOT NULL,
  guest boolean NOT NULL,
  countries text[] COLLATE "C" NOT NULL,
  segment text COLLATE "C" NOT NULL,
  segment_executive text COLLATE "C" NOT NULL,
  segment_detailed text COLLATE "C" NOT NULL,
  lines bigint NOT NULL,
  sale_lines bigint NOT NULL,
  units bigint NOT NULL,
  gross_revenue numeric NOT NULL,
  returns_value numeric NOT NULL,
  product_returns_value numeric NOT NULL,
  first_sale_at timestamp(0),
  last_sale_at timestamp(0),
  orders bigint NOT NULL,
  CONSTRAINT customer_cell_pkey PRIMARY KEY (snapshot_id, grain, period, customer_key, guest, countries),
  CONSTRAINT customer_cell_countries CHECK (cardinality(countries) > 0)
);

CREATE TABLE sales_cell (
  snapshot_id integer NOT NULL,
  grain text COLLATE "C" NOT NULL,
  period date NOT NULL,
  countries text[] COLLATE "C" NOT NULL,
  segments text[] COLLATE "C" NOT NULL,
  segments_executive text[] COLLATE "C" NOT NULL,
  segments_detailed text[] COLLATE "C" NOT NULL,
  customer_types text[] COLLATE "C" NOT NULL,
  lines bigint NOT NULL,
  sale_lines bigint NOT NULL,
  units bigint NOT NULL,
  gross_revenue numeric NOT NULL,
  returns_value numeric NOT NULL,
  product_returns_value numeric NOT NULL,
  orders bigint NOT NULL,
  customers bigint NOT NULL,
  new_customers bigint NOT NULL,
  repeat_customers bigint NOT NULL,
  CONSTRAINT sales_cell_pkey PRIMARY KEY
    (snapshot_id, grain, period, countries, segments, segments_executive, segments_detailed, customer_types),
  CONSTRAINT sales_cell_sets CHECK (cardinality(countries) > 0 AND cardinality(segments) > 0
    AND cardinality(segments_executive) > 0 AND cardinality(segments_detailed) > 0 AND cardinality(customer_types) > 0)
);

-- Snapshots that are there have the orders and nothing else, as they are declared at this migration.
ALTER TABLE snapshot ADD COLUMN rollups text[] COLLATE "C" NOT NULL DEFAULT '{sales_order}';
ALTER TABLE snapshot ADD COLUMN rollup_keys text[] COLLATE "C" NOT NULL DEFAULT '{sales_order@75310abc37da}';
`;

// A set is seen where all of it is. An empty set would be seen by everyone: the tables refuse it.
const seesAll = (set: string, setting: string) => `((SELECT consumer360_scope.has_all('${setting}'))
    OR ${set} <@ (SELECT consumer360_scope.list('${setting}'))::text[])`;

const rowPolicies = `
ALTER TABLE customer_cell ENABLE ROW LEVEL SECURITY;
CREATE POLICY customer_cell_scope ON customer_cell FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ${seesAll("countries", "countries")}
  AND ((SELECT consumer360_scope.has_all('segments'))
    OR segment = ANY ((SELECT consumer360_scope.list('segments'))::text[]))
);

ALTER TABLE sales_cell ENABLE ROW LEVEL SECURITY;
CREATE POLICY sales_cell_scope ON sales_cell FOR SELECT TO consumer360_reader USING (
  snapshot_id = (SELECT consumer360_scope.snapshot())
  AND ${seesAll("countries", "countries")}
  AND ${seesAll("segments", "segments")}
);
`;

const grants = `
GRANT SELECT ON customer_cell, sales_cell TO consumer360_reader;
GRANT SELECT (rollups, rollup_keys) ON snapshot TO consumer360_reader;
`;

export class Rollups1763800000000 implements MigrationInterface {
  readonly name = "Rollups1763800000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const text of [tables, rowPolicies, grants]) await queryRunner.query(text);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      SET LOCAL search_path = public;
      DROP TABLE sales_cell, customer_cell;
      ALTER TABLE snapshot DROP COLUMN rollups, DROP COLUMN rollup_keys;
    `);
  }
}
