// Loads of any file: a line keeps its own description and category, so that an append can say anew what a product is called; a load keeps
// its options, amounts and stages; who moved from segment to segment. Frozen text: a later change is a later migration.
import type { MigrationInterface, QueryRunner } from "typeorm";

// Lines of before did not keep their description: they take the one that their product has, which is what most of them said.
const up = `
SET LOCAL search_path = public;

ALTER TABLE fact_sales ADD COLUMN description text COLLATE "C", ADD COLUMN category text COLLATE "C";
UPDATE fact_sales f SET description = p.description
FROM dim_product p
WHERE p.product = f.product AND p.snapshot_id = f.generation AND p.description IS NOT NULL;

CREATE TABLE product_wording (
  product text COLLATE "C" NOT NULL,
  snapshot_id integer NOT NULL,
  wording text COLLATE "C" NOT NULL,
  description text COLLATE "C",
  category text COLLATE "C",
  lines bigint NOT NULL,
  CONSTRAINT product_wording_pkey PRIMARY KEY (product, snapshot_id, wording)
);
ALTER TABLE product_wording ENABLE ROW LEVEL SECURITY;
INSERT INTO product_wording (product, snapshot_id, wording, description, category, lines)
SELECT f.product, s.snapshot_id, md5(coalesce(f.description, '') || chr(31) || coalesce(f.category, '')),
  min(f.description), min(f.category), count(*)
FROM snapshot s JOIN fact_sales f ON f.generation = s.generation AND f.born <= s.snapshot_id AND f.died > s.snapshot_id
GROUP BY 1, 2, 3;

CREATE TABLE segment_history (
  customer_key text COLLATE "C" NOT NULL,
  snapshot_id integer NOT NULL,
  former_snapshot_id integer NOT NULL,
  classic_from text COLLATE "C",
  classic_to text COLLATE "C",
  executive_from text COLLATE "C",
  executive_to text COLLATE "C",
  detailed_from text COLLATE "C",
  detailed_to text COLLATE "C",
  CONSTRAINT segment_history_pkey PRIMARY KEY (customer_key, snapshot_id)
);
ALTER TABLE segment_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE snapshot
  ADD COLUMN former_snapshot_id integer,
  ADD COLUMN is_sample boolean NOT NULL DEFAULT false,
  ADD COLUMN monetary text NOT NULL DEFAULT 'grossRevenue',
  ADD COLUMN amounts jsonb;
ALTER TABLE load_run
  ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN amounts jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN account_amounts jsonb NOT NULL DEFAULT '{}';
ALTER TABLE rejected_row ADD COLUMN settled_in integer;

REVOKE ALL ON product_wording, segment_history FROM PUBLIC, consumer360_reader;
`;

const down = `
SET LOCAL search_path = public;
ALTER TABLE rejected_row DROP COLUMN settled_in;
ALTER TABLE load_run DROP COLUMN options, DROP COLUMN amounts, DROP COLUMN account_amounts;
ALTER TABLE snapshot DROP COLUMN former_snapshot_id, DROP COLUMN is_sample, DROP COLUMN monetary,
  DROP COLUMN amounts;
DROP TABLE segment_history, product_wording;
ALTER TABLE fact_sales DROP COLUMN description, DROP COLUMN category;
`;

export class Loads1764500000000 implements MigrationInterface {
  readonly name = "Loads1764500000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(up);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(down);
  }
}
