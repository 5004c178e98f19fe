// The one server of a run: the product's own embedded PostgreSQL in a temporary home, with its settings. Product and peers each get
// databases of their own on it.
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import pg from "pg";
import { acquireEmbeddedPostgres } from "../../src/warehouse/embedded/acquireEmbeddedPostgres.ts";

export type BenchServer = Readonly<{
  version: string;
  urlOf(database: string): string;
  /** The same database for readers, who see nothing until they take the reader's role. */
  readerUrlOf(database: string): string;
  /** Makes the database anew, empty; returns its URL. */
  freshDatabase(database: string): Promise<string>;
  dropDatabase(database: string): Promise<void>;
  /** Writes out what is dirty, so that nobody pays for what was measured before. */
  settle(): Promise<void>;
  /** Stops the server and removes it. */
  close(): Promise<void>;
}>;

export async function openBenchServer(home: string, say: (message: string) => void): Promise<BenchServer> {
  const embedded = await acquireEmbeddedPostgres({ home, onProgress: say });
  const admin = new pg.Client({ connectionString: embedded.url });
  admin.on("error", () => {});
  try {
    await admin.connect();
  } catch (cause) {
    await embedded.release();
    throw cause;
  }
  const inDatabase = (of: string, database: string) => {
    const url = new URL(of);
    url.pathname = database;
    return url.href;
  };
  const urlOf = (database: string) => inDatabase(embedded.url, database);
  const dropDatabase = async (database: string) => {
    await admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`);
  };
  const { rows } = await admin.query("SHOW server_version");
  return Object.freeze({
    version: String(rows[0]?.server_version).split(" ")[0] ?? "",
    urlOf,
    readerUrlOf: (database: string) => inDatabase(embedded.readerUrl, database),
    dropDatabase,
    freshDatabase: async (database: string) => {
      await dropDatabase(database);
      await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
      return urlOf(database);
    },
    settle: async () => {
      await admin.query("CHECKPOINT");
    },
    close: async () => {
      await admin.end().catch(() => undefined);
      await embedded.release();
      // root's may lie outside the home
      await rm(dirname(embedded.dataDirectory), { recursive: true, force: true });
    },
  });
}
