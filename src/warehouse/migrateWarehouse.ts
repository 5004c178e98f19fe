// Brings a database to the schema that this version of the code needs, once, whoever starts first.
import "reflect-metadata";
import { DataSource, type Logger, type MigrationInterface } from "typeorm";
import { Consumer360Error } from "../kernel/errors.ts";
import { tableEntities, viewEntities } from "./entityTables.ts";
import { readerRole } from "./openSession.ts";

const lowestVersion = 150000;
/** Two processes must not migrate at once: whoever holds this advisory lock does. */
const migrationLock = 360_360;

/** What fails is thrown and shown by whoever called; TypeORM would print it a second time. */
const silent: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};

/** Migrations, oldest first. They live outside of this room and are handed in. */
export type Migrations = readonly (new () => MigrationInterface)[];

export function warehouseDataSource(url: string, migrations: Migrations): DataSource {
  return new DataSource({
    type: "postgres",
    url,
    schema: "public",
    applicationName: "consumer360-migrate",
    entities: [...tableEntities, ...viewEntities],
    migrations: [...migrations],
    migrationsTableName: "consumer360_migrations",
    migrationsTransactionMode: "all",
    logger: silent,
    extra: { max: 2 },
  });
}

/** Applies what is missing. Throws WAREHOUSE_UNAVAILABLE where the server cannot be reached or is older than PostgreSQL 15. */
export async function migrateWarehouse(url: string, migrations: Migrations): Promise<{ applied: readonly string[] }> {
  const dataSource = warehouseDataSource(url, migrations);
  try {
    await dataSource.initialize();
  } catch (cause) {
    throw new Consumer360Error("WAREHOUSE_UNAVAILABLE", `The warehouse cannot be reached: ${messageOf(cause)}`, {
      remedy: "Check DATABASE_URL and that PostgreSQL is running, or unset DATABASE_URL to use the embedded one.",
      cause,
    });
  }
  const runner = dataSource.createQueryRunner();
  try {
    const [version] = await runner.query("SELECT current_setting('server_version_num')::int AS number");
    if (version.number < lowestVersion)
      throw new Consumer360Error("WAREHOUSE_UNAVAILABLE", "The warehouse's PostgreSQL is too old.", {
        remedy: "Use PostgreSQL 15 or newer (security_invoker views need it).",
      });
    await runner.query("SELECT pg_advisory_lock($1)", [migrationLock]);
    try {
      const applied = await dataSource
        .runMigrations()
        .catch((cause: unknown) => (isRoleMadeMeanwhile(cause) ? dataSource.runMigrations() : Promise.reject(cause)));
      return { applied: applied.map((migration) => migration.name) };
    } catch (cause) {
      throw isMissingRight(cause) ? missingRight(cause) : cause;
    } finally {
      await runner.query("SELECT pg_advisory_unlock($1)", [migrationLock]);
    }
  } finally {
    await runner.release();
    await dataSource.destroy();
  }
}

/**
 * Another warehouse of the same server has made the role of the readers just now: the lock is one of this database. All of it was rolled
 * back, and the next time the role is there.
 */
function isRoleMadeMeanwhile(cause: unknown): boolean {
  const { code, constraint } = (cause ?? {}) as { code?: unknown; constraint?: unknown };
  return code === "42710" || (code === "23505" && constraint === "pg_authid_rolname_index");
}

/** SQLSTATE insufficient_privilege. */
const isMissingRight = (cause: unknown) => (cause as { code?: unknown } | null)?.code === "42501";

function missingRight(cause: unknown): Consumer360Error {
  return new Consumer360Error("WAREHOUSE_UNAVAILABLE", `The warehouse cannot be set up: ${messageOf(cause)}.`, {
    remedy: `The user of DATABASE_URL must own the database and be able to create roles; where the role exists already, an administrator says: GRANT ${readerRole} TO the user WITH ADMIN OPTION.`,
    cause,
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== ""
    ? cause.message
    : String((cause as { code?: string }).code ?? cause);
}
