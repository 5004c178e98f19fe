// Tokens that were found good, for a minute: a client sends the same one with each request, and checking its signature is dear. What they
// let in is judged by the policy each time, as ever.
import { hash } from "node:crypto";
import { decodeJwt } from "jose";
import { LRUCache } from "lru-cache";
import type { Authenticate } from "./authenticate.ts";
import type { Identity } from "./identity.ts";

/** Milliseconds after which a token is checked anew: its key may have been withdrawn. */
const knownFor = 60_000;
/** Characters of all tokens that are known. */
const mostCharacters = 8 * 2 ** 20;

/** The identity at once where it is known. `clockSkew`: seconds, as the check has them. */
export function rememberTokens(
  authenticate: Authenticate,
  clockSkew: number,
): (token: string) => Identity | Promise<Identity> {
  // by their hash, so that no token is kept
  const known = new LRUCache<string, Known>({ maxSize: mostCharacters });
  const remember = async (token: string, digest: string): Promise<Identity> => {
    const identity = await authenticate(token);
    known.set(
      digest,
      { identity, exp: decodeJwt(token).exp ?? 0, until: performance.now() + knownFor },
      { size: token.length },
    );
    return identity;
  };
  return (token) => {
    const digest = hash("sha256", token, "base64");
    const found = known.get(digest);
    const isGood =
      found !== undefined && found.until > performance.now() && found.exp > Math.floor(Date.now() / 1000) - clockSkew;
    return isGood ? found.identity : remember(token, digest);
  };
}

/** `exp`: seconds since 1970, as the token says; `until`: milliseconds of the monotonic clock. */
type Known = Readonly<{ identity: Identity; exp: number; until: number }>;
