// The one loop that sees every byte outside quotes. It stands alone, so that it is compiled without what is done once
// per row: inlined there, scanning took three times as long.

// what a byte does outside quotes
const plain = 0;
const delimits = 1;
const returns = 2;
const stops = 3;

export function byteKinds(delimiter: number): Uint8Array {
  const kinds = new Uint8Array(256);
  kinds[delimiter] = delimits;
  kinds[13] = returns;
  kinds[10] = stops;
  kinds[34] = stops;
  return kinds;
}

/**
 * Goes on to the next line feed or quote and answers where it is, or `to`; on the way it notes each delimiter in
 * `bounds` and counts delimiters in `counts[0]`, carriage returns in `counts[1]`.
 */
export function passPlain(
  bytes: Uint8Array,
  from: number,
  to: number,
  kinds: Uint8Array,
  bounds: Int32Array,
  counts: Int32Array,
): number {
  let delimiters = counts[0] as number;
  let i = from;
  for (; i < to; i++) {
    const kind = kinds[bytes[i] as number];
    if (kind === plain) continue;
    if (kind === delimits) bounds[++delimiters] = i;
    else if (kind === stops) break;
    else counts[1] = (counts[1] as number) + 1;
  }
  counts[0] = delimiters;
  return i;
}
