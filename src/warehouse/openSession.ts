// The statements that begin a reader's transaction: what it may see, how it is bounded, and the role that owns nothing. All of it lives
// and dies with the transaction, so a pooled connection never carries it on.
import { storableOf } from "../kernel/storableText.ts";
import { arrayText } from "./arrayText.ts";
import type { Statement } from "./statement.ts";

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

/** By name, in the order in which they are set. */
type Settings = Readonly<Record<string, string>>;

/** A list as base64 of PostgreSQL's text for an array. '*' stands for all. */
function encodeList(values: readonly string[] | null): string {
  if (values === null) return "*";
  return Buffer.from(arrayText(storableOf(values)), "utf8").toString("base64");
}

/** What the row policies read: the scope, and the snapshot it looks at. */
function scopeSettings(scope: SessionScope, snapshot: SessionSnapshot | null): Settings {
  return {
    "consumer360.countries": encodeList(scope.countries),
    "consumer360.segments": encodeList(scope.segments),
    "consumer360.operator": scope.operator ? "on" : "off",
    "consumer360.snapshot": snapshot ? String(Math.trunc(snapshot.snapshotId)) : "",
    "consumer360.generation": snapshot ? String(Math.trunc(snapshot.generation)) : "",
  };
}

/** What every reading transaction needs, whoever reads. */
export const boundSettings: Settings = Object.freeze({
  search_path: "public, pg_temp",
  statement_timeout: String(statementTimeout),
  idle_in_transaction_session_timeout: String(statementTimeout),
  datestyle: "ISO, YMD",
});

/** Of a session whose statements keep their plans: they are planned once, and not for the values of each time. */
export const keptPlans: Settings = Object.freeze({ plan_cache_mode: "force_generic_plan" });

/** Always the same few texts, so that a connection prepares each once: what is set is a parameter. */
const constant = (text: string, values: Statement["values"] = []): Statement => ({ text, values, keepsPlan: true });

/** Sets all of them until the transaction ends. The names are the code's own, never an asker's. */
export function setLocally(settings: Settings): Statement {
  const calls = Object.keys(settings).map((name, index) => `set_config('${name}', $${index + 1}::text, true)`);
  return constant(`SELECT ${calls.join(", ")}`, Object.values(settings));
}

/**
 * Holds the snapshot: it is there, and stays until the transaction ends. Waits for whoever has it alone, which is never long: a load
 * while its commit ends, since that a partition is attached becomes known a moment later than the rows that say so; or who cleans.
 */
export function pinStatements({ snapshotId }: SessionSnapshot): Statement[] {
  return [
    constant("SELECT pg_advisory_xact_lock_shared($1::integer, $2::integer)", [
      snapshotLockClass,
      Math.trunc(snapshotId),
    ]),
    constant("SELECT generation FROM snapshot WHERE snapshot_id = $1::integer", [Math.trunc(snapshotId)]),
  ];
}

/** With a snapshot the last result is that of the pin. `keepsPlans`: whether that is what the session's statements do. */
export function openSession(
  scope: SessionScope,
  snapshot: SessionSnapshot | null,
  { keepsPlans = false }: { keepsPlans?: boolean } = {},
): readonly Statement[] {
  const settings = {
    ...scopeSettings(scope, snapshot),
    ...boundSettings,
    ...(keepsPlans && keptPlans),
    role: readerRole,
  };
  return [
    constant("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"),
    setLocally(settings),
    ...(snapshot ? pinStatements(snapshot) : []),
  ];
}

export const endSession: Statement = Object.freeze(constant("COMMIT"));
