// Bytes of a file as text that people read and that PostgreSQL can store: what is not text is shown as `\xHH`.
import { isUtf8 } from "node:buffer";
import { type FileEncoding, undefinedInWin1252 } from "./createEncodingEvidence.ts";

/** The characters of Windows-1252 at 0x80 to 0x9F; elsewhere it is ISO-8859-1. */
const win1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/** Decodes bytes; NUL and bytes that are undefined in the encoding become `\xHH`, so that nothing is lost. */
export function decodeText(bytes: Buffer, encoding: FileEncoding): string {
  const text = encoding === "WIN1252" ? decodeWin1252(bytes) : isUtf8(bytes) ? bytes.toString("utf8") : mend(bytes);
  return text.replaceAll("\0", "\\x00");
}

function decodeWin1252(bytes: Buffer): string {
  return bytes.toString("latin1").replace(/[\x80-\x9f]/g, (character) => {
    const byte = character.charCodeAt(0);
    return undefinedInWin1252.has(byte) ? escapeByte(byte) : win1252.charAt(byte - 0x80);
  });
}

/** Decodes bytes that are UTF-8 in part. */
function mend(bytes: Buffer): string {
  let text = "";
  let from = 0;
  for (let i = 0; i < bytes.length; ) {
    const byte = bytes[i] as number;
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (byte < 0x80 || (i + length <= bytes.length && isUtf8(bytes.subarray(i, i + length)))) {
      i += length;
      continue;
    }
    text += bytes.toString("utf8", from, i) + escapeByte(byte);
    from = ++i;
  }
  return text + bytes.toString("utf8", from);
}

function escapeByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0").toUpperCase()}`;
}
