// The derived tables that grow with the orders, each snapshot a partition of its own: a load fills it as a plain table and indexes it
// after, and cleaning drops it. The grain comes later in the key of customer_cell, which makes it cheaper to sort. Frozen text: a later
// change is a later migration.
import type { MigrationInterface, QueryRunner } from "typeorm";

// What a table cannot become is made beside it: the new table takes the name, key, policy, rights and rows of the old, and views read it
// from then on. Views keep their rights and comments, because they are replaced, not made again.
const remake = (partitioned: boolean) => `
SET LOCAL search_path = public;
DO $$
DECLARE
  tables constant text[] := ARRAY['sales_order', 'customer_cell'];
  name text;
  key text;
  policy text;
  part text;
  kept integer;
  reading record;
BEGIN
  CREATE TEMP TABLE reading_view ON COMMIT DROP AS
    SELECT DISTINCT c.oid::regclass::text AS view, pg_get_viewdef(c.oid) AS definition,
      coalesce('WITH (' || array_to_string(c.reloptions, ', ') || ')', '') AS options
    FROM unnest(tables) table_name
    JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = table_name::regclass
    JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    JOIN pg_class c ON c.oid = r.ev_class AND c.relkind = 'v';

  FOREACH name IN ARRAY tables LOOP
    EXECUTE format('ALTER TABLE %I RENAME TO %I', name, name || '_before');
    EXECUTE format('ALTER INDEX %I RENAME TO %I', name || '_pkey', name || '_before_pkey');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS)${partitioned ? " PARTITION BY LIST (snapshot_id)" : ""}', name, name || '_before');
    key := CASE name
      WHEN 'sales_order' THEN 'customer_key, snapshot_id, guest, invoice, country, ordered_on'
      WHEN 'customer_cell' THEN '${partitioned ? "snapshot_id, period, customer_key, grain, guest, countries" : "snapshot_id, grain, period, customer_key, guest, countries"}' END;
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I PRIMARY KEY (%s)', name, name || '_pkey', key);
    SELECT pg_get_expr(polqual, polrelid) INTO STRICT policy
      FROM pg_policy WHERE polrelid = (name || '_before')::regclass AND polname = name || '_scope';
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO consumer360_reader USING (%s)', name || '_scope', name, policy);
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, consumer360_reader', name);
    EXECUTE format('GRANT SELECT ON %I TO consumer360_reader', name);
${partitioned ? rowsByPartition : rowsTogether}
  END LOOP;

  FOR reading IN SELECT * FROM reading_view LOOP
    EXECUTE format('CREATE OR REPLACE VIEW %s %s AS %s', reading.view, reading.options, reading.definition);
  END LOOP;
  FOREACH name IN ARRAY tables LOOP
    EXECUTE format('DROP TABLE %I', name || '_before');
  END LOOP;
  DROP TABLE reading_view;
END
$$;
`;

const rowsByPartition = `
    FOR kept IN EXECUTE format('SELECT DISTINCT snapshot_id FROM %I', name || '_before') LOOP
      part := name || '_s' || kept;
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING CONSTRAINTS)', part, name);
      EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE snapshot_id = %s', part, name || '_before', kept);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, ADD CONSTRAINT %I PRIMARY KEY (%s), ADD CONSTRAINT %I CHECK (snapshot_id = %s)',
        part, part || '_pkey', key, part || '_snapshot', kept);
      EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, consumer360_reader', part);
      EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%s)', name, part, kept);
    END LOOP;
    EXECUTE format('ANALYZE %I', name);`;

const rowsTogether = `
    EXECUTE format('INSERT INTO %I SELECT * FROM %I', name, name || '_before');
    EXECUTE format('ANALYZE %I', name);`;

export class Partitions1764600000000 implements MigrationInterface {
  readonly name = "Partitions1764600000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(remake(true));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(remake(false));
  }
}
