// The statements that begin a reader's transaction: what it may see, how it is bounded, and the role that owns nothing. All of it lives
// and dies with the transaction, so a pooled connection never carries it on.
import { storableOf } from "../kernel/storableText.ts";

/** What a session may see. Null lists mean all; an empty list means nothing. */
export type SessionScope = Readonly<{
  countries: readonly string[] | null;
  segments: readonly string[] | null;
  operator: boolean;
}>;

export type SessionSnapshot = Readonly<{ snapshotId: number; generation: number }>;

/** The role of every reader: it holds the grants, and the row policies are made for it. */
export const readerRole = "consumer360_reader";

/** Readers share this advisory lock on their snapshot; whoever cleans a snapshot away takes it alone. */
export const snapshotLockClass = 360;

/** Milliseconds that one statement may take, and that a session may sit between two. */
export const statementTimeout = 30_000;

/**
 * A list as base64 of PostgreSQL's text for an array, every value quoted: no value in it can split the list or end the literal.
 * '*' stands for all.
 */
function encodeList(values: readonly string[] | null): string {
  if (values === null) return "*";
  const quoted = storableOf(values).map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`);
  return Buffer.from(`{${quoted.join(",")}}`, "utf8").toString("base64");
}

/** What the row policies read: the scope, and the snapshot it looks at. */
function scopeSettings(scope: SessionScope, snapshot: SessionSnapshot | null): string[] {
  return [
    `SET LOCAL consumer360.countries = '${encodeList(scope.countries)}'`,
    `SET LOCAL consumer360.segments = '${encodeList(scope.segments)}'`,
    `SET LOCAL consumer360.operator = '${scope.operator ? "on" : "off"}'`,
    `SET LOCAL consumer360.snapshot = '${snapshot ? Math.trunc(snapshot.snapshotId) : ""}'`,
    `SET LOCAL consumer360.generation = '${snapshot ? Math.trunc(snapshot.generation) : ""}'`,
  ];
}

/** What every reading transaction needs, whoever reads. */
export const boundSettings: readonly string[] = Object.freeze([
  "SET LOCAL search_path = public, pg_temp",
  `SET LOCAL statement_timeout = ${statementTimeout}`,
  `SET LOCAL idle_in_transaction_session_timeout = ${statementTimeout}`,
  "SET LOCAL datestyle = 'ISO, YMD'",
]);

/**
 * Holds the snapshot: it is there, and stays until the transaction ends. Waits for whoever has it alone, which is never long: a load
 * while its commit ends, since that a partition is attached becomes known a moment later than the rows that say so; or who cleans.
 */
export function pinStatements({ snapshotId }: SessionSnapshot): string[] {
  return [
    `SELECT pg_advisory_xact_lock_shared(${snapshotLockClass}, ${Math.trunc(snapshotId)})`,
    `SELECT generation FROM snapshot WHERE snapshot_id = ${Math.trunc(snapshotId)}`,
  ];
}

/**
 * One text for one round trip; with a snapshot its last result is that of the pin. `keepsPlans`: prepared statements are planned once, and not
 * for the values of each time.
 */
export function openSession(
  scope: SessionScope,
  snapshot: SessionSnapshot | null,
  { keepsPlans = false }: { keepsPlans?: boolean } = {},
): string {
  return [
    "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
    ...scopeSettings(scope, snapshot),
    ...boundSettings,
    ...(keepsPlans ? ["SET LOCAL plan_cache_mode = force_generic_plan"] : []),
    `SET LOCAL ROLE ${readerRole}`,
    ...(snapshot ? pinStatements(snapshot) : []),
  ].join("; ");
}
