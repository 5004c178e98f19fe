// The migrations make exactly what the entities say: TypeORM finds nothing left to change.
import { getMetadataArgsStorage } from "typeorm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rollups1763800000000 } from "../../migrations/1763800000000-rollups.ts";
import { allMigrations } from "../../migrations/allMigrations.ts";
import { rollups } from "../../src/model/rollups.ts";
import { views } from "../../src/model/views.ts";
import { compileViews } from "../../src/query/compile/compileViews.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import { tableName, viewEntities } from "../../src/warehouse/entityTables.ts";
import { migrateWarehouse, warehouseDataSource } from "../../src/warehouse/migrateWarehouse.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse.close());

it("leaves nothing for TypeORM to change", async () => {
  const dataSource = await warehouseDataSource(warehouse.url, allMigrations).initialize();
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map((query) => query.query)).toEqual([]);
  } finally {
    await dataSource.destroy();
  }
});

it("notices a column that a migration forgot", async () => {
  await warehouse.owner.query("ALTER TABLE dim_product DROP COLUMN category");
  const dataSource = await warehouseDataSource(warehouse.url, allMigrations).initialize();
  try {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map((query) => query.query).join("\n")).toContain("category");
  } finally {
    await dataSource.destroy();
  }
});

describe("a warehouse of before the rollups, with a published snapshot", () => {
  /** The migration of the rollups and all that came later. */
  const since = allMigrations.slice(allMigrations.indexOf(Rollups1763800000000));
  const every = rollups.map(({ name }) => name);
  const cells = rollups.filter(({ kind }) => kind === "cells").map(({ name }) => name);
  const questions: readonly MetricsRequest[] = [
    { kind: "metrics", measures: ["grossRevenue", "orders", "customers", "repeatRate"], dimensions: [] },
    { kind: "metrics", measures: ["grossRevenue", "orders", "customers", "newCustomers"], dimensions: ["month"] },
    { kind: "metrics", measures: ["orders", "units"], dimensions: ["country", "segment"] },
  ];

  it("is migrated, answers as it did, and stores rollups with its next load", async () => {
    const old = await makeTestWarehouse();
    try {
      const { snapshotId } = await old.load(shopFile);
      const stored = async () =>
        (await old.owner.query("SELECT rollups FROM snapshot JOIN published_snapshot USING (snapshot_id)")).rows[0]
          .rollups;
      const answers = () => Promise.all(questions.map(async (question) => (await old.ask(question)).rows));
      const before = await answers();
      expect(await stored()).toEqual(every);

      const dataSource = await warehouseDataSource(old.url, allMigrations).initialize();
      try {
        for (const _ of since) await dataSource.undoLastMigration();
      } finally {
        await dataSource.destroy();
      }
      const left = await old.owner.query(
        "SELECT column_name FROM information_schema.columns WHERE table_name ~ '_cell$' OR (table_name, column_name) = ('snapshot', 'rollups')",
      );
      expect(left.rows).toEqual([]);

      expect(await migrateWarehouse(old.url, allMigrations)).toEqual({ applied: since.map(({ name }) => name) });
      expect(await stored()).toContain("sales_order");
      expect((await stored()).filter((name: string) => cells.includes(name))).toEqual([]);
      expect(await answers()).toEqual(before);

      expect(await old.load(shopFile, { again: true })).toMatchObject({ snapshotId: snapshotId + 1 });
      expect(await stored()).toEqual(every);
      expect(await answers()).toEqual(before);
    } finally {
      await old.close();
    }
  });
});

describe("the published views", () => {
  it("are what the model compiles to", async () => {
    const fresh = await makeTestWarehouse();
    try {
      const definitions = async () =>
        (
          await fresh.owner.query(
            `SELECT relname, reloptions, pg_get_viewdef(oid) AS definition, obj_description(oid) AS description
             FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
          )
        ).rows;
      const migrated = await definitions();
      for (const { relname } of migrated) await fresh.owner.query(`DROP VIEW ${relname}`);
      await fresh.owner.query(compileViews());
      expect(migrated.length).toBe(views.length);
      expect(migrated).toEqual(await definitions());
    } finally {
      await fresh.close();
    }
  });

  it.each(viewEntities.map((entity) => [tableName(entity), entity] as const))(
    "%s has the entity's columns",
    async (name, entity) => {
      const { rows } = await warehouse.owner.query(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY 1",
        [name],
      );
      const declared = getMetadataArgsStorage().columns.filter((column) => column.target === entity);
      expect(rows.map((row) => row.column_name)).toEqual(declared.map((column) => column.options.name).sort());
    },
  );
});
