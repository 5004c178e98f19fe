// The form of an API key: `c360_<id>_<secret>`. The id finds the key and is no secret; of the secret only a hash is kept.
import { createHash, randomBytes } from "node:crypto";

/** By which a key is told from a token, and found by whoever looks for secrets in places where none should be. */
const mark = "c360_";
const form = /^c360_([0-9a-f]{10})_([0-9a-f]{64})$/;

/** A new key: its text is for the holder alone, id and hash are what is kept. */
export function makeApiKey(): Readonly<{ text: string; keyId: string; secretHash: string }> {
  const keyId = randomBytes(5).toString("hex");
  const secret = randomBytes(32).toString("hex");
  return Object.freeze({ text: `${mark}${keyId}_${secret}`, keyId, secretHash: hashSecret(secret) });
}

export function looksLikeApiKey(credential: string): boolean {
  return credential.startsWith(mark);
}

/** Null: not of the form. */
export function parseApiKey(text: string): Readonly<{ keyId: string; secretHash: string }> | null {
  const [, keyId, secret] = form.exec(text) ?? [];
  return keyId === undefined || secret === undefined ? null : { keyId, secretHash: hashSecret(secret) };
}

/** One SHA-256 is enough: slow hashes are for secrets that can be guessed, and nobody guesses 256 random bits. */
function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
