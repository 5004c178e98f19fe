// Whether a row holds a byte that PostgreSQL would refuse in the file's encoding; asked only of files that hold one.
import { isUtf8 } from "node:buffer";
import { type FileEncoding, undefinedInWin1252 } from "../read/createEncodingEvidence.ts";

export function hasBadBytes(bytes: Buffer, from: number, to: number, encoding: FileEncoding): boolean {
  let beyondAscii = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte === 0 || (encoding === "WIN1252" && undefinedInWin1252.has(byte))) return true;
    if (byte > 127) beyondAscii = true;
  }
  return encoding === "UTF8" && beyondAscii && !isUtf8(bytes.subarray(from, to));
}
