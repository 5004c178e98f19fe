// Shows at start that the second lock is shut: that whoever reads is bound by the row policies of every table, and owns none of it.
import pg from "pg";
import { Consumer360Error } from "../kernel/errors.ts";
import { tableEntities, tableName } from "./entityTables.ts";
import { unavailable } from "./lostConnection.ts";
import { readerRole } from "./openSession.ts";

type Fault = Readonly<{
  who: string;
  fault: "superuser" | "bypass" | "owner" | "open" | "partition" | "write" | "missing";
  tables: string | null;
}>;

/**
 * One row for each fault. The reader's role is what the session has become; the login is looked at where it is one for readers alone.
 * A partition is reached past the policies of its table, so nobody who reads may have a right on one.
 */
const faults = `
WITH warehouse AS (
  SELECT c.oid, c.relname, c.relowner, c.relispartition
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace
    AND (c.relname = ANY ($1::text[]) AND c.relkind IN ('r', 'p')
      OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass('public.fact_sales')))
), who AS (
  SELECT rolname, rolsuper, rolbypassrls FROM pg_roles
  WHERE rolname = current_user OR $2::boolean AND rolname = session_user
), found AS (
  SELECT rolname, 'superuser' AS fault, NULL::name AS relname FROM who WHERE rolsuper
  UNION ALL SELECT rolname, 'bypass', NULL FROM who WHERE rolbypassrls AND NOT rolsuper
  UNION ALL SELECT rolname, 'owner', relname FROM who, warehouse WHERE NOT rolsuper AND pg_has_role(rolname, relowner, 'MEMBER')
  UNION ALL SELECT rolname, 'partition', relname FROM who, warehouse
    WHERE NOT rolsuper AND relispartition AND has_any_column_privilege(rolname, oid, 'SELECT')
      AND NOT pg_has_role(rolname, relowner, 'MEMBER')
  UNION ALL SELECT rolname, 'write', relname FROM who, warehouse
    WHERE NOT rolsuper AND has_table_privilege(rolname, oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
      AND NOT pg_has_role(rolname, relowner, 'MEMBER')
  UNION ALL SELECT current_user, 'open', relname FROM warehouse WHERE NOT relispartition AND NOT row_security_active(oid)
  UNION ALL SELECT current_user, 'missing', name FROM unnest($1::text[]) AS names (name)
    WHERE name NOT IN (SELECT relname FROM warehouse)
)
SELECT rolname AS who, fault, string_agg(relname, ', ' ORDER BY relname) AS tables FROM found GROUP BY 1, 2 ORDER BY 2, 1`;

/** Throws WAREHOUSE_UNAVAILABLE that names what stands open. `ownLogin`: the URL's user is there for readers alone. */
export async function checkReader(url: string, { ownLogin }: { ownLogin: boolean }): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  let found: readonly Fault[];
  try {
    await client.connect();
    await client.query(`BEGIN READ ONLY; SET LOCAL search_path = public, pg_temp; SET LOCAL ROLE ${readerRole}`);
    found = (await client.query<Fault>(faults, [tableEntities.map(tableName), ownLogin])).rows;
  } catch (cause) {
    throw isRefused(cause) ? notAMember(cause) : unavailable(cause);
  } finally {
    await client.end().catch(() => undefined);
  }
  const [first, ...more] = found;
  if (first === undefined) return;
  throw new Consumer360Error(
    "WAREHOUSE_UNAVAILABLE",
    `The warehouse's row security does not hold: ${[first, ...more].map(inWords).join("; ")}.`,
    { remedy: remedyOf(first) },
  );
}

function inWords({ who, fault, tables }: Fault): string {
  switch (fault) {
    case "superuser":
      return `${who} is a superuser`;
    case "bypass":
      return `${who} has BYPASSRLS`;
    case "owner":
      return `${who} owns, or may become the owner of, ${tables}`;
    case "partition":
      return `${who} may read ${tables} past the policies of fact_sales`;
    case "write":
      return `${who} may change ${tables}`;
    case "open":
      return `no row policy binds ${who} in ${tables}`;
    case "missing":
      return `there is no table ${tables}`;
  }
}

function remedyOf({ who, fault, tables }: Fault): string {
  switch (fault) {
    case "superuser":
      return `ALTER ROLE ${who} NOSUPERUSER, or name another user in READER_DATABASE_URL.`;
    case "bypass":
      return `ALTER ROLE ${who} NOBYPASSRLS, or name another user in READER_DATABASE_URL.`;
    case "owner":
      return `Give the tables another owner, or take ${who} out of the owner's role; READER_DATABASE_URL names a user of its own for readers.`;
    case "partition":
    case "write":
      return `Take back what was granted beside the migrations: REVOKE ALL ON ${tables} FROM ${who}, or take ${who} out of the role that has it.`;
    case "open":
      return `ALTER TABLE … ENABLE ROW LEVEL SECURITY, for each of ${tables}.`;
    case "missing":
      return "READER_DATABASE_URL must name the database of DATABASE_URL, or a replica of it that has caught up.";
  }
}

/** SQLSTATE insufficient_privilege, and a role that is not there. */
const isRefused = (cause: unknown) => ["42501", "22023"].includes(String((cause as { code?: unknown } | null)?.code));

function notAMember(cause: unknown): Consumer360Error {
  return new Consumer360Error("WAREHOUSE_UNAVAILABLE", `The readers' user cannot become ${readerRole}.`, {
    remedy: `As an administrator: GRANT ${readerRole} TO the user of READER_DATABASE_URL.`,
    cause,
  });
}
