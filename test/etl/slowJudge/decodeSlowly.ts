// Bytes as text by the platform's own decoders: what a file is packed in, what its encoding is, and how what is no text is shown.
import { gunzipSync, inflateRawSync } from "node:zlib";
import type { SlowEncoding } from "./readSlowly.ts";

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** The data of a file, or null where it is packed and damaged. */
export function unpackSlowly(bytes: Buffer): Buffer | null {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const data = gunzipSync(bytes);
    return isWholeGzip(bytes) ? data : null;
  } catch {
    return null;
  }
}

/** Whether there is nothing but zeros behind the last member. */
function isWholeGzip(bytes: Buffer): boolean {
  for (let rest = bytes; rest.length > 0; ) {
    if (rest[0] === 0) return rest.every((byte) => byte === 0);
    const start = memberHeader(rest);
    const { engine } = inflateRawSync(rest.subarray(start), { info: true } as object) as unknown as {
      engine: { bytesWritten: number };
    };
    rest = rest.subarray(start + engine.bytesWritten + 8);
  }
  return true;
}

function memberHeader(bytes: Buffer): number {
  const flags = bytes[3] as number;
  let at = 10;
  if (flags & 4) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1;
  return flags & 2 ? at + 2 : at;
}

/** UTF-16 as UTF-8; what is no character as bytes that are none. */
export function fromUtf16(bytes: Buffer, isBigEndian: boolean): string {
  const whole = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  const text = (isBigEndian ? whole.swap16() : whole).toString("utf16le");
  const mended = text.replace(/([\ud800-\udbff][\udc00-\udfff])|([\ud800-\udfff])|([^\0-\x7f])/g, (letter, _, half) => {
    if (half === undefined) return latin1(Buffer.from(letter));
    const code = letter.charCodeAt(0);
    return String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  });
  return bytes.length % 2 === 1 ? `${mended}\xff` : mended;
}

/** Little or big endian where two bytes make a letter, by the mark or by the zeros; null elsewhere. */
export function utf16Of(bytes: Buffer): "le" | "be" | null {
  const head = bytes.subarray(0, 64 * 1024);
  const mark = latin1(head.subarray(0, 4));
  if (mark.startsWith("\xff\xfe")) return mark === "\xff\xfe\0\0" ? null : "le";
  if (mark.startsWith("\xfe\xff")) return "be";
  const zeros = (start: number) => head.filter((byte, at) => at % 2 === start && byte === 0).length / (head.length / 2);
  const [even, odd] = [zeros(0), zeros(1)];
  return odd > 0.6 && even < 0.02 ? "le" : even > 0.6 && odd < 0.02 ? "be" : null;
}

const undefinedBytes = /[\x81\x8d\x8f\x90\x9d]/;

/** What is found, or said, and whether the text holds what it cannot. */
export function encodingOf(
  text: string,
  asked: SlowEncoding | undefined,
): { encoding: SlowEncoding; isClean: boolean } {
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.from(text, "latin1"));
  const shown = text.split("\xef\xbf\xbd").length - 1;
  const malformed = decoded.split("\ufffd").length - 1 - shown;
  const sequences = [...decoded].filter((letter) => letter > "\x7f").length - malformed;
  const isUtf8 = text.startsWith("\xef\xbb\xbf") || malformed === 0 || sequences >= malformed * 99;
  const encoding = asked ?? (isUtf8 ? "UTF8" : "WIN1252");
  const isBad = encoding === "UTF8" ? malformed > 0 : undefinedBytes.test(text);
  return { encoding, isClean: !isBad && !text.includes("\0") };
}

export function holdsBadBytes(raw: string, encoding: SlowEncoding): boolean {
  if (raw.includes("\0")) return true;
  return encoding === "WIN1252" ? undefinedBytes.test(raw) : !isUtf8Text(raw);
}

export function isUtf8Text(raw: string): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(raw, "latin1"));
    return true;
  } catch {
    return false;
  }
}

const win1252 = "€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ";
const hex = (byte: string) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`;

/** As people read it: what is no text is shown as `\xHH`. */
export function showText(raw: string, encoding: SlowEncoding): string {
  const text =
    encoding === "WIN1252"
      ? raw.replace(/[\x80-\x9f]/g, (byte) =>
          undefinedBytes.test(byte) ? hex(byte) : win1252.charAt(byte.charCodeAt(0) - 0x80),
        )
      : (raw.match(/[\xc2-\xf4][\x80-\xbf]{1,3}|[\s\S]/g) ?? []).map(showLetter).join("");
  return text.replaceAll("\0", "\\x00");
}

function showLetter(bytes: string): string {
  for (let length = bytes.length; length > 0; length--) {
    const letter = bytes.slice(0, length);
    if (isUtf8Text(letter) && letter.length > 0)
      return (
        Buffer.from(letter, "latin1").toString() + [...bytes.slice(length)].map((each) => showLetter(each)).join("")
      );
  }
  return hex(bytes.charAt(0)) + (bytes.length > 1 ? showText(bytes.slice(1), "UTF8") : "");
}
