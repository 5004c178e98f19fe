// Reads quantities and prices from bytes, exactly as PostgreSQL would take their text into an integer and a numeric column, without
// making strings.

const maxInt4 = 2_147_483_647;

/** The number that was read last. */
export type NumberParts = {
  /** A quantity; of a price its digits without the point, exact where `digits` is at most 15. */
  value: number;
  /** A price's digits behind the point. */
  scale: number;
  /** How many digits a price has in all. */
  digits: number;
};

export function newNumberParts(): NumberParts {
  return { value: 0, scale: 0, digits: 0 };
}

/** Reads an optional sign and digits that fit an int4. A fraction of zeros is accepted and left out. */
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
  into.value = negative ? 0 - value : value;
  into.scale = fractionDigits;
  into.digits = wholeDigits + fractionDigits;
  return into.digits > 0;
}

/** A number holds so many digits exactly. */
const exactDigits = 15;

/** The digits of the price that was read from these bytes, by `times`: exact, in units of its scale. */
export function priceTimes(
  price: NumberParts,
  times: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): number | bigint {
  const product = price.value * times;
  if (price.digits <= exactDigits && Number.isSafeInteger(product)) return product;
  let digits = 0n;
  for (let i = from; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit >= 0 && digit <= 9) digits = digits * 10n + BigInt(digit);
  }
  return (bytes[from] === 45 ? -digits : digits) * BigInt(times);
}

/** How many places the price of one has, where a line says only what all cost. */
const pricePlaces = 10;

/** `units` · 10^-`scale` by `quantity`, which is not 0, rounded half away from zero; without trailing zeros. */
export function divideTotal(
  units: number | bigint,
  scale: number,
  quantity: number,
): Readonly<{ units: bigint; scale: number }> {
  const total = BigInt(units) * 10n ** BigInt(pricePlaces - scale);
  const divisor = BigInt(quantity);
  const isNegative = total < 0n !== divisor < 0n;
  const [dividend, by] = [total < 0n ? -total : total, divisor < 0n ? -divisor : divisor];
  let rounded = (2n * dividend + by) / (2n * by);
  let places = pricePlaces;
  for (; places > 0 && rounded % 10n === 0n; places--) rounded /= 10n;
  return { units: isNegative ? -rounded : rounded, scale: places };
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

/** The number of a load or a line, within nine digits, or -1: the warehouse counts both from 1. */
export function readRowNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return to > from && to - from <= 9 ? value : -1;
}
