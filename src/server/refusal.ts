// Why somebody was not let in, or not answered to the end, in words for the audit alone: whoever asks is told the message, and no more.
import { Consumer360Error } from "../kernel/errors.ts";
import type { Identity } from "./identity.ts";

export type Reason =
  | "no credential"
  | "malformed credential"
  | "two credentials"
  | "signature"
  | "expired"
  | "not yet valid"
  | "issuer"
  | "audience"
  | "claims"
  | "key server away"
  | "unknown key"
  | "key expired"
  | "key revoked"
  | "no such role"
  | "limit of requests"
  | "limit of cost"
  | "limit of streams"
  | "reader stalled";

/** An asker as the audit names it: none of its claims. */
export type Named = Pick<Identity, "subject" | "credential" | "keyId"> & Readonly<{ role: string }>;

export function nameAsker({ subject, credential, keyId, principal: { role } }: Identity): Named {
  return Object.freeze({ subject, credential, role, ...(keyId === undefined ? {} : { keyId }) });
}

/** UNAUTHENTICATED. `asker`: who would ask, where the credential is genuine though no longer good, or not yet. */
export class NotLetIn extends Consumer360Error {
  readonly reason: Reason;
  readonly asker: Named | null;

  constructor(
    reason: Reason,
    message: string,
    { asker = null, cause }: { asker?: Identity | null; cause?: unknown } = {},
  ) {
    super("UNAUTHENTICATED", message, { cause });
    this.reason = reason;
    this.asker = asker && nameAsker(asker);
  }
}
