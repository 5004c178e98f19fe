// Which statements may share a transaction: those of one request, asked at the same moment under one scope of one snapshot.
import type { SessionScope, SessionSnapshot } from "./openSession.ts";
import type { Statement } from "./statement.ts";

export type Asked = Readonly<{
  statement: Statement;
  scope: SessionScope;
  /** Null for what is published, whatever the snapshot. */
  snapshot: SessionSnapshot | null;
  signal: AbortSignal | undefined;
}>;

/**
 * Only small statements share a transaction, in which they wait for each other: each is done sooner than another one begins. A scope is the
 * same where it is the same object.
 */
export function mayShare(first: Asked, asked: Asked): boolean {
  const { snapshot, signal, statement, scope } = asked;
  if (snapshot === null || first.snapshot === null) return false;
  if (first.signal !== signal || first.scope !== scope) return false;
  if (first.snapshot.snapshotId !== snapshot.snapshotId || first.snapshot.generation !== snapshot.generation)
    return false;
  return statement.keepsPlan === true && first.statement.keepsPlan === true;
}
