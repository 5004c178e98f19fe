// The owner's way to what is kept about access: keys of programs, the audit, and the secret that all servers of a warehouse share.
// Small pools of its own, apart from the readers', whose role sees none of these tables; keys are looked up beside everything else.
import pg from "pg";
import { isStorable } from "../kernel/storableText.ts";
import { isLostConnection, unavailable } from "./lostConnection.ts";
import { readServerSecret } from "./readServerSecret.ts";

export type ApiKeyRecord = Readonly<{
  keyId: string;
  name: string;
  role: string;
  claims: Readonly<Record<string, unknown>>;
  /** ISO 8601, as all times here. */
  createdAt: string;
  /** Null: never. */
  expiresAt: string | null;
  /** To the minute. */
  lastUsedAt: string | null;
  /** By the warehouse's clock. */
  state: "live" | "expired" | "revoked";
}>;

/** What `useKey` finds: the record, and the hash that the secret must have. */
export type FoundKey = ApiKeyRecord & Readonly<{ secretHash: string }>;

export type NewKey = Readonly<{
  keyId: string;
  /** SHA-256 of the secret as 64 hexadecimal digits. */
  secretHash: string;
  name: string;
  role: string;
  claims: Readonly<Record<string, readonly string[]>>;
  /** Seconds; null: never. */
  expiresIn: number | null;
}>;

/** One request as the audit keeps it; each field is a column of `audit_entry` and is described there. */
export type AuditRecord = Readonly<{
  /** ISO 8601. */
  at: string;
  requestId: string | null;
  subject: string | null;
  credential: "token" | "key" | null;
  keyId: string | null;
  role: string | null;
  scopeFingerprint: string | null;
  snapshotId: number | null;
  document: string | null;
  /** Any JSON. */
  asked: unknown;
  personal: readonly string[];
  rows: number;
  durationMs: number;
  outcome: readonly string[];
  reason: string | null;
}>;

export type AccessRecords = Readonly<{
  /** Null: a key that is not revoked has that name, expired or not. */
  createKey(key: NewKey): Promise<ApiKeyRecord | null>;
  /** Oldest first, those revoked included. */
  listKeys(): Promise<readonly ApiKeyRecord[]>;
  /** False: no key that is not revoked has that name. */
  revokeKey(name: string): Promise<boolean>;
  /**
   * Finds a key and, where it is live and the hash is its own, notes the use, at most once a minute. Null: no such key.
   * Whether the hash is its own is for the caller to judge.
   */
  useKey(keyId: string, secretHash: string): Promise<FoundKey | null>;
  writeAudit(records: readonly AuditRecord[]): Promise<void>;
  /** The last `most` records, oldest first; of one subject alone, or since an ISO 8601 time, where these are given. */
  readAudit(asked: {
    most: number;
    subject?: string | undefined;
    since?: string | undefined;
  }): Promise<readonly AuditRecord[]>;
  /** 32 random bytes, made once and the same for all servers of the warehouse, also where two ask at once. */
  serverSecret(): Promise<Buffer>;
  close(): Promise<void>;
}>;

/** Milliseconds that one statement may take. */
const patience = 10_000;

const recordColumns = `key_id, name, role, claims, created_at, expires_at, last_used_at,
  CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'live' END AS state`;

/** Opens the pools as the user of `url`, who must own the warehouse; connects at the first call. All calls throw WAREHOUSE_UNAVAILABLE. */
export function openAccessRecords(url: string): AccessRecords {
  const open = (max: number) => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      application_name: "consumer360-access",
      connectionTimeoutMillis: patience,
      query_timeout: patience,
    });
    // a connection that breaks while idle is replaced by the pool; the next statement says so if the server is gone
    pool.on("error", () => {});
    pool.on("connect", (client) => void client.on("error", () => {}));
    return pool;
  };
  const records = open(2);
  // whoever asks with a key waits for this one, and not for the audit
  const keys = open(4);

  async function run<Row extends pg.QueryResultRow = KeyRow>(
    text: string,
    values: readonly unknown[],
    pool = records,
  ): Promise<Row[]> {
    try {
      return (await pool.query<Row>(text, [...values])).rows;
    } catch (cause) {
      throw isLostConnection(cause) || isTimeout(cause) ? unavailable(cause) : cause;
    }
  }

  return Object.freeze({
    async createKey({ keyId, secretHash, name, role, claims, expiresIn }: NewKey) {
      const rows = await run(
        `INSERT INTO public.api_key (key_id, name, role, claims, secret_hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4::jsonb, $5, now(), now() + $6::double precision * interval '1 second')
         ON CONFLICT (name) WHERE (revoked_at IS NULL) DO NOTHING
         RETURNING ${recordColumns}`,
        [keyId, name, role, JSON.stringify(claims), secretHash, expiresIn],
      );
      return rows[0] ? recordOf(rows[0]) : null;
    },

    async listKeys() {
      const rows = await run(`SELECT ${recordColumns} FROM public.api_key ORDER BY created_at, key_id`, []);
      return rows.map(recordOf);
    },

    async revokeKey(name: string) {
      const rows = await run(
        "UPDATE public.api_key SET revoked_at = now() WHERE name = $1 AND revoked_at IS NULL RETURNING key_id",
        [name],
      );
      return rows.length > 0;
    },

    async useKey(keyId: string, secretHash: string) {
      const [row] = await run(
        `WITH used AS (
           UPDATE public.api_key SET last_used_at = now()
           WHERE key_id = $1 AND secret_hash = $2 AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > now())
             AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
         )
         SELECT ${recordColumns}, secret_hash FROM public.api_key WHERE key_id = $1`,
        [keyId, secretHash],
        keys,
      );
      return row?.secret_hash === undefined ? null : Object.freeze({ ...recordOf(row), secretHash: row.secret_hash });
    },

    async writeAudit(entries: readonly AuditRecord[]) {
      if (entries.length === 0) return;
      await run(
        `INSERT INTO public.audit_entry (at, request_id, subject, credential, role, scope_fingerprint, snapshot_id,
           document, asked, personal, rows, duration_ms, outcome, key_id, reason)
         SELECT * FROM jsonb_to_recordset($1::jsonb) AS record("at" timestamptz, "requestId" text, subject text, credential text,
           role text, "scopeFingerprint" text, "snapshotId" integer, document text, asked jsonb, personal text[],
           rows bigint, "durationMs" numeric, outcome text[], "keyId" text, reason text)`,
        [JSON.stringify(storable(entries))],
      );
    },

    async readAudit({ most, subject, since }) {
      const rows = await run<AuditRow>(
        `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, request_id AS "requestId", subject,
           credential, key_id AS "keyId", role, scope_fingerprint AS "scopeFingerprint", snapshot_id AS "snapshotId",
           document, asked, personal, rows, duration_ms AS "durationMs", outcome, reason
         FROM public.audit_entry
         WHERE ($2::text IS NULL OR subject = $2) AND ($3::timestamptz IS NULL OR at >= $3)
         ORDER BY at DESC, audit_id DESC LIMIT $1`,
        [most, subject ?? null, since ?? null],
      );
      return rows
        .map((row) => Object.freeze({ ...row, rows: Number(row.rows), durationMs: Number(row.durationMs) }))
        .toReversed();
    },

    serverSecret: () => readServerSecret(run),

    close: async () => void (await Promise.all([records.end(), keys.end()])),
  });
}

type KeyRow = Readonly<{
  key_id: string;
  name: string;
  role: string;
  claims: Readonly<Record<string, unknown>>;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  state: ApiKeyRecord["state"];
  secret_hash?: string;
  secret?: Buffer;
}>;

/** The driver gives these numbers as texts. */
type AuditRow = Omit<AuditRecord, "rows" | "durationMs"> & Readonly<{ rows: string; durationMs: string }>;

function recordOf(row: KeyRow): ApiKeyRecord {
  return Object.freeze({
    keyId: row.key_id,
    name: row.name,
    role: row.role,
    claims: Object.freeze(row.claims),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    state: row.state,
  });
}

const isTimeout = (cause: unknown) => cause instanceof Error && cause.message === "Query read timeout";

/** The same with every text such that PostgreSQL can hold it: a record must not be lost for what an asker put into it. */
function storable(value: unknown): unknown {
  if (typeof value === "string") {
    return isStorable(value) ? value : value.replaceAll("\0", "\uFFFD").toWellFormed();
  }
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [storable(name), storable(inner)]));
}
