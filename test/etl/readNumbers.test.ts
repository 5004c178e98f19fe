// How the decimal mark of a file is found: what proves it, what proves nothing, and when groups of digits are read.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyNumber } from "../../etl/read/classifyNumber.ts";
import { decideNumberFormat, type NumberEvidence } from "../../etl/read/decideNumberFormat.ts";
import { showNumber } from "../../etl/read/showNumber.ts";

const kinds = ["nothing", "point", "comma", "eitherPoint", "eitherComma", "groupedPoint", "groupedComma"] as const;
const classify = (text: string) => {
  const bytes = Buffer.from(`9${text}9`);
  return kinds[classifyNumber(bytes, 1, bytes.length - 1)];
};

describe("classifyNumber", () => {
  it.each<[string, (typeof kinds)[number]]>([
    ["2.55", "point"],
    ["-2.5", "point"],
    [".125", "point"],
    ["0.125", "point"],
    ["1234.567", "point"],
    ["1.2345", "point"],
    ["5.", "point"],
    ["12,5", "comma"],
    ["3,99", "comma"],
    ["0,125", "comma"],
    ["1,234", "eitherComma"],
    ["-999,000", "eitherComma"],
    ["1.234", "eitherPoint"],
    ["1,234.56", "groupedPoint"],
    ["1,234,567", "groupedPoint"],
    ["12,34,567.8", "groupedPoint"],
    ["1.234,56", "groupedComma"],
    ["1.234.567", "groupedComma"],
    ["12,34.5", "nothing"],
    ["1,2,3", "nothing"],
    ["1,23,4567", "nothing"],
    ["1.2.3", "nothing"],
    ["1,234.5.6", "nothing"],
    ["12", "nothing"],
    ["", "nothing"],
    ["1e5", "nothing"],
    ["€5", "nothing"],
  ])("%j proves %s", (text, kind) => expect(classify(text)).toBe(kind));
});

describe("decideNumberFormat", () => {
  const decide = (found: Partial<NumberEvidence>, asked?: boolean) =>
    decideNumberFormat(
      "sales.csv",
      { point: 0, comma: 0, eitherPoint: 0, eitherComma: 0, groupedPoint: 0, groupedComma: 0, ...found },
      asked,
    );
  it.each<[Partial<NumberEvidence>, boolean | undefined, boolean, boolean]>([
    [{}, undefined, false, false],
    [{ point: 1, eitherPoint: 50 }, undefined, false, false],
    [{ point: 5, eitherComma: 2 }, undefined, false, false],
    [{ point: 5, groupedPoint: 1, eitherComma: 2 }, undefined, false, true],
    [{ point: 200, groupedPoint: 1, comma: 1 }, undefined, false, false],
    [{ comma: 3, eitherPoint: 1 }, undefined, true, false],
    [{ comma: 3, groupedComma: 1 }, undefined, true, true],
    [{ groupedComma: 1 }, undefined, true, true],
    [{ eitherComma: 3 }, true, true, false],
    [{ eitherComma: 3 }, false, false, true],
    [{ eitherPoint: 3 }, true, true, true],
    [{ eitherPoint: 3 }, false, false, false],
    [{ point: 3, comma: 3 }, true, true, false],
  ])("%j, asked %j", (found, asked, decimalComma, grouped) =>
    expect(decide(found, asked)).toEqual({ decimalComma, grouped }),
  );
  it.each<[Partial<NumberEvidence>]>([
    [{ eitherComma: 1 }],
    [{ eitherPoint: 1 }],
    [{ point: 1, comma: 1 }],
    [{ point: 90, comma: 2 }],
  ])("%j proves nothing", (found) =>
    expect(() => decide(found)).toThrow(
      expect.objectContaining({
        code: "NUMBER_FORMAT_UNKNOWN",
        remedy: "Say it: --decimal-comma or --no-decimal-comma",
      }),
    ),
  );
});

describe("showNumber", () => {
  const show = (text: string) => showNumber(Buffer.from(text), Buffer.byteLength(text)) ?? text;
  it.each([
    ["12.750000000000002", "12.75"],
    ["0.30000000000000004", "0.3"],
    ["1E-3", "0.001"],
    ["-1.5e+3", "-1500"],
    ["1e21", "1000000000000000000000"],
    ["123456789012345678", "123456789012346000"],
    ["2.50", "2.5"],
    ["-0.0", "0"],
    ["17850.0", "17850"],
    ["x", "x"],
  ])("%s is %s", (text, shown) => expect(show(text)).toBe(shown));
  it("shows the number that 15 digits hold", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e18, max: 1e18 }), (value) => {
        const shown = show(String(value));
        expect(shown).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        expect(Number(shown)).toBe(Number(value.toPrecision(15)) + 0);
      }),
    );
  });
});
