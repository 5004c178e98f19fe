// What the record of a load keeps beside its account: its options and amounts, and which rejected row was mended and loaded by which load.
// Frozen text: a later change is a later migration.
import type { MigrationInterface, QueryRunner } from "typeorm";

export class Loads1764500000000 implements MigrationInterface {
  readonly name = "Loads1764500000000";

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE public.load_run ADD COLUMN options jsonb NOT NULL DEFAULT '{}', ADD COLUMN amounts jsonb NOT NULL DEFAULT '[]';
      ALTER TABLE public.rejected_row ADD COLUMN settled_in integer;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE public.rejected_row DROP COLUMN settled_in;
      ALTER TABLE public.load_run DROP COLUMN options, DROP COLUMN amounts;
    `);
  }
}
