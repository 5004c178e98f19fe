// Cursors: where an answer stopped, opaque to clients. A cursor names its snapshot and its question, and holds the values of the
// order's keys at a row that its reader has seen, nothing else. One of a list that belongs to no snapshot names none.
import { createHash } from "node:crypto";
import { Consumer360Error } from "../kernel/errors.ts";
import { isStorable } from "../kernel/storableText.ts";
import { decidingDimensions } from "../model/dimensions.ts";
import type { Scope } from "../model/scope.ts";
import { isKey, type KeyType, type Position } from "./position.ts";
import type { Request } from "./request.ts";

/** What makes two pages pages of the same list: everything that decides its rows and their order, and the scope. */
export function questionHash(request: Request, scope: Scope): string {
  const list: Record<string, unknown> = { ...request };
  delete list.page;
  delete list.count;
  if (request.kind === "metrics") {
    list.dimensions = decidingDimensions(request.dimensions);
    for (const beside of ["measures", "totals", "earlier", "rows", "ofCustomers"]) delete list[beside];
  }
  if (request.kind === "lines" || request.kind === "lineColumns") {
    list.kind = "lines";
    for (const beside of ["columns", "cursors"]) delete list[beside];
  }
  return hashOf([sorted(list), scope.fingerprint]);
}

/** The same for a list of records. */
export function recordsHash(list: readonly (string | number | null)[], scope: Scope): string {
  return hashOf([list, scope.fingerprint]);
}

const hashOf = (parts: unknown) => createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 12);

/** `snapshotId`: null for a list that belongs to none. */
export function encodeCursor(snapshotId: number | null, question: string, position: Position): string {
  return Buffer.from(JSON.stringify([snapshotId, question, ...position]), "utf8").toString("base64url");
}

/** The position behind a cursor of this question; BAD_USER_INPUT for any other text. */
export function decodeCursor(
  cursor: string,
  snapshotId: number | null,
  question: string,
  types: readonly KeyType[],
): Position {
  const parts = parse(cursor);
  if (!parts) throw notACursor();
  const [snapshot, asked, ...position] = parts;
  if (asked !== question || position.length !== types.length)
    throw new Consumer360Error("BAD_USER_INPUT", "`after` is a cursor of another question.", { remedy });
  if (snapshot !== snapshotId)
    throw new Consumer360Error("SNAPSHOT_EXPIRED", "`after` is a cursor of another snapshot.", { remedy });
  const keys = position as Position;
  if (!keys.every((key, at) => key === null || isKey(types[at] as KeyType, key))) throw notACursor();
  return keys;
}

/** The snapshot that a cursor belongs to; null where it is no cursor of ours, or of a list that belongs to none. */
export function cursorSnapshot(cursor: string): number | null {
  return parse(cursor)?.[0] ?? null;
}

export const notACursor = () =>
  new Consumer360Error("BAD_USER_INPUT", "`after` is not a cursor of this graph.", { remedy });

const remedy =
  "Use an `endCursor` from an answer to the same question, or leave `after` out to start from the first page.";

type Parts = [snapshot: number | null, question: string, ...(string | null)[]];

function parse(cursor: string): Parts | null {
  if (cursor.length > 10_000) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (!Array.isArray(parts)) return null;
    const [snapshot, question, ...position] = parts;
    const known =
      (snapshot === null || (Number.isSafeInteger(snapshot) && snapshot > 0 && snapshot < 2 ** 31)) &&
      typeof question === "string" &&
      position.every((value) => value === null || (typeof value === "string" && isStorable(value)));
    return known ? (parts as Parts) : null;
  } catch {
    return null;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
