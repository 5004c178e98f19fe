// The value of a quoted field, as PostgreSQL's COPY reads it: quotes toggle, and a doubled quote inside quotes is one.

/** Writes the value of the field between `from` and `to` into `target` at `at`; answers where it ends. */
export function unquoteField(bytes: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  let end = at;
  let inQuotes = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] as number;
    if (byte !== 34) target[end++] = byte;
    else if (inQuotes && i + 1 < to && bytes[i + 1] === 34) target[end++] = bytes[i++] as number;
    else inQuotes = !inQuotes;
  }
  return end;
}
