// The database that the commands open: migrated, with a way in for readers that is shown to be bound by the row policies.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openMigratedDatabase, openServedDatabase } from "../../bin/openDatabase.ts";
import { loadFiles } from "../../etl/loadFiles.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { openReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { adminScope, makeTestWarehouse } from "../support/testWarehouse.ts";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "c360-"));
  await chmod(home, 0o755);
});
afterAll(() => rm(home, { recursive: true, force: true }));

it("the embedded one is read with the readers' login, load after load", async () => {
  const config = { databaseUrl: null, readerDatabaseUrl: null, home };
  const database = await openServedDatabase(config, () => undefined);
  const read = openReadWarehouse(database.readerUrl, { maxConnections: 1 });
  try {
    const who = { text: "SELECT session_user, current_user, count(*)::int AS lines FROM fact_sales", values: [] };
    for (let load = 0; load < 2; load++) {
      await loadFiles({ url: database.url, paths: [shopFile], currency: "EUR", maxRejects: 0, snapshotsKept: 2 });
      expect(await read.read(who, adminScope, await readSnapshot(read))).toEqual([
        { session_user: "consumer360_read", current_user: "consumer360_reader", lines: 199 },
      ]);
      await (await openServedDatabase(config, () => undefined)).release();
    }
  } finally {
    await read.close();
    await database.release();
  }
});

it("a READER_DATABASE_URL that names the owner is refused; without one the owner becomes the reader", async () => {
  const warehouse = await makeTestWarehouse();
  try {
    const config = { databaseUrl: warehouse.url, home };
    const opened = await openServedDatabase({ ...config, readerDatabaseUrl: null }, () => undefined);
    expect(opened.readerUrl).toBe(warehouse.url);
    const same = openServedDatabase({ ...config, readerDatabaseUrl: warehouse.url }, () => undefined);
    await expect(same).rejects.toMatchObject({
      code: "WAREHOUSE_UNAVAILABLE",
      message: expect.stringContaining("superuser"),
      remedy: expect.stringContaining("READER_DATABASE_URL"),
    });
  } finally {
    await warehouse.close();
  }
});

it("a READER_DATABASE_URL that is away stops the server, and nothing else: files are loaded, keys revoked", async () => {
  const warehouse = await makeTestWarehouse();
  try {
    const readerDatabaseUrl = "postgresql://reader@127.0.0.1:1/warehouse";
    const config = { databaseUrl: warehouse.url, readerDatabaseUrl, home };
    await (await openMigratedDatabase(config, () => undefined)).release();
    await expect(openServedDatabase(config, () => undefined)).rejects.toMatchObject({
      code: "WAREHOUSE_UNAVAILABLE",
      message: expect.stringContaining("READER_DATABASE_URL"),
    });
  } finally {
    await warehouse.close();
  }
});
