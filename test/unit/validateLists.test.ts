// Long lists in a question: how long one may be, and that a long one is held against a long scope in no time.
import { describe, expect, test } from "vitest";
import { salesWhere } from "../../src/graph/toWhere.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import type { Having, MetricsRequest, Where } from "../../src/query/request.ts";
import { validate } from "../../src/query/validate.ts";

const countries = Array.from({ length: 10_001 }, (_, nth) => `Country ${nth}`);
const scope = (seen: readonly string[] | null): Scope => ({
  ...everything,
  role: "r",
  fingerprint: "r",
  countries: seen,
});
const asking = (where: Where, having: readonly Having[] = []): MetricsRequest => ({
  kind: "metrics",
  measures: ["orders"],
  dimensions: [],
  where,
  having,
});

describe("a list", () => {
  test("of 10,000 values is held against a scope of as many", () => {
    const most = countries.slice(0, 10_000);
    const began = performance.now();
    expect(() => validate(asking({ country: { in: most } }), scope(most.toReversed()))).not.toThrow();
    expect(() => validate(asking({ country: { in: countries.slice(1) } }), scope(most))).toThrow(/outside/);
    expect(performance.now() - began).toBeLessThan(500);
  });

  test("of more is refused, whether the scope holds its values or not", () => {
    for (const seen of [null, countries, ["Elsewhere"]])
      for (const [name, shown] of [
        ["country", "country"],
        ["customer", "customerId"],
      ] as const)
        expect(() => validate(asking({ [name]: { in: countries } }), scope(seen))).toThrow(
          expect.objectContaining({
            code: "BAD_USER_INPUT",
            message: `\`${shown}\` lists 10,001 values; the bound is 10,000.`,
          }),
        );
    const lines = { kind: "lines", where: { product: { in: countries } }, page: { first: 1 } } as const;
    expect(() => validate(lines, scope(null))).toThrow("`product` lists 10,001 values");
  });

  test("says each value once, unless it is too long to be read", () => {
    expect(salesWhere({ country: { in: ["b", "a", "b"] } })).toEqual({ country: { in: ["b", "a"] } });
    const repeated = Array.from({ length: 10_001 }, () => "a");
    expect(salesWhere({ country: { in: repeated } })?.country?.in).toHaveLength(10_001);
  });

  test("of conditions on figures has a bound as well", () => {
    const conditions = (count: number) =>
      Array.from({ length: count }, (): Having => ({ measure: "orders", gte: "1" }));
    expect(() => validate(asking({}, conditions(100)), scope(null))).not.toThrow();
    expect(() => validate(asking({}, conditions(101)), scope(null))).toThrow("`having` lists 101 conditions");
  });
});
