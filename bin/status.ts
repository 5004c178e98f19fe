// `consumer360 status`: what is published, since when, by which load, and where it is kept. Changes nothing.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { rollups } from "../src/model/rollups.ts";
import { type RowAccount, readAccount } from "../src/query/readAccount.ts";
import { escapeControls } from "../src/server/escapeControls.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { openReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";
import { formatCount, formatCounted } from "./formatProgress.ts";
import { describeLoaded } from "./greeting.ts";
import { type Database, hasDatabase, openDatabase } from "./openDatabase.ts";
import { type Loaded, ownerScope, readLoaded } from "./readLoaded.ts";

export type Status = Readonly<{
  /** Null where no database was made yet. */
  database: Pick<Database, "kind" | "place" | "wasRunning"> | null;
  home: string;
  published:
    | (Loaded & {
        readonly account: RowAccount;
        /** Names of the rollups that the snapshot does not have. */
        readonly rollupsNotFilled: readonly string[];
      })
    | null;
}>;

export async function status({ json }: { json?: boolean }): Promise<void> {
  const config = readConfig();
  const found: Status = hasDatabase(config)
    ? await readStatus(config)
    : { database: null, home: config.home, published: null };
  process.stdout.write(escapeControls(json ? `${JSON.stringify(found, null, 2)}\n` : formatStatus(found)));
}

async function readStatus(config: ReturnType<typeof readConfig>): Promise<Status> {
  const opened = await openDatabase(config, () => undefined);
  try {
    const { kind, place, wasRunning } = opened;
    return { database: { kind, place, wasRunning }, home: config.home, published: await readPublished(opened.url) };
  } finally {
    await opened.release();
  }
}

async function readPublished(url: string): Promise<Status["published"]> {
  const warehouse = openReadWarehouse(url, { maxConnections: 1 });
  try {
    const loaded = await readLoaded(warehouse);
    const account = await readAccount(warehouse, loaded.snapshot, ownerScope);
    const { rollups: filled } = loaded.snapshot;
    const rollupsNotFilled = rollups.map(({ name }) => name).filter((name) => !filled.includes(name));
    return { ...loaded, account, rollupsNotFilled };
  } catch (error) {
    if (error instanceof Consumer360Error && error.code === "WAREHOUSE_NOT_READY") return null;
    if (isNotMigrated(error)) return null;
    throw error;
  } finally {
    await warehouse.close();
  }
}

/** A database that no command has prepared yet lacks the reader's role, or the tables. */
function isNotMigrated(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["22023", "42704", "42P01"].includes(String(error.code));
}

export function formatStatus({ database, home, published }: Status): string {
  const lines = [
    published === null
      ? "Nothing is published. Load a file: npx consumer360 load FILE"
      : `${describeLoaded(published)}; as of ${published.snapshot.asOf}`,
    ...(published === null
      ? []
      : [
          `Published ${published.snapshot.publishedAt} by load ${published.snapshot.loadRunId}: ${formatAccount(published.account)}`,
          ...(published.rollupsNotFilled.length === 0
            ? []
            : [
                `Not filled: ${published.rollupsNotFilled.join(", ")}; the next table answers, slower, the same figures`,
              ]),
        ]),
    database === null
      ? `No embedded PostgreSQL has been made in ${home}`
      : database.kind === "external"
        ? `PostgreSQL at ${database.place}`
        : `Embedded PostgreSQL in ${database.place}, ${database.wasRunning ? "running" : "not running"}`,
  ];
  return `${lines.join("\n")}\n`;
}

function formatAccount({ read, loaded, duplicate, superseded, rejected }: RowAccount): string {
  const parts = [
    `${formatCounted(read, "row")} read = ${formatCount(loaded)} loaded`,
    `${formatCount(duplicate)} duplicate`,
    `${formatCount(superseded)} superseded`,
    `${formatCount(rejected)} rejected`,
  ];
  return parts.join(" + ");
}
