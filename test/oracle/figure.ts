// A computed figure: an exact fraction or a plain value, how an answer shows it, and how it is ordered and compared.
import type { Value } from "../../src/query/answer.ts";
import type { Having } from "../../src/query/request.ts";

type Fraction = Readonly<{ of: bigint; by: bigint; shown: "decimal" | "money ratio" | "fraction" }>;
/** An exact fraction, so that what is shown can be rounded from it, or a value that is shown as it is. */
export type Figure = Fraction | Value;

export const compareText = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

const isFraction = (figure: Figure): figure is Fraction =>
  typeof figure === "object" && figure !== null && "shown" in figure;

export function show(figure: Figure): Value {
  if (!isFraction(figure)) return figure;
  const { of, by } = figure;
  if (by === 0n) return null;
  if (figure.shown === "fraction") return Number(of) / Number(by);
  return figure.shown === "decimal" ? decimalText(of, 3) : decimalText(round(of * 10_000n, by, "even"), 4);
}

/** of / by as a whole number; halves go to the even one, or away from 0. */
function round(of: bigint, by: bigint, halves: "even" | "away"): bigint {
  const negative = of < 0n !== by < 0n;
  const [size, parts] = [of < 0n ? -of : of, by < 0n ? -by : by];
  const [down, twice] = [size / parts, 2n * (size % parts)];
  const up = twice > parts || (twice === parts && (halves === "away" || down % 2n === 1n));
  const whole = up ? down + 1n : down;
  return negative ? -whole : whole;
}

function decimalText(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  const text = digits.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
  return units < 0n ? `-${text}` : text;
}

const places = 12;
const scale = 10n ** BigInt(places);

/** Numbers count in 12 decimal places, also those of ratios; null where there is nothing to order or compare by. */
export type SortKey = bigint | string | null;

export function sortKey(figure: Figure): SortKey {
  if (isFraction(figure)) return figure.by === 0n ? null : round(figure.of * scale, figure.by, "away");
  if (typeof figure === "object" && figure !== null) throw new Error("A list has no order.");
  // A median of days may end in a half.
  return typeof figure === "number" ? (BigInt(2 * figure) * scale) / 2n : figure;
}

/** Nulls last, whatever the direction. */
export function compareKeys(x: SortKey, y: SortKey, direction: "ASC" | "DESC"): number {
  if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0);
  const found = typeof x === "string" && typeof y === "string" ? compareText(x, y) : x < y ? -1 : x > y ? 1 : 0;
  return direction === "ASC" ? found : -found;
}

/** Times are compared by their day; nothing reaches any bound. */
export function reaches(key: SortKey, { eq, gte, lt }: Having): boolean {
  if (eq === undefined && gte === undefined && lt === undefined) return true;
  if (key === null) return false;
  const left = typeof key === "string" ? key.slice(0, 10) : key;
  const bound = (text: string) => (typeof key === "string" ? text : parse(text));
  return (
    (eq === undefined || left === bound(eq)) &&
    (gte === undefined || left >= bound(gte)) &&
    (lt === undefined || left < bound(lt))
  );
}

function parse(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const size = BigInt(whole) * scale + BigInt(fraction.padEnd(places, "0"));
  return text.startsWith("-") ? -size : size;
}
