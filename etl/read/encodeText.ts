// Text as the bytes of a file's encoding: the opposite of `decodeText`.
import type { FileEncoding } from "./createEncodingEvidence.ts";
import { decodeText } from "./decodeText.ts";

/** The bytes, or null where the encoding cannot hold the text. */
export function encodeText(text: string, encoding: FileEncoding): Buffer | null {
  if (encoding === "UTF8") return Buffer.from(text);
  const bytes = [...text].map((letter) => win1252Bytes().get(letter));
  return bytes.includes(undefined) ? null : Buffer.from(bytes as number[]);
}

let byLetter: Map<string, number> | undefined;
function win1252Bytes(): Map<string, number> {
  byLetter ??= new Map([...Array(256).keys()].map((byte) => [decodeText(Buffer.from([byte]), "WIN1252"), byte]));
  return byLetter;
}
