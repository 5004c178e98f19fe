// Who asks, as the server tells askers apart: what the policy reads of them, and a name for limits and for the audit.
import type { FastifyRequest } from "fastify";
import type { Principal } from "../access/principal.ts";
import type { scopeOf } from "../access/scopeOf.ts";

export type Identity = Readonly<{
  principal: Principal;
  /** The token's `sub`, or `key:NAME`. Limits are kept for each, and the audit names it. */
  subject: string;
  credential: "token" | "key";
  /** Of a key alone: its name may be used again, its id is not. */
  keyId?: string;
}>;

/** What the policy lets an asker see. */
export type Scope = ReturnType<typeof scopeOf>;

/** Headers of a request by lower-case name; a list holds each line that was sent. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Each line of a header: of two that may stand once Node keeps the first in silence. What is injected by a test has no lines. */
export const headersOf = ({ raw, headers }: FastifyRequest): Headers => raw.headersDistinct ?? headers;

/** Rejects with NotLetIn. At once where the credential was checked a moment ago, and need not be again. */
export type Identify = (headers: Headers) => Identity | Promise<Identity>;
