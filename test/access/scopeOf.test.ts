// From principal to scope: claims give only what they state whole and well-formed; nothing that is missing or odd widens a scope.
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import type { Policy } from "../../src/access/policy.ts";
import { limitsOf, scopeOf } from "../../src/access/scopeOf.ts";
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
    expect(scopeOf(demo, { role: "executive", claims: {} })).toMatchObject({
      customerLevel: false,
      members: ["public", "commercial"],
      operator: false,
    });
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
  ])("with %s for a claim sees nothing, and says so", (_, countries) => {
    const scope = manager({ countries });
    expect(scope.countries).toEqual([]);
    const isEmpty = Array.isArray(countries) && countries.length === 0;
    expect(scope.notices).toEqual([
      isEmpty
        ? "The claim `countries` is empty: no country is visible."
        : "The claim `countries` is not a list of up to 10,000 names of countries: no country is visible.",
    ]);
  });

  test("without the claim, or with one of another spelling, sees nothing", () => {
    const inherited = Object.create({ countries: ["France"] }) as Record<string, unknown>;
    for (const claims of [{}, { Countries: ["France"] }, { country: ["France"] }, inherited]) {
      expect(manager(claims).countries).toEqual([]);
      expect(manager(claims).notices).toEqual(["There is no claim `countries`: no country is visible."]);
    }
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
    expect(scopeOf(policy, { role: "r", claims: { keys: ["SECRET"] } }).notices).toEqual([
      "The claim `keys` is not a list of up to 10,000 CLASSIC keys of segments: no segment is visible.",
    ]);
  });

  test("has no notice where every claim could be used, and one for each that could not", () => {
    const policy = parsePolicy(
      "roles: {r: {countries: $claims.lands, segments: $claims.keys, customerLevel: true}, s: {countries: [], segments: all, customerLevel: true}}",
      "inline.yaml",
    );
    const noticesOf = (claims: Record<string, unknown>) => scopeOf(policy, { role: "r", claims }).notices;
    expect(noticesOf({ lands: ["France"], keys: ["GUEST"] })).toEqual([]);
    expect(noticesOf({})).toHaveLength(2);
    // what the policy itself leaves empty is no fault of the token
    expect(scopeOf(policy, { role: "s", claims: {} }).notices).toEqual([]);
  });

  test("carries the policy's members, masks, smallest cell and rows; the other limits stand beside it", () => {
    const policy = parsePolicy(
      "roles: {r: {countries: all, segments: all, customerLevel: false, members: [public, commercial], minimumCustomers: 7, limits: {rows: 3, requestsPerMinute: 4, costPerMinute: 5}}}",
      "inline.yaml",
    );
    expect(scopeOf(policy, { role: "r", claims: {} })).toMatchObject({
      members: ["public", "commercial"],
      masks: {},
      minimumCustomers: 7,
      mostRows: 3,
    });
    expect(limitsOf(policy, { role: "r", claims: {} })).toEqual({ rows: 3, requestsPerMinute: 4, costPerMinute: 5 });
    const refusal = (ask: () => unknown) => {
      try {
        return ask();
      } catch (error) {
        return error;
      }
    };
    const nobody = { role: "nobody", claims: {} };
    expect(refusal(() => limitsOf(policy, nobody))).toMatchObject({ code: "FORBIDDEN" });
    expect(String(refusal(() => limitsOf(policy, nobody)))).toBe(String(refusal(() => scopeOf(policy, nobody))));
  });

  test("never widens, whatever the claims hold", () => {
    const value = fc.oneof(fc.jsonValue(), fc.array(fc.string()), fc.array(fc.oneof(fc.string(), fc.integer())));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), value, (others, countries) => {
        const scope = manager({ ...others, countries });
        expect(scope.countries).not.toBeNull();
        const claimed: unknown[] = Array.isArray(countries) ? countries : [];
        for (const country of scope.countries ?? []) expect(claimed).toContain(country);
        expect(scope.notices).toHaveLength(scope.countries?.length === 0 ? 1 : 0);
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
      "{countries: all, segments: all, customerLevel: true, mask: {customerName: pseudonym}}",
      "{countries: all, segments: all, customerLevel: true, members: [public, personal]}",
      "{countries: all, segments: all, customerLevel: true, limits: {rows: 5}}",
      "{countries: all, segments: all, customerLevel: false, minimumCustomers: 5}",
      "{countries: all, segments: all, customerLevel: false, minimumCustomers: 6}",
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
