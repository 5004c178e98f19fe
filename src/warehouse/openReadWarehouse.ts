// The way in for readers: a pool of connections on which every statement runs as a role that owns nothing, may only read, and sees
// nothing but one snapshot under one scope. The scope lives and dies with the transaction, so a pooled connection never carries it on.
import pg from "pg";
import { Consumer360Error } from "../kernel/errors.ts";
import { storableOf } from "../kernel/storableText.ts";
import { isLostConnection, unavailable } from "./lostConnection.ts";
import { snapshotExpired } from "./snapshotExpired.ts";

/** What a session may see. Null lists mean all; an empty list means nothing. */
export type SessionScope = Readonly<{
  countries: readonly string[] | null;
  segments: readonly string[] | null;
  operator: boolean;
}>;

export type SessionSnapshot = Readonly<{ snapshotId: number; generation: number }>;

/** A statement with its parameters, as text or lists of text. */
export type Statement = Readonly<{
  text: string;
  values: readonly (string | number | boolean | null | readonly string[])[];
}>;

/** Every value as the text that PostgreSQL prints, except integers up to 32 bits, floats, booleans and text arrays. */
export type StoredRow = Readonly<Record<string, unknown>>;

export type ReadWarehouse = Readonly<{
  /** Runs one statement at one snapshot under one scope. Throws SNAPSHOT_EXPIRED where the snapshot has been cleaned away. */
  read(statement: Statement, scope: SessionScope, snapshot: SessionSnapshot): Promise<StoredRow[]>;
  /** Runs one statement that needs no snapshot: it sees what is published, and nothing that belongs to a snapshot. */
  readPublished(statement: Statement, scope: SessionScope): Promise<StoredRow[]>;
  close(): Promise<void>;
}>;

const readerRole = "consumer360_reader";

/** Readers share this advisory lock on their snapshot; whoever cleans a snapshot away takes it alone. */
export const snapshotLockClass = 360;

/** Milliseconds that one statement may take, and that a session may sit between two. */
const statementTimeout = 30_000;

const keptAsText = (text: string) => text;
const { builtins } = pg.types;
type TypeId = (typeof builtins)[keyof typeof builtins];
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    switch (oid) {
      case builtins.BOOL:
      case builtins.INT2:
      case builtins.INT4:
      case builtins.FLOAT8:
      case 1009: // text[]
      case 1007: // integer[]
        return pg.types.getTypeParser(oid as TypeId, format as "text");
      case 1182: // date[]
      case 1231: // numeric[]
        return pg.types.getTypeParser(1009 as TypeId, format as "text");
      default:
        return keptAsText;
    }
  },
};

/** A list as base64 of a JSON array: no value in it can split the list or end the literal. '*' stands for all. */
function encodeList(values: readonly string[] | null): string {
  return values === null ? "*" : Buffer.from(JSON.stringify(storableOf(values)), "utf8").toString("base64");
}

function openSession(scope: SessionScope, snapshot: SessionSnapshot | null): string {
  const settings = [
    `SET LOCAL consumer360.countries = '${encodeList(scope.countries)}'`,
    `SET LOCAL consumer360.segments = '${encodeList(scope.segments)}'`,
    `SET LOCAL consumer360.operator = '${scope.operator ? "on" : "off"}'`,
    `SET LOCAL consumer360.snapshot = '${snapshot ? Math.trunc(snapshot.snapshotId) : ""}'`,
    `SET LOCAL consumer360.generation = '${snapshot ? Math.trunc(snapshot.generation) : ""}'`,
    "SET LOCAL search_path = public",
    `SET LOCAL statement_timeout = ${statementTimeout}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${statementTimeout}`,
    "SET LOCAL datestyle = 'ISO, YMD'",
    `SET LOCAL ROLE ${readerRole}`,
  ];
  const pin = snapshot
    ? [
        `SELECT pg_try_advisory_xact_lock_shared(${snapshotLockClass}, ${Math.trunc(snapshot.snapshotId)}) AS locked`,
        `SELECT generation FROM snapshot WHERE snapshot_id = ${Math.trunc(snapshot.snapshotId)}`,
      ]
    : [];
  return ["BEGIN READ ONLY", ...settings, ...pin].join("; ");
}

/** Opens the pool; connects at the first statement. */
export function openReadWarehouse(url: string, options: { maxConnections: number }): ReadWarehouse {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections,
    application_name: "consumer360-read",
    connectionTimeoutMillis: 10_000,
    types: types as pg.CustomTypesConfig,
  });
  // A connection that breaks while idle is replaced by the pool; the next statement says so if the server is gone.
  pool.on("error", () => {});

  async function inSession(statement: Statement, scope: SessionScope, snapshot: SessionSnapshot | null) {
    const client = await connect(pool);
    let broken: unknown;
    try {
      const opened = (await client.query(openSession(scope, snapshot))) as unknown as pg.QueryResult[];
      if (
        snapshot &&
        (opened.at(-2)?.rows[0]?.locked !== true || opened.at(-1)?.rows[0]?.generation !== snapshot.generation)
      )
        throw snapshotExpired();
      const result = await client.query({ text: statement.text, values: [...statement.values] });
      return result.rows as StoredRow[];
    } catch (cause) {
      broken = cause;
      throw meaningOf(cause);
    } finally {
      await endSession(client, broken);
    }
  }

  return Object.freeze({
    read: inSession,
    readPublished: (statement: Statement, scope: SessionScope) => inSession(statement, scope, null),
    close: () => pool.end(),
  });
}

function meaningOf(cause: unknown): unknown {
  if (isLostConnection(cause)) return unavailable(cause);
  if ((cause as { code?: unknown } | null)?.code !== "57014") return cause;
  return new Consumer360Error("QUERY_TOO_COSTLY", `The question took longer than ${statementTimeout / 1000} seconds.`, {
    remedy: "Ask for less at once: fewer members, a shorter range, a smaller page.",
    cause,
  });
}

/** Ends the transaction either way, so that the connection goes back clean; a connection that cannot do that is thrown away. */
async function endSession(client: pg.PoolClient, failure: unknown): Promise<void> {
  try {
    await client.query(failure === undefined ? "COMMIT" : "ROLLBACK");
    client.release();
  } catch {
    client.release(true);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw unavailable(cause);
  }
}
