// The keys that the graph works with, made from the secret that all servers of a warehouse share: one for each purpose, so that who
// learns one learns nothing of the others.
import { hkdfSync } from "node:crypto";

/** For HMAC-SHA256: what signs cursors, and what makes names up. `serverSecret`: 32 bytes. */
export function graphKeys(serverSecret: Buffer): Readonly<{ cursors: Buffer; pseudonyms: Buffer }> {
  const keyFor = (purpose: string) => Buffer.from(hkdfSync("sha256", serverSecret, "", `consumer360 ${purpose}`, 32));
  return Object.freeze({ cursors: keyFor("cursors"), pseudonyms: keyFor("pseudonyms") });
}
