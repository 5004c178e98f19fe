// Whether a byte stands in a range; for short ranges a loop is faster than the call into native code.

export function hasByte(bytes: Uint8Array, from: number, to: number, wanted: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] === wanted) return true;
  return false;
}
