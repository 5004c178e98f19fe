// The public keys of an identity provider: kept for ten minutes, and asked for anew where a token names a key that is not among them,
// so that the provider can change its keys while the server runs.
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";

/** Milliseconds. */
const keptFor = 600_000;
const patience = 5000;
const pauseAfterFailure = 1000;

/** The key server cannot be asked, or answers with something else than keys: no fault of the token. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/**
 * `cooldown`: milliseconds between two requests for keys that are not there, so that made-up key ids do not become a flood.
 * What it answers with throws KeysUnavailable, or jose's error where no key or more than one fits.
 */
export function fetchKeys(url: string, cooldown: number): JWTVerifyGetKey {
  let failed: { until: number; cause: unknown } | null = null;
  const fail = (cause: unknown): never => {
    failed = { until: Date.now() + Math.min(cooldown, pauseAfterFailure), cause };
    throw cause;
  };
  const find = createRemoteJWKSet(new URL(url), {
    cooldownDuration: cooldown,
    cacheMaxAge: keptFor,
    timeoutDuration: patience,
    [customFetch]: async (address, options) => {
      if (failed !== null && Date.now() < failed.until) throw failed.cause;
      const response = await fetch(address, options).catch(fail);
      return response.status === 200 ? response : fail(new Error(`It answers with HTTP status ${response.status}.`));
    },
  });
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new KeysUnavailable(`The keys of tokens cannot be had from ${url}: ${messageOf(cause)}`, { cause });
    }
  };
}

/** Asks once, as a server does that starts. Answers why no token can be checked by what is there; null where some can be. */
export async function reasonNoKeys(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(patience) });
    if (response.status !== 200) return `It answers with HTTP status ${response.status}.`;
    const { keys } = ((await response.json().catch(() => null)) ?? {}) as { keys?: unknown };
    if (!Array.isArray(keys)) return "What it answers is no JSON Web Key Set.";
    return keys.some(isUsable) ? null : "It has no key for RS256 or ES256.";
  } catch (cause) {
    return messageOf(cause);
  }
}

function isUsable(key: unknown): boolean {
  const { kty, crv, use, alg } = (key ?? {}) as Readonly<Record<string, unknown>>;
  const algorithm = kty === "RSA" ? "RS256" : kty === "EC" && crv === "P-256" ? "ES256" : null;
  return algorithm !== null && (use === undefined || use === "sig") && (alg === undefined || alg === algorithm);
}

/** Node's `fetch` says why in the cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
