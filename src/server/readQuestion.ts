// What a request asks, as far as it must be known before GraphQL reads it: one key for all ways of sending the same question, and the hash
// where a document is named by it. What has no key is refused, or needs none.
import { Consumer360Error } from "../kernel/errors.ts";
import { sha256Of } from "./persistedDocuments.ts";

type Values = Readonly<Record<string, unknown>>;

/** A question as it was sent, in any JSON. */
export type Sent = Readonly<{ query?: unknown; operationName?: unknown; variables?: unknown; extensions?: unknown }>;

export const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Of an address, `?…` or empty. Null: a part is sent twice, or is not the JSON that it must be. */
export function sentInAddress(search: string): Sent | null {
  const given = new URLSearchParams(search);
  const sent: Record<string, unknown> = {};
  for (const name of ["query", "operationName", "variables", "extensions"]) {
    const [text, ...others] = given.getAll(name);
    if (others.length > 0) return null;
    if (text === undefined) continue;
    try {
      sent[name] = name === "variables" || name === "extensions" ? JSON.parse(text) : text;
    } catch {
      return null;
    }
  }
  return sent;
}

/**
 * The same for two questions that have the same answer at one snapshot under one scope, whatever their JSON looks like. `accept`: the media
 * types that the answer may have. Throws BAD_USER_INPUT for a hash that is none, or not that of the document.
 */
export function questionKey(sent: Sent, accept: string): string | null {
  const { query, operationName = null, variables = null, extensions = null } = sent;
  if (operationName !== null && typeof operationName !== "string") return null;
  if ((variables !== null && !isValues(variables)) || (extensions !== null && !isValues(extensions))) return null;
  const persisted = persistedHash(sent);
  const isText = typeof query === "string" && query !== "";
  if (persisted === null && !isText) return null;
  try {
    return sha256Of(
      JSON.stringify([accept, persisted ?? sha256Of(String(query)), operationName, inOrder(variables ?? {})]),
    );
  } catch (error) {
    if (error instanceof RangeError) return null; // nested without end, or a number that is refused
    throw error;
  }
}

/** By which a document is named that is sent beside it or was sent before; null: by none. Throws BAD_USER_INPUT as above. */
export function persistedHash({ query, extensions }: Sent): string | null {
  const persisted = isValues(extensions) ? (extensions.persistedQuery ?? null) : null;
  if (persisted === null) return null;
  const { version, sha256Hash } = isValues(persisted) ? persisted : {};
  if (version !== 1 || typeof sha256Hash !== "string")
    throw new Consumer360Error("BAD_USER_INPUT", "A persisted query must have `version: 1` and its `sha256Hash`.");
  if (typeof query === "string" && query !== "" && sha256Of(query) !== sha256Hash)
    throw new Consumer360Error("BAD_USER_INPUT", "The `sha256Hash` is not the SHA-256 of the query.");
  return sha256Hash;
}

/** What the names of an object stand for hangs on them, never on their order. */
function inOrder(value: unknown): unknown {
  // JSON writes what is beyond a double as null: another question
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("No number of JSON.");
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isValues(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, inOrder(part)]),
  );
}
