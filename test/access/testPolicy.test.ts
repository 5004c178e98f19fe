// Tests of a policy: what a file of expectations may say, and that each expectation fails where the policy does otherwise.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { judgePolicyTest } from "../../src/access/judgePolicyTest.ts";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { parsePolicyTests } from "../../src/access/parsePolicyTests.ts";
import { fatesOf } from "../../src/graph/fieldVisibility.ts";
import { listFieldVisibility } from "../../src/graph/printGraphSchema.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { Scope } from "../../src/model/scope.ts";

const pathOf = (name: string) => fileURLToPath(new URL(`../../policy/${name}`, import.meta.url));
const graph = await listFieldVisibility();
const names = new Set(graph.map(({ type, field }) => `${type}.${field}`));
const fates = (scope: Scope) => fatesOf(graph, scope);
const parse = (text: string) => parsePolicyTests(text, "t", (name) => names.has(name));

function faultOf(text: string): Consumer360Error {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof Consumer360Error) return error;
    throw error;
  }
  throw new Error("The file was accepted.");
}

/** A file of one test, whose expectations are these, on line 5 and below. */
const expecting = (...lines: string[]) =>
  ["tests:", "  - name: one", "    role: r", "    expect:", ...lines.map((line) => `      ${line}`)].join("\n");

describe("the demo's expectations", () => {
  const { policy: beside, tests } = parse(readFileSync(pathOf("demo.test.yaml"), "utf8"));

  test("are met", async () => {
    const policy = await loadPolicy(pathOf(beside?.path ?? ""));
    for (const each of tests) expect(judgePolicyTest(policy, each, fates), each.name).toEqual([]);
    const tested = new Set(tests.map(({ role }) => role));
    expect(policy.roles.filter(({ name }) => !tested.has(name))).toEqual([]);
  });

  test("are not met by a policy that shows everything to everyone", async () => {
    const roles = (await loadPolicy(pathOf("demo.yaml"))).roles.map(({ name }) => name);
    const open = roles.map((name) => `  ${name}: {countries: all, segments: all, customerLevel: true, operator: true}`);
    const policy = parsePolicy(`roles:\n${open.join("\n")}`, "p");
    const met = tests.filter((each) => judgePolicyTest(policy, each, fates).length === 0);
    expect(met.map(({ role }) => role)).toEqual(["admin"]);
  });
});

describe("an expectation", () => {
  const policy = parsePolicy(
    `roles:
  r:
    countries: [France, "X,Germany"]
    segments: $claims.keys
    customerLevel: true
    members: [public, personal]
    mask: [customerName]
    limits: {rows: 10}
  closed: {countries: all, segments: [], customerLevel: false}`,
    "p",
  );
  const failuresOf = (text: string) => parse(text).tests.flatMap((each) => judgePolicyTest(policy, each, fates));

  test.each<[met: string, unmet: string, failure: readonly [of: string, expected: string, found: string]]>([
    [`countries: ["X,Germany", France]`, "countries: all", ["countries", "all", `France, "X,Germany"`]],
    [`countries: [France, "X,Germany"]`, "countries: [France]", ["countries", "France", `France, "X,Germany"`]],
    ["segments: []", "segments: [GUEST]", ["segments", "GUEST", "none"]],
    ["customerLevel: true", "customerLevel: false", ["customerLevel", "no", "yes"]],
    [
      "members: [personal, public]",
      "members: [public, commercial]",
      ["members", "public, commercial", "public, personal"],
    ],
    ["mask: {customerName: null}", "mask: []", ["mask", "none", "customerName as null"]],
    [
      "mask: [customerName]",
      "mask: {customerName: pseudonym}",
      ["mask", "customerName as a pseudonym", "customerName as null"],
    ],
    ["operator: false", "operator: true", ["operator", "yes", "no"]],
    ["minimumCustomers: none", "minimumCustomers: 5", ["minimumCustomers", "5 customers", "none"]],
    ["limits: {rows: 10}", "limits: {}", ["limits", "none", "rows of paged lists up to 10"]],
    ["shown: [Query.customers]", "hidden: [Query.catalog, Query.customers]", ["Query.catalog", "hidden", "shown"]],
    // no way leads to it for who has no figures, whatever its own class
    ["refused: [Query.segments, Cohort.month]", "shown: [Cohort.month]", ["Cohort.month", "shown", "refused"]],
    ["shown: [Segment.name]", "null: [Segment.name]", ["Segment.name", "null", "shown"]],
    ["null: [Customer.name]", "refused: [Customer.name]", ["Customer.name", "refused", "null"]],
    ["hidden: [Customer.name, Dataset.account]", "shown: [Customer.name]", ["Customer.name", "shown", "null"]],
    ["notices: 1", "notices: 0", ["notices", "0", "1: There is no claim `keys`: no segment is visible."]],
    ["hidesSegment: [GUEST]", "seesSegment: [GUEST]", ["lines of GUEST", "seen", "not seen"]],
    // without any segment no line is seen, of whatever country
    ["hidesCountry: [France]", "seesCountry: [France]", ["lines of France", "seen", "not seen"]],
  ])("%s is met, %s is not", (met, unmet, [of, expected, found]) => {
    expect(failuresOf(expecting(met))).toEqual([]);
    expect(failuresOf(expecting(unmet))[0]).toEqual({ of, expected, found });
  });

  test("goes by the claims of its test", () => {
    const withKeys = (keys: string, line: string) =>
      failuresOf(expecting(line).replace("    expect", `    claims: {keys: ${keys}}\n    expect`));
    expect(withKeys("[GUEST]", "segments: [GUEST]")).toEqual([]);
    expect(withKeys("[GUEST]", "notices: 0")).toEqual([]);
    expect(withKeys("[GUEST]", "seesCountry: [France]")).toEqual([]);
    expect(withKeys("[GUEST]", "hidesCountry: [Germany]")).toEqual([]);
    expect(withKeys("[GUEST]", "hidesCountry: [France]")).toHaveLength(1);
    expect(withKeys("GUEST", "notices: 0")).toMatchObject([{ of: "notices", expected: "0" }]);
    expect(withKeys("[{a: [1, null]}]", "segments: []")).toEqual([]);
  });

  test("of a role that the policy does not name fails", () => {
    expect(failuresOf(expecting("operator: false").replace("role: r", "role: gone"))).toEqual([
      { of: "role", expected: "gone", found: "no such role in the policy" },
    ]);
  });

  test("all that fail are told", () => {
    expect(failuresOf(expecting("countries: all", "operator: true", "shown: [Dataset.account]"))).toHaveLength(3);
  });
});

describe("a file of expectations", () => {
  test("may name its policy", () => {
    expect(parse(`policy: a/b.yaml\n${expecting("notices: 0")}`).policy).toEqual({ path: "a/b.yaml", line: 1 });
    expect(parse(expecting("notices: 0")).policy).toBeNull();
  });

  test.each<[string, string, string]>([
    ["", "t:1: the file is not a map.", "name, role and expect"],
    ["tests: []", "t:1: the file has no test.", "name, role and expect"],
    ["tests: {a: b}", "t:1: the file has no test.", "name, role and expect"],
    ["tests: [a]", "t:1: a test is not a map.", "name, role and expect"],
    ["test: []", `t:1: unknown key "test".`, "policy, tests"],
    [`policy: 1\n${expecting("notices: 0")}`, "t:1: policy is not a text.", "quotes"],
    ["tests:\n  - {role: r, expect: {notices: 0}}", "t:2: the test lacks name.", "name, role and expect"],
    ["tests:\n  - {name: n, expect: {notices: 0}}", "t:2: the test lacks role.", "name, role and expect"],
    ["tests:\n  - {name, role: r, expect: {notices: 0}}", "t:2: name is not a text.", "quotes"],
    ["tests:\n  - {name: n, role: r}", "t:2: the test expects nothing.", "State under expect"],
    ["tests:\n  - {name: n, role: r, expect: {}}", "t:2: the test expects nothing.", "State under expect"],
    [
      "tests:\n  - {name: n, role: r, expect: {notices: 0}}\n  - {name: n, role: s, expect: {notices: 0}}",
      `t:3: the name "n" stands twice.`,
      "a name of its own",
    ],
    [`${expecting("notices: 0")}\n    claim: {}`, `t:6: unknown key "claim".`, "name, role, claims, expect"],
    [`${expecting("notices: 0")}\n    claims: []`, "t:6: claims is not a map.", "as a map"],
    [`${expecting("notices: 0")}\n    claims: {role: x}`, "t:6: the claim role is no policy's.", "other than iss"],
    [expecting("sees: [France]"), `t:5: unknown key "sees".`, "seesCountry"],
    [expecting("description: x"), `t:5: unknown key "description".`, "What can be expected is countries"],
    [expecting("shown: [Query.custmers]"), `t:5: shown cannot hold "Query.custmers".`, "Type.field"],
    [expecting("null: [name]"), `t:5: null cannot hold "name".`, "Type.field"],
    [expecting("hidden: Query.kpis"), "t:5: hidden is not a list.", "as a list"],
    [expecting("refused: []"), "t:5: refused is empty.", "leave refused out"],
    [expecting("seesSegment: [HIGH_VALUE]"), `t:5: seesSegment cannot hold "HIGH_VALUE".`, "CLASSIC keys"],
    [expecting("hidesCountry: [1]"), "t:5: hidesCountry cannot hold 1.", "names of countries"],
    [expecting("notices: one"), `t:5: notices is "one".`, "a whole number from 0"],
    [expecting("minimumCustomers: 1"), "t:5: minimumCustomers is 1.", "from 2 to 1000000"],
    [expecting("countries: $claims.x"), "t:5: countries is expected as a claim.", "State under claims"],
    [expecting(`seesCountry: [" France"]`), `t:5: seesCountry cannot hold " France", which begins`, "compared as they"],
    [`policy: ""\n${expecting("notices: 0")}`, "t:1: policy names no file.", "leave policy out"],
    ["roles: {}", "t:1: this is a policy, not a file of expectations.", "consumer360 policy check"],
    [expecting("countries: some"), `t:5: countries is "some".`, "to all"],
    [expecting("notices: 0", "notices: 0"), `t:6: the key "notices" stands twice, first in line 5.`, "Make them one"],
    [`a: &x 1\n${expecting("notices: *x")}`, "t:6: the alias *x is not allowed.", "Write the value out"],
  ])("%j: %s", (text, message, remedy) => {
    const fault = faultOf(text);
    expect(fault.code).toBe("POLICY_INVALID");
    const [told] = fault.message.split("\n").filter((line) => line.includes(message));
    expect(told).toContain(remedy);
    expect(fault.remedy).toBeUndefined();
  });

  test("all faults are reported together", () => {
    expect(faultOf(expecting("sees: 1", "shown: [a, b]", "notices: x")).message.split("\n")).toHaveLength(4);
  });
});
