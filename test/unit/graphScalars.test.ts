// The graph's scalars: what they take, in which form they hand it on, and how they refuse.
import { type GraphQLScalarType, parseValue } from "graphql";
import { describe, expect, test } from "vitest";
import { DateScalar } from "../../src/graph/scalars/DateScalar.ts";
import { DecimalScalar } from "../../src/graph/scalars/DecimalScalar.ts";
import { LocalDateTimeScalar } from "../../src/graph/scalars/LocalDateTimeScalar.ts";
import { MonthScalar } from "../../src/graph/scalars/MonthScalar.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";

function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Consumer360Error && error.code === "BAD_USER_INPUT") return error.message;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

const asVariable = (scalar: GraphQLScalarType<string>, value: unknown) => scalar.parseValue(value);
const asLiteral = (scalar: GraphQLScalarType<string>, text: string) => scalar.parseLiteral(parseValue(text), {});

describe("what is taken", () => {
  test.each([
    [DecimalScalar, "12.50", "12.5"],
    [DecimalScalar, "-0", "0"],
    [DecimalScalar, "8911407.904", "8911407.904"],
    [DateScalar, "2012-02-29", "2012-02-29"],
    [MonthScalar, "2011-12", "2011-12"],
    [LocalDateTimeScalar, "2011-12-09T23:59:59", "2011-12-09T23:59:59"],
  ])("%s %s", (scalar, given, taken) => {
    expect(asVariable(scalar, given)).toBe(taken);
    expect(asLiteral(scalar, JSON.stringify(given))).toBe(taken);
  });

  test("a decimal as a number, where it is exact", () => {
    expect(asVariable(DecimalScalar, 12)).toBe("12");
    expect(asLiteral(DecimalScalar, "12")).toBe("12");
    expect(asLiteral(DecimalScalar, "0.10")).toBe("0.1");
  });
});

describe("what is refused", () => {
  test.each([
    [DecimalScalar, "1e3"],
    [DecimalScalar, ""],
    [DecimalScalar, "1".repeat(61)],
    [DateScalar, "2011-02-29"],
    [DateScalar, "2011-12-9"],
    [DateScalar, "2011-12-09T00:00:00"],
    [MonthScalar, "2011-13"],
    [MonthScalar, "2011-12-01"],
    [LocalDateTimeScalar, "2011-12-09T24:00:00"],
    [LocalDateTimeScalar, "2011-12-09T23:59:59Z"],
    [LocalDateTimeScalar, "2011-12-09"],
  ])("%s %s", (scalar, given) => {
    expect(refusalOf(() => asVariable(scalar, given))).toContain(`\`${scalar.name}\` is `);
    expect(refusalOf(() => asLiteral(scalar, JSON.stringify(given)))).toContain(`\`${scalar.name}\` is `);
  });

  test.each([0.1, Number.NaN, 2 ** 53, true, null, { a: 1 }, ["1"]])("a decimal given as %s", (given) => {
    expect(refusalOf(() => asVariable(DecimalScalar, given))).toContain("`Decimal` is a decimal number");
  });

  test.each([
    [MonthScalar, "201112"],
    [DateScalar, "true"],
    [DecimalScalar, "1e3"],
    [DecimalScalar, "{ a: 1 }"],
  ])("%s written as %s", (scalar, text) => {
    expect(refusalOf(() => asLiteral(scalar, text))).toContain(`\`${scalar.name}\` is `);
  });

  test("with the value's problem, not with all of it", () => {
    expect(refusalOf(() => asVariable(MonthScalar, "2011-13"))).toBe('`Month` is a month, YYYY-MM; "2011-13" is not.');
    expect(refusalOf(() => asVariable(MonthScalar, "x".repeat(5_000))).length).toBeLessThan(120);
  });
});

test("only text is shown: a money value that became a number on the way would be a fault", () => {
  expect(DecimalScalar.serialize("1.1")).toBe("1.1");
  expect(() => DecimalScalar.serialize(1.1)).toThrow(TypeError);
});
