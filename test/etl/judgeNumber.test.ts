// Quantities and prices judged from bytes, held against regular expressions and exact integers.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPrice, quantityEnd } from "../../etl/judge/readNumber.ts";

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

describe("a number's bytes", () => {
  it("are a quantity where they are a whole number that fits an int4", () => {
    fc.assert(
      fc.property(number, (text) => {
        const match = /^([-+]?\d+)(?:\.0+)?$/.exec(text);
        const value = BigInt(match?.[1]?.replace("+", "") ?? 2n ** 40n);
        const fits = value >= -(2n ** 31n) && value < 2n ** 31n;
        expect(quantityEnd(...within(text))).toBe(fits ? 1 + (match?.[1] ?? "").length : -1);
      }),
      { numRuns: 3000 },
    );
  });

  it("are a price where they are a decimal of at most 15 and 10 digits", () => {
    fc.assert(
      fc.property(number, (text) => {
        expect(isPrice(...within(text))).toBe(/^[-+]?(?=\.?\d)\d{0,15}(?:\.\d{0,10})?$/.test(text));
      }),
      { numRuns: 3000 },
    );
  });
});
