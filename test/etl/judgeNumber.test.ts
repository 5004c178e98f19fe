// Quantities and prices judged from bytes, held against regular expressions and exact integers.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAmountSum } from "../../etl/judge/createAmountSum.ts";
import { newNumberParts, priceTimes, readPrice, readQuantity } from "../../etl/judge/readNumber.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";

const number = fc
  .tuple(
    fc.constantFrom("", "-", "+", " ", "--"),
    fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 32n }),
      fc.bigInt({ min: 2n ** 31n - 2n, max: 2n ** 31n + 2n }),
      fc.bigInt({ min: 0n, max: 10n ** 17n }),
      fc.constantFrom("", "00", "0000000000000007"),
    ),
    fc.constantFrom("", ".", ".0", ".00", ".5", ".0123456789", ".01234567890", "e3", ",5", "x"),
  )
  .map((parts) => parts.join(""));

/** The field between bytes that are none of its business. */
const within = (text: string) => [Buffer.from(`7${text}.0`), 1, 1 + Buffer.byteLength(text)] as const;

const parts = newNumberParts();

describe("a number's bytes", () => {
  it("are a quantity where they are a whole number that fits an int4", () => {
    fc.assert(
      fc.property(number, (text) => {
        const match = /^([-+]?\d+)(?:\.0+)?$/.exec(text);
        const value = BigInt(match?.[1]?.replace("+", "") ?? 2n ** 40n);
        const fits = value >= -(2n ** 31n) && value < 2n ** 31n;
        expect(readQuantity(...within(text), 46, parts)).toBe(fits);
        if (fits) expect(parts).toMatchObject({ value: Number(value) });
      }),
      { numRuns: 3000 },
    );
  });

  it("are a price where they are a decimal of at most 15 and 10 digits", () => {
    fc.assert(
      fc.property(number, (text) => {
        expect(readPrice(...within(text), 46, parts)).toBe(/^[-+]?(?=\.?\d)\d{0,15}(?:\.\d{0,10})?$/.test(text));
        const comma = text.replaceAll(/[.,]/g, (mark) => (mark === "." ? "," : "."));
        expect(readPrice(...within(comma), 44, parts)).toBe(/^[-+]?(?=\.?\d)\d{0,15}(?:\.\d{0,10})?$/.test(text));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("createAmountSum", () => {
  it("adds up exactly, however large or small", () => {
    const price = fc
      .tuple(
        fc.constantFrom("", "-", "+"),
        fc.bigInt({ min: 0n, max: 10n ** 15n - 1n }),
        fc.bigInt({ min: 0n, max: 10n ** 10n - 1n }),
        fc.integer({ min: 0, max: 10 }),
      )
      .map(
        ([sign, whole, fraction, places]) =>
          `${sign}${whole}${places === 0 ? "" : `.${fraction.toString().padStart(10, "0").slice(0, places)}`}`,
      );
    const quantity = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(price, quantity), { maxLength: 50 }), (rows) => {
        const sum = createAmountSum();
        let units = 0n;
        for (const [text, times] of rows) {
          const bytes = Buffer.from(text);
          readPrice(bytes, 0, bytes.length, 46, parts);
          sum.add(priceTimes(parts, times, bytes, 0, bytes.length), parts.scale);
          const [, sign, whole = "", fraction = ""] = /^([-+]?)(\d*)\.?(\d*)$/.exec(text) ?? [];
          const magnitude = BigInt(whole + fraction.padEnd(10, "0")) * BigInt(times);
          units += sign === "-" ? -magnitude : magnitude;
        }
        const digits = (units < 0n ? -units : units).toString().padStart(11, "0");
        expect(sum.total()).toBe(toDecimal(`${units < 0n ? "-" : ""}${digits.slice(0, -10)}.${digits.slice(-10)}`));
      }),
      { numRuns: 500 },
    );
  });
});
