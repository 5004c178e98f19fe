// The three segment schemes over all 125 cells of scores: as the definitions' tables name them, and proved total and disjoint; a
// broken scheme is caught.
import { describe, expect, it } from "vitest";
import {
  keysOf,
  proveSegmentSchemes,
  reachableKeys,
  type SegmentScheme,
  schemeNames,
  segmentKeys,
  segmentOf,
  segmentSchemes,
} from "../../src/model/segmentSchemes.ts";

const five = [1, 2, 3, 4, 5];
const cells = five.flatMap((recency) =>
  five.flatMap((frequency) => five.map((monetary) => ({ recency, frequency, monetary }))),
);
const counts = (scheme: (typeof schemeNames)[number]) => {
  const found: Record<string, number> = {};
  for (const cell of cells) found[segmentOf(scheme, cell)] = (found[segmentOf(scheme, cell)] ?? 0) + 1;
  return found;
};
const at = (code: string) => {
  const [recency = 0, frequency = 0, monetary = 0] = [...code].map(Number);
  return { recency, frequency, monetary };
};

describe("the schemes", () => {
  it("are proved", () => expect(() => proveSegmentSchemes()).not.toThrow());

  it("name every cell once", () => {
    expect(cells.length).toBe(125);
    // R4–5 × F4–5 × M4–5; R3–5 × F3–5 less those; R4–5 × F1–2; R1–2 × F3–5; what is left
    expect(counts("CLASSIC")).toEqual({
      CHAMPIONS: 8,
      LOYAL_CUSTOMERS: 37,
      POTENTIAL_LOYALISTS: 20,
      AT_RISK: 30,
      CHURN_RISK: 30,
    });
    expect(counts("EXECUTIVE")).toEqual({ CHURN_RISK: 50, HIGH_VALUE: 30, POTENTIAL: 45 });
    // each (R, F) pair holds five cells
    expect(counts("DETAILED")).toEqual({
      CHAMPIONS: 10,
      LOYAL_CUSTOMERS: 20,
      POTENTIAL_LOYALISTS: 20,
      NEW_CUSTOMERS: 5,
      PROMISING: 5,
      NEED_ATTENTION: 5,
      ABOUT_TO_SLEEP: 10,
      CANT_LOSE_THEM: 10,
      AT_RISK: 20,
      HIBERNATING: 20,
    });
  });

  it.each([
    ["555", "CHAMPIONS", "HIGH_VALUE", "CHAMPIONS"],
    ["444", "CHAMPIONS", "HIGH_VALUE", "LOYAL_CUSTOMERS"],
    ["443", "LOYAL_CUSTOMERS", "POTENTIAL", "LOYAL_CUSTOMERS"],
    ["551", "LOYAL_CUSTOMERS", "POTENTIAL", "CHAMPIONS"],
    ["333", "LOYAL_CUSTOMERS", "POTENTIAL", "NEED_ATTENTION"],
    ["535", "LOYAL_CUSTOMERS", "HIGH_VALUE", "POTENTIAL_LOYALISTS"],
    ["525", "POTENTIAL_LOYALISTS", "HIGH_VALUE", "POTENTIAL_LOYALISTS"],
    ["511", "POTENTIAL_LOYALISTS", "POTENTIAL", "NEW_CUSTOMERS"],
    ["411", "POTENTIAL_LOYALISTS", "POTENTIAL", "PROMISING"],
    ["325", "CHURN_RISK", "HIGH_VALUE", "ABOUT_TO_SLEEP"],
    ["255", "AT_RISK", "CHURN_RISK", "CANT_LOSE_THEM"],
    ["245", "AT_RISK", "CHURN_RISK", "AT_RISK"],
    ["131", "AT_RISK", "CHURN_RISK", "AT_RISK"],
    ["225", "CHURN_RISK", "CHURN_RISK", "HIBERNATING"],
    ["111", "CHURN_RISK", "CHURN_RISK", "HIBERNATING"],
  ] as const)("%s is %s, %s, %s", (code, classic, executive, detailed) => {
    expect(segmentOf("CLASSIC", at(code))).toBe(classic);
    expect(segmentOf("EXECUTIVE", at(code))).toBe(executive);
    expect(segmentOf("DETAILED", at(code))).toBe(detailed);
  });

  it("hold GUEST and UNSCORED, last", () => {
    for (const scheme of schemeNames) {
      expect(keysOf(scheme).slice(-2)).toEqual(["GUEST", "UNSCORED"]);
      for (const key of keysOf(scheme)) expect(segmentKeys).toContain(key);
    }
    expect([...new Set(schemeNames.flatMap(keysOf))].sort()).toEqual([...segmentKeys].sort());
  });
});

describe("a broken scheme is caught", () => {
  const broken =
    (rules: SegmentScheme["rules"], exclusive = false) =>
    () =>
      proveSegmentSchemes([{ name: "DETAILED", exclusive, rules }]);
  const rules = segmentSchemes.DETAILED.rules;
  const rule = (key: "CHAMPIONS" | "POTENTIAL" | "AT_RISK", when: SegmentScheme["rules"][number]["when"]) => ({
    key,
    name: key,
    description: key,
    when,
  });

  it("where a rule is missing", () => {
    for (const missing of rules)
      expect(
        broken(
          rules.filter((each) => each !== missing),
          true,
        ),
        missing.key,
      ).toThrow(/no rule for the cell R/);
    expect(broken([])).toThrow(/no rule/);
  });

  it("where two rules share a cell although they may not", () => {
    expect(broken([rule("CHAMPIONS", { recency: [1, 3] }), rule("AT_RISK", { recency: [3, 5] })], true)).toThrow(
      /the cell R3 F1 M1 more than once: CHAMPIONS, AT_RISK/,
    );
    expect(broken([rule("CHAMPIONS", { recency: [1, 3] }), rule("AT_RISK", { recency: [3, 5] })])).not.toThrow();
  });

  it("where a key stands twice", () => {
    expect(broken([rule("CHAMPIONS", { recency: [1, 2] }), rule("CHAMPIONS", { recency: [3, 5] })])).toThrow(/twice/);
  });

  it("where a rule can never be reached", () => {
    expect(broken([rule("CHAMPIONS", {}), rule("AT_RISK", { recency: [1, 2] })])).toThrow(/never reach AT_RISK/);
    expect(broken([rule("CHAMPIONS", { recency: [6, 6] }), rule("AT_RISK", {})])).toThrow(/never reach CHAMPIONS/);
  });

  it("where scores lie outside of the bounds", () => {
    expect(broken([rule("CHAMPIONS", { recency: [2, 5] })])).toThrow(/the cell R1 F1 M1/);
  });
});

describe("reachableKeys", () => {
  it("says what a scope over CLASSIC keys can show in another scheme", () => {
    expect(reachableKeys("EXECUTIVE", ["AT_RISK", "CHURN_RISK"])).toEqual(["CHURN_RISK", "HIGH_VALUE", "POTENTIAL"]);
    expect(reachableKeys("EXECUTIVE", ["AT_RISK"])).toEqual(["CHURN_RISK"]);
    expect(reachableKeys("EXECUTIVE", ["CHAMPIONS"])).toEqual(["HIGH_VALUE"]);
    expect(reachableKeys("DETAILED", ["AT_RISK", "CHURN_RISK"])).toEqual([
      "ABOUT_TO_SLEEP",
      "CANT_LOSE_THEM",
      "AT_RISK",
      "HIBERNATING",
    ]);
    expect(reachableKeys("DETAILED", ["CHAMPIONS"])).toEqual(["CHAMPIONS", "LOYAL_CUSTOMERS"]);
  });

  it("is CLASSIC itself for CLASSIC, in the scheme's order", () => {
    expect(reachableKeys("CLASSIC", ["CHURN_RISK", "CHAMPIONS"])).toEqual(["CHAMPIONS", "CHURN_RISK"]);
    expect(reachableKeys("CLASSIC", keysOf("CLASSIC"))).toEqual(keysOf("CLASSIC"));
  });

  it("holds GUEST and UNSCORED only where they are given, and nothing for nothing", () => {
    expect(reachableKeys("EXECUTIVE", ["GUEST", "CHAMPIONS"])).toEqual(["HIGH_VALUE", "GUEST"]);
    expect(reachableKeys("DETAILED", ["UNSCORED"])).toEqual(["UNSCORED"]);
    expect(reachableKeys("DETAILED", [])).toEqual([]);
    // keys of other schemes are no CLASSIC keys
    expect(reachableKeys("DETAILED", ["HIGH_VALUE", "HIBERNATING"])).toEqual([]);
  });
});
