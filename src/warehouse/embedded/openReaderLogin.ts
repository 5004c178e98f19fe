// The login of an embedded cluster's readers: it owns nothing, may make nothing, and inherits nothing, so that it sees no table before it
// takes the reader's role, and nothing again once it gives it back.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { readerRole } from "../openSession.ts";
import type { Cluster } from "./placeCluster.ts";
import type { ServerAddress } from "./takeLease.ts";
import { codeOf } from "./unavailable.ts";
import { writeOwnedFile } from "./writeOwnedFile.ts";

export const readerLogin = "consumer360_read";

/** What all statements of one reader's connection may lay aside on disk; more is an error, not a full disk. */
const temporaryFiles = "4GB";

/** Of the 100 that the cluster has, the others are for loads, keys, the audit and leases. */
const mostConnections = 60;

/** Makes the login where it is missing; answers its password. Call it under the cluster's lock file. */
export async function openReaderLogin(cluster: Cluster, owner: ServerAddress, database: string): Promise<string> {
  const kept = await readFile(cluster.readerPasswordFile, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  });
  const password = kept.trim() || randomBytes(24).toString("hex");
  const client = new pg.Client({ ...owner, host: "127.0.0.1", database, ssl: false, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ rolname: string }>("SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)", [
      [readerRole, readerLogin],
    ]);
    const has = (name: string) => rows.some(({ rolname }) => rolname === name);
    const nothing = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS";
    const secret = `PASSWORD ${pg.escapeLiteral(password)}`;
    const statements = [
      ...(has(readerRole) ? [] : [`CREATE ROLE ${readerRole} NOLOGIN ${nothing}`]),
      ...(has(readerLogin)
        ? []
        : [`CREATE ROLE ${readerLogin}`, `GRANT ${readerRole} TO ${readerLogin}`, mayConnect(database)]),
      // a login may change its own password and settings: each opening takes that back
      `ALTER ROLE ${readerLogin} LOGIN NOINHERIT NOREPLICATION ${nothing} CONNECTION LIMIT ${mostConnections} ${secret}`,
      `ALTER ROLE ${readerLogin} RESET ALL`,
      `ALTER ROLE ${readerLogin} SET temp_file_limit = '${temporaryFiles}'`,
      ...((await isOpenToAll(client, database)) ? closeToAll(database) : []),
    ];
    await client.query(statements.join("; "));
  } finally {
    await client.end();
  }
  if (kept.trim() === "") await writeOwnedFile(cluster.readerPasswordFile, `${password}\n`, cluster.user);
  return password;
}

/** With these any login could fill the disk, and beside every row policy. */
const largeObjectWriters = [
  "lo_creat(integer)",
  "lo_create(oid)",
  "lo_from_bytea(oid, bytea)",
  "lo_import(text)",
  "lo_import(text, oid)",
  "lo_export(oid, text)",
  "lo_put(oid, bigint, bytea)",
  "lowrite(integer, bytea)",
];

/** `postgres` holds the leases: in it, any login could hold the lock by which the last one out stops the server. */
const databasesWith = (database: string) => [database, "postgres", "template1"];

/** Whether rights that everyone has by default are still there: of a new cluster, or of a database that was made anew. */
async function isOpenToAll(client: pg.Client, database: string): Promise<boolean> {
  const { rows } = await client.query<{ open: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_database, unnest(ARRAY['CONNECT', 'TEMPORARY']) AS allowed
         WHERE datname = ANY ($1) AND has_database_privilege('public', oid, allowed))
       OR has_schema_privilege('public', 'public', 'CREATE')
       OR EXISTS (SELECT FROM unnest($2::text[]) AS writer WHERE has_function_privilege('public', 'pg_catalog.' || writer, 'EXECUTE'))
       AS open`,
    [databasesWith(database), largeObjectWriters],
  );
  return rows[0]?.open === true;
}

const mayConnect = (database: string) => `GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${readerLogin}`;

/** Taken back, since the server is ours alone. Its owner may do everything; the reader's login gets what it needs. */
function closeToAll(database: string): string[] {
  return [
    ...databasesWith(database).map(
      (name) => `REVOKE CONNECT, TEMPORARY ON DATABASE ${pg.escapeIdentifier(name)} FROM PUBLIC`,
    ),
    mayConnect(database),
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ...largeObjectWriters.map((writer) => `REVOKE EXECUTE ON FUNCTION pg_catalog.${writer} FROM PUBLIC`),
  ];
}
