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
        ? kept.trim() === ""
          ? [`ALTER ROLE ${readerLogin} ${secret}`]
          : []
        : [
            `CREATE ROLE ${readerLogin} LOGIN NOINHERIT NOREPLICATION ${nothing} ${secret}`,
            `GRANT ${readerRole} TO ${readerLogin}`,
            `ALTER ROLE ${readerLogin} SET temp_file_limit = '${temporaryFiles}'`,
            // rights that everyone has by default, taken back where the server is ours alone
            `REVOKE TEMPORARY ON DATABASE ${pg.escapeIdentifier(database)} FROM PUBLIC`,
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
          ]),
    ];
    if (statements.length > 0) await client.query(statements.join("; "));
  } finally {
    await client.end();
  }
  if (kept.trim() === "") await writeOwnedFile(cluster.readerPasswordFile, `${password}\n`, cluster.user);
  return password;
}
