// Finds the PostgreSQL of this run: the one that DATABASE_URL names, or the embedded one of the home, shared with whoever else uses it.
import { allMigrations } from "../migrations/allMigrations.ts";
import { proveModel } from "../src/model/proveModel.ts";
import { proveColumns } from "../src/query/compile/proveColumns.ts";
import type { Config } from "../src/server/readConfig.ts";
import { checkReader } from "../src/warehouse/checkReader.ts";
import { acquireEmbeddedPostgres } from "../src/warehouse/embedded/acquireEmbeddedPostgres.ts";
import { hasCluster } from "../src/warehouse/embedded/placeCluster.ts";
import { migrateWarehouse } from "../src/warehouse/migrateWarehouse.ts";

export type Database = Readonly<{
  /** As the owner, who migrates, loads and keeps records. */
  url: string;
  /** As readers: with a login of their own, or the owner's where none is set. */
  readerUrl: string;
  kind: "embedded" | "external";
  /** Where it is, in words, without a password. */
  place: string;
  /** Whether it ran before this process came. */
  wasRunning: boolean;
  release(): Promise<void>;
}>;

type Say = (message: string) => void;

type Places = Pick<Config, "databaseUrl" | "readerDatabaseUrl" | "home">;

export async function openDatabase(config: Places, say: Say): Promise<Database> {
  if (config.databaseUrl !== null) {
    return Object.freeze({
      url: config.databaseUrl,
      readerUrl: config.readerDatabaseUrl ?? config.databaseUrl,
      kind: "external",
      place: placeOf(config.databaseUrl),
      wasRunning: true,
      release: async () => undefined,
    });
  }
  const embedded = await acquireEmbeddedPostgres({ home: config.home, onProgress: say });
  return Object.freeze({
    url: embedded.url,
    readerUrl: embedded.readerUrl,
    kind: "embedded",
    place: embedded.dataDirectory,
    wasRunning: !embedded.started,
    release: () => embedded.release(),
  });
}

/** The same, brought to the schema that this version needs. */
export async function openMigratedDatabase(config: Places, say: Say): Promise<Database> {
  proveModel();
  proveColumns();
  const database = await openDatabase(config, say);
  try {
    const { applied } = await migrateWarehouse(database.url, allMigrations);
    if (applied.length > 0) say(`Applied ${applied.length === 1 ? "1 migration" : `${applied.length} migrations`}`);
    return database;
  } catch (error) {
    await database.release();
    throw error;
  }
}

/** The same for who answers questions: its readers are shown to be bound by the row policies. */
export async function openServedDatabase(config: Places, say: Say): Promise<Database> {
  const database = await openMigratedDatabase(config, say);
  try {
    const isSet = config.databaseUrl !== null && config.readerDatabaseUrl !== null;
    await checkReader(database.readerUrl, {
      ownLogin: database.kind === "embedded" || isSet,
      ownerUrl: isSet ? database.url : null,
    });
    return database;
  } catch (error) {
    await database.release();
    throw error;
  }
}

/** Whether there is a database to open, so that a command that only reads does not make one. */
export function hasDatabase({ databaseUrl, home }: Pick<Config, "databaseUrl" | "home">): boolean {
  return databaseUrl !== null || hasCluster(home);
}

function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname || "localhost"}:${port || "5432"}${pathname}`;
}
