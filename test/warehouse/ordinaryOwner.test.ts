// A warehouse whose owner is no superuser, as a managed PostgreSQL gives one: it can be migrated, loaded and read.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { loadFiles } from "../../etl/loadFiles.ts";
import { allMigrations } from "../../migrations/allMigrations.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { migrateWarehouse } from "../../src/warehouse/migrateWarehouse.ts";
import { openReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { adminScope } from "../support/testWarehouse.ts";

const name = `owner_${randomBytes(5).toString("hex")}`;
const url = Object.assign(new URL(inject("serverUrl")), {
  username: name,
  password: name,
  pathname: `/${name}`,
}).toString();
let server: pg.Client;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-owner-"));
  server = new pg.Client({ connectionString: inject("serverUrl") });
  await server.connect();
  await server.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}' NOSUPERUSER CREATEROLE`);
  await server.query(`CREATE DATABASE ${name} OWNER ${name}`);
});

afterAll(async () => {
  await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await server.query(`DROP OWNED BY ${name}`);
  await server.query(`DROP ROLE ${name}`);
  await server.end();
  await rm(folder, { recursive: true, force: true });
});

it("says what to grant where the reader's role belongs to somebody else", async () => {
  await server.query(`DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'consumer360_reader') THEN CREATE ROLE consumer360_reader; END IF;
  END $$`);
  const [{ version }] = (await server.query("SELECT current_setting('server_version_num')::int AS version")).rows;
  // up to 15, whoever may create roles may also grant them
  if (version < 160_000) return;
  await expect(migrateWarehouse(url, allMigrations)).rejects.toMatchObject({
    code: "WAREHOUSE_UNAVAILABLE",
    remedy: expect.stringContaining("GRANT consumer360_reader TO"),
  });
});

it("is migrated, loaded and read", async () => {
  // what the creator of a role holds from PostgreSQL 16 on: the right to give it away, not to become it
  await server.query(`GRANT consumer360_reader TO ${name} WITH ADMIN OPTION`);
  const [{ version }] = (await server.query("SELECT current_setting('server_version_num')::int AS version")).rows;
  if (version >= 160_000) await server.query(`GRANT consumer360_reader TO ${name} WITH SET FALSE`);
  await migrateWarehouse(url, allMigrations);
  const path = join(folder, "shop.csv");
  await writeFile(
    path,
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,Thing,2,1/31/2024 10:00,1.50,7,France\n",
  );
  await loadFiles({ url, paths: [path], currency: "EUR", maxRejects: 0, snapshotsKept: 2 });
  const warehouse = openReadWarehouse(url, { maxConnections: 1 });
  try {
    const snapshot = await readSnapshot(warehouse);
    const answer = await ask(
      { kind: "metrics", measures: ["grossRevenue", "customers"], dimensions: [] },
      { warehouse, snapshot, scope: adminScope },
    );
    expect(answer.rows).toEqual([{ grossRevenue: "3", customers: 1 }]);
  } finally {
    await warehouse.close();
  }
});
