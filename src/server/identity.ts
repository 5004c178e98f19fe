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

/** Headers of a request by lower-case name, those that hold a credential; a list holds each line that was sent. */
export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const credentials = ["authorization", "x-api-key"] as const;

/** Each line of a header: of two that may stand once Node keeps the first in silence. What is injected by a test has no lines. */
export function headersOf({ raw, headers }: FastifyRequest): Headers {
  if (!("headersDistinct" in raw)) return headers;
  // the lines of all headers, put together by name, would cost as much as finding an answer
  const { rawHeaders } = raw;
  const found: Record<string, string[]> = {};
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const credential = credentials.find((known) => known.length === name.length && known === name.toLowerCase());
    if (credential === undefined) continue;
    found[credential] ??= [];
    found[credential].push(rawHeaders[at + 1] ?? "");
  }
  return found;
}

/** Rejects with NotLetIn. At once where the credential was checked a moment ago, and need not be again. */
export type Identify = (headers: Headers) => Identity | Promise<Identity>;
