// Shows at start that the second lock is shut: that whoever reads is bound by the row policies of every table, and owns none of it.
import pg from "pg";
import { Consumer360Error } from "../kernel/errors.ts";
import { tableEntities, tableName } from "./entityTables.ts";
import { unavailable } from "./lostConnection.ts";
import { readerRole } from "./openSession.ts";

type Fault = Readonly<{
  who: string;
  fault: "superuser" | "bypass" | "owner" | "open" | "partition" | "write" | "create" | "missing";
  /** With "create": who the right was given to. */
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
      OR c.oid IN (SELECT i.inhrelid FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
        WHERE p.relnamespace = 'public'::regnamespace AND p.relname = ANY ($1::text[]) AND p.relkind = 'p'))
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
  UNION ALL SELECT rolname, 'create', CASE WHEN has_schema_privilege('public', 'public', 'CREATE') THEN 'PUBLIC' ELSE rolname END
    FROM who WHERE NOT rolsuper AND has_schema_privilege(rolname, 'public', 'CREATE')
  UNION ALL SELECT current_user, 'open', relname FROM warehouse WHERE NOT relispartition AND NOT row_security_active(oid)
  UNION ALL SELECT current_user, 'missing', name FROM unnest($1::text[]) AS names (name)
    WHERE name NOT IN (SELECT relname FROM warehouse)
)
SELECT rolname AS who, fault, string_agg(relname, ', ' ORDER BY relname) AS tables FROM found GROUP BY 1, 2 ORDER BY 2, 1`;

/**
 * Throws WAREHOUSE_UNAVAILABLE that names what stands open. `ownLogin`: the URL's user is there for readers alone. `ownerUrl`: where `url`
 * is that of READER_DATABASE_URL, the warehouse that it must name too.
 */
export async function checkReader(
  url: string,
  { ownLogin, ownerUrl }: { ownLogin: boolean; ownerUrl: string | null },
): Promise<void> {
  const [found, here] = await onConnection(url, ownerUrl === null ? unavailable : unreachable, async (client) => {
    const place = await placeOf(client);
    await client.query(`BEGIN READ ONLY; SET LOCAL search_path = public, pg_temp; SET LOCAL ROLE ${readerRole}`);
    return [(await client.query<Fault>(faults, [tableEntities.map(tableName), ownLogin])).rows, place] as const;
  });
  if (ownerUrl !== null && here !== null) {
    const there = await onConnection(ownerUrl, unavailable, placeOf);
    if (there !== null && there !== here) throw anotherDatabase();
  }
  const [first, ...more] = found;
  if (first === undefined) return;
  throw new Consumer360Error(
    "WAREHOUSE_UNAVAILABLE",
    `The warehouse's row security does not hold: ${[first, ...more].map(inWords).join("; ")}.`,
    { remedy: remedyOf(first) },
  );
}

async function onConnection<Result>(
  url: string,
  meaning: (cause: unknown) => Consumer360Error,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  try {
    await client.connect().catch((cause: unknown) => Promise.reject(meaning(cause)));
    return await use(client);
  } catch (cause) {
    if (cause instanceof Consumer360Error) throw cause;
    throw isRefused(cause) ? notAMember(cause) : meaning(cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What a database shares with its physical replicas and with no other. Null: some providers keep it from their users. */
async function placeOf(client: pg.Client): Promise<string | null> {
  try {
    const { rows } = await client.query<{ place: string }>(
      `SELECT concat_ws(' ', system_identifier, oid) AS place
       FROM pg_control_system(), pg_database WHERE datname = current_database()`,
    );
    return rows[0]?.place ?? null;
  } catch (cause) {
    // insufficient_privilege, undefined_function, feature_not_supported
    if (["42501", "42883", "0A000"].includes(codeOf(cause))) return null;
    throw cause;
  }
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
      return `${who} may read ${tables} past the policies of the table that they are part of`;
    case "write":
      return `${who} may change ${tables}`;
    case "create":
      return `${who} may create in the schema public`;
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
    case "create":
      return `REVOKE CREATE ON SCHEMA public FROM ${tables};`;
    case "open":
      return `ALTER TABLE … ENABLE ROW LEVEL SECURITY, for each of ${tables}.`;
    case "missing":
      return "READER_DATABASE_URL must name the database of DATABASE_URL, or a physical replica of it that has caught up.";
  }
}

const codeOf = (cause: unknown) => String((cause as { code?: unknown } | null)?.code);

/** SQLSTATE insufficient_privilege, and a role that is not there. */
const isRefused = (cause: unknown) => ["42501", "22023"].includes(codeOf(cause));

function notAMember(cause: unknown): Consumer360Error {
  return new Consumer360Error("WAREHOUSE_UNAVAILABLE", `The readers' user cannot become ${readerRole}.`, {
    remedy: `As an administrator: GRANT ${readerRole} TO the user of READER_DATABASE_URL.`,
    cause,
  });
}

function unreachable(cause: unknown): Consumer360Error {
  const reason = cause instanceof Error && cause.message !== "" ? cause.message : codeOf(cause);
  return new Consumer360Error("WAREHOUSE_UNAVAILABLE", `READER_DATABASE_URL cannot be reached: ${reason}`, {
    remedy:
      "Check READER_DATABASE_URL and that its PostgreSQL is running, or unset it: the user of DATABASE_URL then becomes the reader.",
    cause,
  });
}

function anotherDatabase(): Consumer360Error {
  return new Consumer360Error(
    "WAREHOUSE_UNAVAILABLE",
    "READER_DATABASE_URL names another database than DATABASE_URL.",
    {
      remedy: "Both must name one database; READER_DATABASE_URL may also name a physical replica of it.",
    },
  );
}
