// Cursors as they leave the graph and come back: signed, so that nobody can make one up, change one or use another scope's. The query floor
// below knows plain ones only.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Scope } from "../model/scope.ts";
import type { AnswerPage, RowPage } from "../query/answer.ts";

export type Seal = Readonly<{
  seal(cursor: string): string;
  /** The cursor behind a sealed one; null for any other text. */
  open(sealed: string): string | null;
}>;

/** A page whose cursors are sealed where they are shown, and only there: most are not. */
export type SealedPage<Page extends AnswerPage> = Page & Pick<Seal, "seal">;
export type Sealed<Row> = SealedPage<RowPage<Row>>;

const signatureBytes = 16;
const signatureLength = Math.ceil((signatureBytes * 4) / 3);
const mostCharacters = 12_000;

/** `key`: for HMAC-SHA256. A cursor names its snapshot and its question; the scope is signed with it. */
export function sealCursors(key: Buffer, scope: Scope): Seal {
  const signatureOf = (cursor: string): string =>
    createHmac("sha256", key)
      .update(JSON.stringify([scope.fingerprint, cursor]))
      .digest()
      .subarray(0, signatureBytes)
      .toString("base64url");
  return Object.freeze({
    seal: (cursor: string) => cursor + signatureOf(cursor),
    open(sealed: string) {
      if (sealed.length > mostCharacters || !/^[A-Za-z0-9_-]+$/.test(sealed)) return null;
      if (sealed.length <= signatureLength) return null;
      const cursor = sealed.slice(0, -signatureLength);
      // As text: several texts stand for the same bytes, and only one of them is ours.
      const signed = timingSafeEqual(Buffer.from(sealed.slice(-signatureLength)), Buffer.from(signatureOf(cursor)));
      return signed ? cursor : null;
    },
  });
}
