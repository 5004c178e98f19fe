// Exact decimals as canonical strings: no exponent, no trailing zeros, no negative zero ("8911407.904", "0").
// Money is never a JavaScript number here; arithmetic is on integers scaled by a power of ten.

declare const brand: unique symbol;
/** A canonical exact decimal. */
export type Decimal = string & { readonly [brand]: "Decimal" };

const shape = /^([+-]?)(\d+)(?:\.(\d*))?$/;

/** Whether `text` is a plain decimal number: optional sign, digits, optional fraction; no exponent. */
export function isDecimal(text: string): boolean {
  return shape.test(text);
}

/** The canonical form of a plain decimal text, as PostgreSQL's `numeric` prints it. Throws a RangeError for anything else. */
export function toDecimal(text: string | number | bigint): Decimal {
  const given = String(text);
  if (isCanonical(given)) return given;
  const match = shape.exec(given);
  if (!match) throw new RangeError(`Not a decimal: ${JSON.stringify(text)}`);
  const whole = (match[2] as string).replace(/^0+(?=\d)/, "");
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  return (match[1] === "-" && digits !== "0" ? `-${digits}` : digits) as Decimal;
}

const canonical = /^-?(?:[1-9]\d*|0(?=\.))(?:\.\d*[1-9])?$/;
const isCanonical = (text: string): text is Decimal => text === "0" || canonical.test(text);

type Scaled = { units: bigint; scale: number };

const lift = (value: Scaled, scale: number) => value.units * 10n ** BigInt(scale - value.scale);

function scaled(value: Decimal): Scaled {
  const point = value.indexOf(".");
  if (point < 0) return { units: BigInt(value), scale: 0 };
  return {
    units: BigInt(value.slice(0, point) + value.slice(point + 1)),
    scale: value.length - point - 1,
  };
}

function unscaled(units: bigint, scale: number): Decimal {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return toDecimal(scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(digits.length - scale)}`);
}

/** a − b, exactly. */
export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  const x = scaled(a);
  const y = scaled(b);
  const scale = Math.max(x.scale, y.scale);
  return unscaled(lift(x, scale) - lift(y, scale), scale);
}

/** The sum, exactly; 0 of none. */
export function sumDecimals(values: readonly Decimal[]): Decimal {
  const all = values.map(scaled);
  const scale = all.reduce((most, value) => Math.max(most, value.scale), 0);
  return unscaled(
    all.reduce((sum, value) => sum + lift(value, scale), 0n),
    scale,
  );
}

/** a ÷ b rounded half-even to `places` decimal places; null where b is 0. */
export function divideDecimals(a: Decimal, b: Decimal, places: number): Decimal | null {
  const x = scaled(a);
  const y = scaled(b);
  if (y.units === 0n) return null;
  let numerator = x.units * 10n ** BigInt(places + y.scale);
  let denominator = y.units * 10n ** BigInt(x.scale);
  if (denominator < 0n) {
    numerator = -numerator;
    denominator = -denominator;
  }
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  const quotient = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return unscaled(negative ? -rounded : rounded, places);
}

/** Enough for every digit of a floating-point number, also of a very small fraction. */
const fractionPlaces = 40;

/** a ÷ b as a floating-point fraction (shares and rates, which are not money); null where b is 0. */
export function fractionOf(a: Decimal, b: Decimal): number | null {
  const quotient = divideDecimals(a, b, fractionPlaces);
  return quotient === null ? null : Number(quotient);
}
