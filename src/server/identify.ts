// From the headers of a request to who asks: by a token or by the key of a program, never by two at once.
import { timingSafeEqual } from "node:crypto";
import { assertNever } from "../kernel/errors.ts";
import type { FoundKey } from "../warehouse/openAccessRecords.ts";
import { makeAuthenticate } from "./authenticate.ts";
import type { Headers, Identify, Identity } from "./identity.ts";
import { looksLikeApiKey, parseApiKey } from "./makeApiKey.ts";
import { type Memory, makeMemory } from "./makeMemory.ts";
import type { AuthConfig } from "./readConfig.ts";
import { NotLetIn } from "./refusal.ts";
import { rememberTokens } from "./rememberTokens.ts";

/** Reads a key, and notes its use where the hash is the key's own. */
export type FindKey = (keyId: string, secretHash: string) => Promise<FoundKey | null>;

/** Milliseconds for which a refused key is refused again unread, and how many such keys: one that is sent on and on costs no statement. */
const refusedFor = 5000;
const mostRefused = 10_000;

/**
 * Keys that are good are read at every request, so that revoking works at once.
 * `demoSecret` checks tokens where `auth` names neither a secret nor a key server. What is thrown is NotLetIn, whose cause is
 * KeysUnavailable where the key server cannot be asked; or WAREHOUSE_UNAVAILABLE where keys cannot be read.
 */
export function makeIdentify({
  auth,
  demoSecret = null,
  findKey,
  keysCooldown,
}: {
  auth: AuthConfig;
  demoSecret?: string | null;
  findKey: FindKey;
  keysCooldown?: number;
}): Identify {
  const secret = auth.secret ?? (auth.jwksUrl === null ? demoSecret : null);
  const authenticate = makeAuthenticate(auth, secret, keysCooldown);
  const origin =
    secret === null ? "Get a token from the identity provider" : "Make a token with: npx consumer360 token --role NAME";

  const identityOf = rememberTokens(authenticate, auth.clockSkew);
  const refused = makeMemory<NotLetIn>({ most: mostRefused, lasts: refusedFor });
  return (headers) => {
    try {
      const credential = credentialOf(headers, origin);
      return looksLikeApiKey(credential) ? holderOf(credential, findKey, refused) : identityOf(credential);
    } catch (refusal) {
      return Promise.reject(refusal);
    }
  };
}

/** `origin`: where to get one, for whoever has none. */
function credentialOf(headers: Headers, origin: string): string {
  const bearer = bearerOf(headers);
  const apiKey = headerOf(headers, "x-api-key");
  if (apiKey !== null && !looksLikeApiKey(apiKey)) {
    throw new NotLetIn(
      "malformed credential",
      "The header x-api-key must hold an API key: c360_, its id, _ and its secret.",
    );
  }
  if (bearer !== null && apiKey !== null && bearer !== apiKey) {
    throw new NotLetIn(
      "two credentials",
      "The request has two credentials: send the header Authorization or x-api-key, not both.",
    );
  }
  const credential = bearer ?? apiKey;
  if (credential === null) {
    throw new NotLetIn(
      "no credential",
      `A token or an API key is required: send the header Authorization: Bearer <token or key>. ${origin}.`,
    );
  }
  return credential;
}

/** Null: not sent. An empty header counts as such. */
function headerOf(headers: Headers, name: string): string | null {
  const sent = headers[name] ?? [];
  const [value, ...others] = typeof sent === "string" ? [sent] : sent;
  if (others.length > 0) throw new NotLetIn("two credentials", `The header ${name} must be sent once.`);
  return value || null;
}

function bearerOf(headers: Headers): string | null {
  const header = headerOf(headers, "authorization");
  if (header === null) return null;
  const credential = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (credential === undefined)
    throw new NotLetIn("malformed credential", "The Authorization header must be of the form: Bearer <token>.");
  if (!/^([\w-]+\.[\w-]+\.[\w-]+|c360_\w+)$/i.test(credential))
    throw new NotLetIn("malformed credential", "What follows Bearer is neither a token nor an API key.");
  return credential;
}

/** An id that nobody has and a secret that is not the id's take the same way to the same answer. */
async function holderOf(text: string, findKey: FindKey, refused: Memory<NotLetIn>): Promise<Identity> {
  const parsed = parseApiKey(text);
  if (parsed === null) throw new NotLetIn("malformed credential", notAKey);
  const { keyId, secretHash } = parsed;
  const pair = `${keyId} ${secretHash}`;
  const known = refused.get(pair);
  if (known !== undefined) throw known;
  const found = await findKey(keyId, secretHash);
  const same = timingSafeEqual(Buffer.from(secretHash, "hex"), Buffer.from(found?.secretHash ?? nobodysHash, "hex"));
  const refuse = (refusal: NotLetIn): never => {
    refused.set(pair, refusal);
    throw refusal;
  };
  if (found === null || !same) return refuse(new NotLetIn("unknown key", notAKey));
  const holder: Identity = Object.freeze({
    principal: Object.freeze({ role: found.role, claims: found.claims }),
    subject: `key:${found.name}`,
    credential: "key",
    keyId,
  });
  // its state is told to holders of the secret only
  switch (found.state) {
    case "live":
      return holder;
    case "revoked":
      return refuse(new NotLetIn("key revoked", "The API key has been revoked.", { asker: holder }));
    case "expired":
      return refuse(new NotLetIn("key expired", "The API key has expired.", { asker: holder }));
    default:
      return assertNever(found.state);
  }
}

const nobodysHash = "0".repeat(64);
const notAKey = "The API key is not valid. Was it copied whole? Make one with: npx consumer360 key create.";
