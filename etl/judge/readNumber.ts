// Whether bytes are a quantity or a price, exactly as PostgreSQL will take them into an integer and a numeric column.

const maxInt4 = 2_147_483_647;

/**
 * Where a quantity's digits end, or -1 where it is none: an optional sign and digits that fit an int4. A fraction of
 * zeros is accepted and left out, because COPY would refuse it.
 */
export function quantityEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  const negative = bytes[i] === 45;
  if (negative || bytes[i] === 43) i++;
  const digits = i;
  let value = 0;
  for (; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > maxInt4 + 1) return -1;
  }
  if (i === digits || (value > maxInt4 && !negative)) return -1;
  if (i === to) return i;
  const end = i;
  if (bytes[i++] !== 46 || i === to) return -1;
  for (; i < to; i++) if (bytes[i] !== 48) return -1;
  return end;
}

/** Whether it is a price: an optional sign, at most 15 digits before and 10 after the point, one at least, no exponent. */
export function isPrice(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from;
  if (bytes[i] === 45 || bytes[i] === 43) i++;
  const whole = i;
  while (i < to && isDigit(bytes[i] as number)) i++;
  const wholeDigits = i - whole;
  if (wholeDigits > 15) return false;
  if (i === to) return wholeDigits > 0;
  if (bytes[i++] !== 46) return false;
  const fraction = i;
  while (i < to && isDigit(bytes[i] as number)) i++;
  const fractionDigits = i - fraction;
  return i === to && fractionDigits <= 10 && wholeDigits + fractionDigits > 0;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}
