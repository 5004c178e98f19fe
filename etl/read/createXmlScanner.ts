// Finds tags and texts in the XML of a workbook's parts, byte by byte and chunk by chunk. It knows as much XML as such parts may hold:
// no document types, so no entities but those of XML itself.

export type XmlHandler = Readonly<{
  /** A start tag, from its name to its last attribute. */
  open: (bytes: Buffer, from: number, to: number) => void;
  /** An end tag's name, that of an empty element included. */
  close: (bytes: Buffer, from: number, to: number) => void;
  /** A piece of text; `isRaw` where what looks like an entity is none. */
  text: (bytes: Buffer, from: number, to: number, isRaw: boolean) => void;
}>;

export type XmlScanner = Readonly<{ feed: (chunk: Buffer) => void; end: () => void }>;

const longestTag = 1024 * 1024;
const longestEntity = 12;

const lessThan = 60;
const greaterThan = 62;
const slash = 47;
const ampersand = 38;

/** Throws an Error where the bytes are not such XML. */
export function createXmlScanner(handler: XmlHandler): XmlScanner {
  let rest = Buffer.alloc(0);

  /** Where the token that starts at `at` ends, or -1 where that is not there yet. */
  function pass(bytes: Buffer, at: number): number {
    const next = bytes[at + 1];
    if (next === 33) return passDeclaration(bytes, at);
    if (next === 63) return endBehind(bytes, "?>", at);
    const end = tagEnd(bytes, at + 1);
    if (end < 0) return -1;
    if (next === slash) handler.close(bytes, at + 2, nameEnd(bytes, at + 2, end));
    else {
      const isEmpty = bytes[end - 1] === slash;
      handler.open(bytes, at + 1, isEmpty ? end - 1 : end);
      if (isEmpty) handler.close(bytes, at + 1, nameEnd(bytes, at + 1, end - 1));
    }
    return end + 1;
  }

  function passDeclaration(bytes: Buffer, at: number): number {
    if (bytes.length - at < 9) return -1;
    if (bytes.toString("latin1", at, at + 4) === "<!--") return endBehind(bytes, "-->", at + 4);
    if (bytes.toString("latin1", at, at + 9) !== "<![CDATA[") throw new Error("it declares a document type");
    const end = endBehind(bytes, "]]>", at + 9);
    if (end >= 0) handler.text(bytes, at + 9, end - 3, true);
    return end;
  }

  return {
    feed(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let i = 0;
      for (;;) {
        const tag = bytes.indexOf(lessThan, i);
        const stop = tag < 0 ? heldBack(bytes, i) : tag;
        if (stop > i) handler.text(bytes, i, stop, false);
        i = stop;
        if (tag < 0) break;
        const end = bytes.length - tag < 2 ? -1 : pass(bytes, tag);
        if (end < 0) break;
        i = end;
      }
      rest = Buffer.from(bytes.subarray(i));
      if (rest.length > longestTag) throw new Error("it holds an endless tag");
    },
    end() {
      if (rest.length > 0 && rest.includes(lessThan)) throw new Error("it ends inside of a tag");
    },
  };
}

/** Where text ends that may be handed on: an entity may come in two pieces. */
function heldBack(bytes: Buffer, from: number): number {
  const at = bytes.lastIndexOf(ampersand);
  return at >= from && bytes.length - at < longestEntity && bytes.indexOf(59, at) < 0 ? at : bytes.length;
}

/** Where the `>` of a tag stands, past those in attributes. */
function tagEnd(bytes: Buffer, from: number): number {
  let quote = 0;
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (quote !== 0) {
      if (byte === quote) quote = 0;
    } else if (byte === greaterThan) return i;
    else if (byte === 34 || byte === 39) quote = byte;
  }
  return -1;
}

function endBehind(bytes: Buffer, mark: string, from: number): number {
  const at = bytes.indexOf(mark, from, "latin1");
  return at < 0 ? -1 : at + mark.length;
}

/** Where the name at `from` ends. */
export function nameEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && (bytes[end] as number) > 32) end++;
  return end;
}

/** A name's letters without its prefix, as one number: short enough for every name that a sheet's cells need. */
export function nameCode(bytes: Uint8Array, from: number, to: number): number {
  let code = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte <= 32) break;
    code = byte === 58 ? 0 : code * 256 + byte;
    if (code > 2 ** 44) return -1;
  }
  return code;
}

export const codeOf = (name: string) => nameCode(Buffer.from(name), 0, name.length);

/** The attributes of a start tag, by their names without prefix. */
export function readAttributes(bytes: Buffer, from: number, to: number): Map<string, string> {
  const text = bytes.toString("utf8", nameEnd(bytes, from, to), to);
  const found = new Map<string, string>();
  // A name begins behind a blank: were it looked for inside of another one, a tag of one long word would take hours.
  for (const [, name = "", double, single] of text.matchAll(/(?<!\S)([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    found.set(name.slice(name.indexOf(":") + 1), decodeEntities(double ?? single ?? ""));
  }
  return found;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

export function decodeEntities(text: string): string {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (_, name: string) => {
    const code = /^#x/i.test(name)
      ? Number.parseInt(name.slice(2), 16)
      : name.startsWith("#")
        ? Number(name.slice(1))
        : -1;
    if (code > 0x10ffff) throw new Error(`it holds the entity &${name};`);
    const letter = code >= 0 ? String.fromCodePoint(code) : entities[name];
    if (letter === undefined) throw new Error(`it holds the entity &${name};`);
    return letter;
  });
}
