// Exact decimals against reasoning in whole numbers: canonical text, difference, order, and quotients rounded half-even.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Decimal,
  divideDecimals,
  fractionOf,
  isDecimal,
  subtractDecimals,
  toDecimal,
} from "../../src/kernel/decimal.ts";

const d = (text: string) => toDecimal(text);

/** units / 10^scale, written out plainly and not canonically. */
function written(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}
const number = fc.record({ units: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), scale: fc.nat({ max: 12 }) });
const scaleUp = ({ units, scale }: { units: bigint; scale: number }, to: number) => units * 10n ** BigInt(to - scale);

describe("toDecimal", () => {
  it.each([
    ["0", "0"],
    ["-0", "0"],
    ["-0.000", "0"],
    ["+1.50", "1.5"],
    ["007", "7"],
    ["5.", "5"],
    ["-12.340", "-12.34"],
    ["8911407.9040000000", "8911407.904"],
    ["0.10", "0.1"],
    ["100", "100"],
  ])("%s is %s", (text, canonical) => expect(toDecimal(text)).toBe(canonical));

  it.each(["", " 1", "1 ", "1e3", "1e-7", ".5", "-", "--1", "1.2.3", "NaN", "Infinity", "1,000", "0x10", "1\n", "١"])(
    "refuses %j",
    (text) => {
      expect(isDecimal(text)).toBe(false);
      expect(() => toDecimal(text)).toThrow(RangeError);
    },
  );

  it("takes numbers and big integers, but no number that JavaScript writes with an exponent", () => {
    expect(toDecimal(12.5)).toBe("12.5");
    expect(toDecimal(-(10n ** 40n))).toBe(`-1${"0".repeat(40)}`);
    expect(() => toDecimal(1e21)).toThrow(RangeError);
    expect(() => toDecimal(Number.NaN)).toThrow(RangeError);
  });

  it("is the same for every way to write a value, and canonical", () => {
    fc.assert(
      fc.property(number, fc.nat({ max: 6 }), ({ units, scale }, more) => {
        const canonical = toDecimal(written(units, scale));
        expect(toDecimal(written(units * 10n ** BigInt(more), scale + more))).toBe(canonical);
        expect(toDecimal(canonical)).toBe(canonical);
        expect(canonical).toMatch(/^(0|-?[1-9]\d*|-?(0|[1-9]\d*)\.\d*[1-9])$/);
      }),
      { seed: 360 },
    );
  });
});

describe("subtractDecimals", () => {
  it("is exact", () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const scale = Math.max(a.scale, b.scale);
        const difference = scaleUp(a, scale) - scaleUp(b, scale);
        const [x, y] = [d(written(a.units, a.scale)), d(written(b.units, b.scale))];
        expect(subtractDecimals(x, y)).toBe(d(written(difference, scale)));
      }),
      { seed: 360 },
    );
  });

  it("keeps what floating point would lose", () => {
    expect(subtractDecimals(d("0.3"), d("0.1"))).toBe("0.2");
    expect(subtractDecimals(d("8911407.904"), d("611342.09"))).toBe("8300065.814");
  });
});

describe("divideDecimals", () => {
  it.each([
    ["1", "8", 2, "0.12"],
    ["3", "8", 2, "0.38"],
    ["-1", "8", 2, "-0.12"],
    ["-3", "8", 2, "-0.38"],
    ["1", "-8", 2, "-0.12"],
    ["1", "2", 0, "0"],
    ["3", "2", 0, "2"],
    ["5", "2", 0, "2"],
    ["-5", "2", 0, "-2"],
    ["0.00005", "1", 4, "0"],
    ["0.00015", "1", 4, "0.0002"],
    ["0.000050000001", "1", 4, "0.0001"],
    ["2", "3", 4, "0.6667"],
    ["10", "3", 4, "3.3333"],
    ["1", "0.25", 4, "4"],
    ["0", "7", 4, "0"],
    ["-0.00001", "1", 4, "0"],
  ] as const)("%s / %s to %i places is %s", (a, b, places, wanted) =>
    expect(divideDecimals(d(a), d(b), places)).toBe(wanted),
  );

  it("is null where the divisor is 0", () => {
    expect(divideDecimals(d("1"), d("0"), 4)).toBeNull();
    expect(divideDecimals(d("0"), d("0.00"), 4)).toBeNull();
    expect(fractionOf(d("1"), d("0"))).toBeNull();
  });

  it("lies within half of the last place, and on the even side of a tie", () => {
    fc.assert(
      fc.property(number, number, fc.nat({ max: 8 }), (a, b, places) => {
        fc.pre(b.units !== 0n);
        const quotient = divideDecimals(d(written(a.units, a.scale)), d(written(b.units, b.scale)), places) as Decimal;
        const [whole = "", fraction = ""] = quotient.split(".");
        expect(fraction.length).toBeLessThanOrEqual(places);
        // q = n / 10^places; compare 2·|a − q·b| with |b| / 10^places, all in whole numbers
        const n = BigInt(whole + fraction.padEnd(places, "0"));
        const scale = Math.max(a.scale, b.scale);
        const [x, y] = [scaleUp(a, scale), scaleUp(b, scale)];
        const size = (value: bigint) => (value < 0n ? -value : value);
        const twiceOff = 2n * size(x * 10n ** BigInt(places) - n * y);
        expect(twiceOff <= size(y)).toBe(true);
        if (twiceOff === size(y)) expect(n % 2n === 0n).toBe(true);
      }),
      { seed: 360, numRuns: 500 },
    );
  });
});

describe("fractionOf", () => {
  it("is the nearest floating-point number", () => {
    expect(fractionOf(d("1"), d("3"))).toBe(1 / 3);
    expect(fractionOf(d("-2.5"), d("10"))).toBe(-0.25);
    expect(fractionOf(d("611342.09"), d("8911407.904"))).toBe(611342090 / 8911407904);
  });

  it("keeps its digits however small it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 6 }), fc.integer({ min: 1, max: 2 ** 53 - 1 }), (a, b) => {
        const found = fractionOf(toDecimal(a), toDecimal(b)) ?? Number.NaN;
        expect(Math.abs(found - a / b)).toBeLessThanOrEqual((a / b) * 2 ** -51);
      }),
      { seed: 360 },
    );
  });
});
