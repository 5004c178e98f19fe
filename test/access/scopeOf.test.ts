// From principal to scope: claims give only what they state whole and well-formed; nothing that is missing or odd widens a scope.
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import type { Policy } from "../../src/access/policy.ts";
import { scopeOf } from "../../src/access/scopeOf.ts";
import { everything } from "../../src/model/scope.ts";

let demo: Policy;
beforeAll(async () => {
  demo = await loadPolicy(fileURLToPath(new URL("../../policy/demo.yaml", import.meta.url)));
});

const manager = (claims: Record<string, unknown>) => scopeOf(demo, { role: "country_manager", claims });

describe("a scope", () => {
  test("of each demo role", () => {
    const { fingerprint: _, ...admin } = scopeOf(demo, { role: "admin", claims: {} });
    expect(admin).toEqual({ ...everything, role: "admin" });
    expect(scopeOf(demo, { role: "executive", claims: {} })).toMatchObject({ customerLevel: false, operator: false });
    expect(scopeOf(demo, { role: "analyst", claims: {} })).toMatchObject({
      masks: { customerName: "null" },
      countries: null,
    });
    expect(scopeOf(demo, { role: "crm", claims: { countries: ["France"] } })).toMatchObject({
      countries: null,
      segments: ["AT_RISK", "CHURN_RISK"],
    });
    expect(manager({ countries: ["Germany", "France", "Germany"] })).toMatchObject({
      countries: ["France", "Germany"],
      segments: null,
    });
  });

  test("of a role that the policy does not name is FORBIDDEN, whatever it is called", () => {
    const names = ["", "root", "Admin", "admin ", "__proto__", "constructor", "toString"];
    const errors = names.map((role) => {
      try {
        return scopeOf(demo, { role, claims: {} });
      } catch (error) {
        return error;
      }
    });
    for (const error of errors) expect(error).toMatchObject({ code: "FORBIDDEN" });
    expect(new Set(errors.map(String)).size).toBe(1);
  });

  test("takes values exactly as they are", () => {
    const odd = ["X,Germany", " France ", "O'Brien", `";--`, "\\", "\n", "Ünïted", "🇫🇷", "*", "x".repeat(200)];
    expect(manager({ countries: odd }).countries).toEqual(odd.toSorted());
  });

  test.each<[string, unknown]>([
    ["a text", "France"],
    ["a text that looks like a list", '["France"]'],
    ["a number", 7],
    ["true", true],
    ["null", null],
    ["a map", { 0: "France", length: 1 }],
    ["a list in a list", [["France"]]],
    ["an empty list", []],
    ["a number in the list", ["France", 1]],
    ["null in the list", ["France", null]],
    ["an empty text in the list", ["France", ""]],
    ["a NUL in the list", ["France", "Ger\0many"]],
    ["half a surrogate pair in the list", ["France", "\ud800"]],
    ["a text of 201 characters in the list", ["France", "x".repeat(201)]],
    ["a text of a megabyte", ["x".repeat(1 << 20)]],
    ["10,001 values", Array.from({ length: 10_001 }, (_, each) => `C${each}`)],
  ])("with %s for a claim sees nothing", (_, countries) => {
    expect(manager({ countries }).countries).toEqual([]);
  });

  test("without the claim, or with one of another spelling, sees nothing", () => {
    const inherited = Object.create({ countries: ["France"] }) as Record<string, unknown>;
    for (const claims of [{}, { Countries: ["France"] }, { country: ["France"] }, inherited])
      expect(manager(claims).countries).toEqual([]);
  });

  test("holds 10,000 countries", () => {
    expect(manager({ countries: Array.from({ length: 10_000 }, (_, each) => `C${each}`) }).countries).toHaveLength(
      10_000,
    );
  });

  test("segments from a claim are CLASSIC keys or nothing", () => {
    const policy = parsePolicy(
      "roles: {r: {countries: all, segments: $claims.keys, customerLevel: true}}",
      "inline.yaml",
    );
    const segmentsOf = (keys: unknown) => scopeOf(policy, { role: "r", claims: { keys } }).segments;
    expect(segmentsOf(["GUEST", "CHAMPIONS"])).toEqual(["CHAMPIONS", "GUEST"]);
    expect(segmentsOf(["CHAMPIONS", "HIGH_VALUE"])).toEqual([]);
    expect(segmentsOf(["champions"])).toEqual([]);
    expect(segmentsOf(undefined)).toEqual([]);
  });

  test("never widens, whatever the claims hold", () => {
    const value = fc.oneof(fc.jsonValue(), fc.array(fc.string()), fc.array(fc.oneof(fc.string(), fc.integer())));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), value, (others, countries) => {
        const scope = manager({ ...others, countries });
        expect(scope.countries).not.toBeNull();
        const claimed: unknown[] = Array.isArray(countries) ? countries : [];
        for (const country of scope.countries ?? []) expect(claimed).toContain(country);
        const { fingerprint: _, ...rest } = scope;
        const { fingerprint: __, ...usual } = manager({ countries });
        expect(rest).toEqual(usual);
      }),
    );
  });
});

describe("a fingerprint", () => {
  test("is equal for two askers who see the same", () => {
    const one = manager({ countries: ["Germany", "France"], region: "west" });
    const other = manager({ countries: ["France", "Germany", "France"] });
    expect(one.fingerprint).toBe(other.fingerprint);
    expect(one.fingerprint).toMatch(/^[0-9a-f]{32}$/);
  });

  test("differs as soon as anything that is seen differs, the role's own name included", () => {
    const policies = [
      "{countries: all, segments: all, customerLevel: true}",
      "{countries: all, segments: all, customerLevel: false}",
      "{countries: all, segments: all, customerLevel: true, operator: true}",
      "{countries: all, segments: all, customerLevel: true, mask: [customerName]}",
      "{countries: all, segments: [GUEST], customerLevel: true}",
      "{countries: [GUEST], segments: all, customerLevel: true}",
      "{countries: [], segments: all, customerLevel: true}",
      "{countries: [A], segments: all, customerLevel: true}",
      `{countries: ["A,B"], segments: all, customerLevel: true}`,
      "{countries: [A, B], segments: all, customerLevel: true}",
      `{countries: ['A","B'], segments: all, customerLevel: true}`,
    ];
    const prints = policies.flatMap((role) =>
      ["r", "s"].map(
        (name) => scopeOf(parsePolicy(`roles: {${name}: ${role}}`, "p"), { role: name, claims: {} }).fingerprint,
      ),
    );
    expect(new Set(prints).size).toBe(prints.length);
  });
});
