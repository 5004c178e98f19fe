// Several warehouses of one new server migrated at the same moment: the role of the readers belongs to the server, the lock to a database.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allMigrations } from "../../migrations/allMigrations.ts";
import {
  acquireEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/warehouse/embedded/acquireEmbeddedPostgres.ts";
import { migrateWarehouse } from "../../src/warehouse/migrateWarehouse.ts";

let home: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "consumer360-together-"));
  await chmod(home, 0o755);
  server = await acquireEmbeddedPostgres({ home });
}, 120_000);
afterAll(async () => {
  await server.release();
  await rm(home, { recursive: true, force: true });
});

it("makes the readers' role once, and every warehouse whole", async () => {
  const names = ["one", "two", "three", "four"];
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  // As on a server that is not ours: nobody has made the role yet.
  await client.query("DROP OWNED BY consumer360_read; DROP ROLE consumer360_read; DROP ROLE consumer360_reader");
  for (const name of names) await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const urls = names.map((name) => Object.assign(new URL(server.url), { pathname: `/${name}` }).toString());
  const made = await Promise.all(urls.map((url) => migrateWarehouse(url, allMigrations)));
  expect(made.map(({ applied }) => applied.length)).toEqual(names.map(() => allMigrations.length));
}, 60_000);
