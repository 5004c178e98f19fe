// A warehouse of a test's own: a fresh, migrated database on the test server, with ways to load files or rows into it and to read
// it as any scope. `close` drops it.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject } from "vitest";
import { gateNames } from "../../etl/gate/gates.ts";
import { loadFiles } from "../../etl/loadFiles.ts";
import type { LoadOptions } from "../../etl/loadOptions.ts";
import type { LoadReport } from "../../etl/loadReport.ts";
import { allMigrations } from "../../migrations/allMigrations.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import { type AnswerTo, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { Request } from "../../src/query/request.ts";
import { migrateWarehouse } from "../../src/warehouse/migrateWarehouse.ts";
import { openReadWarehouse, type ReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";

/** Sees everything. Spread it to make a narrower scope; give every scope a fingerprint of its own. */
export const adminScope: Scope = Object.freeze({ ...everything, role: "admin", fingerprint: "admin" });

export type TestWarehouse = Readonly<{
  url: string;
  /** The server as readers reach it. */
  read: ReadWarehouse;
  /** As the owner, past every policy: for hand-written SQL. */
  owner: pg.Pool;
  load(path: string, options?: Partial<LoadOptions>): Promise<LoadReport>;
  /** Loads the text of a file. */
  loadText(text: string | Buffer, options?: Partial<LoadOptions>): Promise<LoadReport>;
  /** Loads several files at once, in this order. */
  loadAll(paths: readonly string[], options?: Partial<LoadOptions>): Promise<LoadReport>;
  /** Loads the texts of several files at once, in this order. */
  loadTexts(texts: readonly string[], options?: Partial<LoadOptions>): Promise<LoadReport>;
  /** Asks at the published snapshot. */
  ask<R extends Request>(request: R, scope?: Scope): Promise<AnswerTo<R>>;
  close(): Promise<void>;
}>;

export async function makeTestWarehouse(): Promise<TestWarehouse> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const server = inject("serverUrl");
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString();
  await migrateWarehouse(url, allMigrations);
  const read = openReadWarehouse(url, { maxConnections: 4 });
  const owner = new pg.Pool({ connectionString: url, max: 2 });
  owner.on("error", () => {});
  const folder = await mkdtemp(join(tmpdir(), "consumer360-files-"));
  let files = 0;

  const loadAll = (paths: readonly string[], options: Partial<LoadOptions> = {}) =>
    loadFiles({
      url,
      paths,
      currency: "GBP",
      maxRejects: 0.01,
      snapshotsKept: 2,
      allow: gateNames,
      ...options,
    });
  async function write(text: string | Buffer): Promise<string> {
    files++;
    const path = join(folder, `file-${files}.csv`);
    await writeFile(path, text);
    return path;
  }
  return {
    url,
    read,
    owner,
    loadAll,
    load: (path, options) => loadAll([path], options),
    loadText: async (text, options) => loadAll([await write(text)], options),
    async loadTexts(texts, options) {
      const paths: string[] = [];
      for (const text of texts) paths.push(await write(text));
      return loadAll(paths, options);
    },
    async ask(request, scope = adminScope) {
      return ask(request, { warehouse: read, snapshot: await readSnapshot(read), scope });
    },
    async close() {
      await Promise.all([read.close(), owner.end()]);
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
