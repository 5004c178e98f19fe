// Reads quantities and prices from bytes, exactly as PostgreSQL will take them into an integer and a numeric column, without
// making strings.

const maxInt4 = 2_147_483_647;

/** The number that was read last. */
export type NumberParts = {
  /** Where what COPY takes ends. */
  end: number;
  /** A quantity; of a price its digits without the point, exact where `digits` is at most 15. */
  value: number;
  /** A price's digits behind the point. */
  scale: number;
  /** How many digits a price has in all. */
  digits: number;
};

export function newNumberParts(): NumberParts {
  return { end: 0, value: 0, scale: 0, digits: 0 };
}

/** Reads an optional sign and digits that fit an int4. A fraction of zeros is accepted and left out, because COPY would refuse it. */
export function readQuantity(bytes: Uint8Array, from: number, to: number, point: number, into: NumberParts): boolean {
  let i = from;
  const negative = bytes[i] === 45;
  if (negative || bytes[i] === 43) i++;
  const digits = i;
  let value = 0;
  for (; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > maxInt4 + 1) return false;
  }
  if (i === digits || (value > maxInt4 && !negative)) return false;
  into.end = i;
  into.value = negative ? 0 - value : value;
  if (i === to) return true;
  if (bytes[i++] !== point || i === to) return false;
  for (; i < to; i++) if (bytes[i] !== 48) return false;
  return true;
}

/** Reads an optional sign, at most 15 digits before and 10 after the point, one at least, no exponent. */
export function readPrice(bytes: Uint8Array, from: number, to: number, point: number, into: NumberParts): boolean {
  let i = from;
  const negative = bytes[i] === 45;
  if (negative || bytes[i] === 43) i++;
  const whole = i;
  let value = 0;
  for (; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const wholeDigits = i - whole;
  if (wholeDigits > 15) return false;
  let fractionDigits = 0;
  if (i < to) {
    if (bytes[i++] !== point) return false;
    const fraction = i;
    for (; i < to; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) return false;
      value = value * 10 + digit;
    }
    fractionDigits = to - fraction;
    if (fractionDigits > 10) return false;
  }
  into.end = to;
  into.value = negative ? 0 - value : value;
  into.scale = fractionDigits;
  into.digits = wholeDigits + fractionDigits;
  return into.digits > 0;
}

/** Where the digits of `17850.0` or `17850,0` end, or `to` where it is anything else. */
export function wholeEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1] === 48) end--;
  if (end === to || end - 1 <= from || (bytes[end - 1] !== 46 && bytes[end - 1] !== 44)) return to;
  for (let i = from; i < end - 1; i++) {
    const byte = bytes[i] as number;
    if (byte < 48 || byte > 57) return to;
  }
  return end - 1;
}

/** A number of a load or a line that the warehouse can hold: it counts both from 1, within nine digits. */
export function isRowNumber(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from;
  while (i < to && (bytes[i] as number) >= 48 && (bytes[i] as number) <= 57) i++;
  return i === to && to > from && to - from <= 9;
}
