// Weighs, over every byte of a file, whether its text is UTF-8 or Windows-1252 (which holds ISO-8859-1), and counts
// the bytes that are not text in the one that is chosen.
import { isAscii } from "node:buffer";

export type FileEncoding = "UTF8" | "WIN1252";

export type EncodingVerdict = {
  readonly encoding: FileEncoding;
  /** NUL bytes and bytes that are undefined in the encoding; 0 in an ordinary file. */
  readonly badBytes: number;
};

export type EncodingEvidence = {
  readonly feed: (chunk: Buffer) => void;
  readonly verdict: (asked: FileEncoding | undefined) => EncodingVerdict;
};

/** The bytes that Windows-1252 leaves undefined and PostgreSQL refuses. */
export const undefinedInWin1252: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** So much is passed over at once where it is ASCII. */
const blockBytes = 8192;

/**
 * A byte order mark proves UTF-8. Otherwise a file is UTF-8 where at least 99 of 100 sequences beyond ASCII are well
 * formed: text in Windows-1252 hardly ever is, and one damaged byte must not garble every name of a UTF-8 file.
 */
export function createEncodingEvidence(): EncodingEvidence {
  let fed = 0;
  let marked = true;
  let nuls = 0;
  let undefinedBytes = 0;
  let sequences = 0;
  let faults = 0;
  let expected = 0; // continuation bytes still to come
  let lowest = 0x80;
  let highest = 0xbf;

  function lead(byte: number): void {
    lowest = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    highest = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    if (byte >= 0xc2 && byte <= 0xdf) expected = 1;
    else if (byte >= 0xe0 && byte <= 0xef) expected = 2;
    else if (byte >= 0xf0 && byte <= 0xf4) expected = 3;
    else faults++;
  }

  function weigh(chunk: Buffer): void {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (expected > 0) {
        if (byte >= lowest && byte <= highest) {
          lowest = 0x80;
          highest = 0xbf;
          if (--expected === 0) sequences++;
          if (undefinedInWin1252.has(byte)) undefinedBytes++;
          continue;
        }
        expected = 0;
        faults++;
      }
      if (byte < 0x80) continue;
      if (undefinedInWin1252.has(byte)) undefinedBytes++;
      lead(byte);
    }
  }

  return {
    feed(chunk) {
      for (let i = 0; fed + i < 3 && i < chunk.length; i++) marked &&= chunk[i] === [0xef, 0xbb, 0xbf][fed + i];
      fed += chunk.length;
      for (let nul = chunk.indexOf(0); nul >= 0; nul = chunk.indexOf(0, nul + 1)) nuls++;
      for (let at = 0; at < chunk.length; at += blockBytes) {
        const block = chunk.subarray(at, at + blockBytes);
        if (expected > 0 || !isAscii(block)) weigh(block);
      }
    },
    verdict(asked) {
      const malformed = faults + (expected > 0 ? 1 : 0);
      const isUtf8 = (marked && fed >= 3) || malformed === 0 || sequences >= malformed * 99;
      const encoding = asked ?? (isUtf8 ? "UTF8" : "WIN1252");
      return { encoding, badBytes: nuls + (encoding === "UTF8" ? malformed : undefinedBytes) };
    },
  };
}
