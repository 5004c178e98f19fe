// Turns UTF-16 into UTF-8 chunk by chunk. What is no character (half of a pair, half of a unit) comes out as bytes that are not UTF-8,
// so that its row is rejected and shown instead of being mended in silence.

export type Utf16 = "utf-16le" | "utf-16be";

export type Utf16Decoder = {
  /** The text in UTF-8; valid until the next call. */
  readonly feed: (chunk: Buffer) => Buffer;
  /** What is left at the end of the data. */
  readonly end: () => Buffer;
};

export function createUtf16Decoder(encoding: Utf16): Utf16Decoder {
  const highAt = encoding === "utf-16be" ? 0 : 1;
  let output = Buffer.alloc(0);
  let filled = 0;
  let half = -1; // the first byte of a unit whose second has not come yet
  let lead = 0; // the first half of a pair

  /** Writes a unit that stands alone, half a pair included. */
  function writeUnit(unit: number): void {
    if (unit < 0x80) output[filled++] = unit;
    else if (unit < 0x800) {
      output[filled++] = 0xc0 | (unit >> 6);
      output[filled++] = 0x80 | (unit & 63);
    } else {
      output[filled++] = 0xe0 | (unit >> 12);
      output[filled++] = 0x80 | ((unit >> 6) & 63);
      output[filled++] = 0x80 | (unit & 63);
    }
  }

  function take(unit: number): void {
    if (lead !== 0) {
      if ((unit & 0xfc00) === 0xdc00) {
        const code = 0x10000 + ((lead & 0x3ff) << 10) + (unit & 0x3ff);
        output[filled++] = 0xf0 | (code >> 18);
        output[filled++] = 0x80 | ((code >> 12) & 63);
        output[filled++] = 0x80 | ((code >> 6) & 63);
        output[filled++] = 0x80 | (code & 63);
        lead = 0;
        return;
      }
      writeUnit(lead);
      lead = 0;
    }
    if ((unit & 0xfc00) === 0xd800) lead = unit;
    else writeUnit(unit);
  }

  return {
    feed(chunk) {
      const most = (chunk.length >> 1) * 3 + 16;
      if (output.length < most) output = Buffer.allocUnsafe(most);
      filled = 0;
      let i = 0;
      if (half >= 0 && chunk.length > 0) {
        const next = chunk[i++] as number;
        take(highAt === 0 ? (half << 8) | next : (next << 8) | half);
        half = -1;
      }
      for (; i + 1 < chunk.length; i += 2) {
        const high = chunk[i + highAt] as number;
        const low = chunk[i + 1 - highAt] as number;
        if (high === 0 && low < 0x80 && lead === 0) output[filled++] = low;
        else take((high << 8) | low);
      }
      if (i < chunk.length) half = chunk[i] as number;
      return output.subarray(0, filled);
    },
    end() {
      output = Buffer.allocUnsafe(8);
      filled = 0;
      if (lead !== 0) writeUnit(lead);
      if (half >= 0) output[filled++] = 0xff;
      return output.subarray(0, filled);
    },
  };
}

/** UTF-16 by its mark, or by the zeros beside letters of ASCII; null where it is something else. */
export function findUtf16(head: Buffer): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe)
    return head.length >= 4 && head[2] === 0 && head[3] === 0 ? null : "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1;
  const [even, odd] = zeros as [number, number];
  const half = head.length / 2;
  if (odd > half * mostlyAscii && even < half * hardlyAny) return "utf-16le";
  if (even > half * mostlyAscii && odd < half * hardlyAny) return "utf-16be";
  return null;
}

const mostlyAscii = 0.6;
const hardlyAny = 0.02;
