// A policy is read strictly: what is right, and every way to get it wrong, with the line that the error names.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { describeRoles } from "../../src/access/describeRoles.ts";
import { loadPolicy, loadTracedPolicy } from "../../src/access/loadPolicy.ts";
import { parsePolicy, tracePolicy } from "../../src/access/parsePolicy.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";

const demo = fileURLToPath(new URL("../../policy/demo.yaml", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "policy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function faultOf(text: string): Consumer360Error {
  try {
    parsePolicy(text, "p.yaml");
  } catch (error) {
    if (error instanceof Consumer360Error) return error;
    throw error;
  }
  throw new Error("The policy was accepted.");
}

/** A policy of one role `r` (line 2), whose keys begin on line 3. */
function role(...lines: string[]): string {
  return ["roles:", "  r:", ...lines.map((line) => `    ${line}`)].join("\n");
}
const figures = ["countries: all", "segments: all", "customerLevel: false"];
const whole = ["countries: all", "segments: all", "customerLevel: true"];

/** What a role has that states no more than it must. */
const usual = {
  members: ["public", "commercial", "personal"],
  masks: {},
  minimumCustomers: null,
  limits: { rows: null, requestsPerMinute: null, costPerMinute: null },
};

describe("a policy", () => {
  test("the demo's six roles", async () => {
    const { roles } = await loadPolicy(demo);
    expect(roles.map(({ description, ...rest }) => ({ ...rest, described: description !== "" }))).toEqual([
      {
        name: "admin",
        countries: { kind: "all" },
        segments: { kind: "all" },
        customerLevel: true,
        ...usual,
        operator: true,
        described: true,
      },
      {
        name: "executive",
        countries: { kind: "all" },
        segments: { kind: "all" },
        customerLevel: false,
        ...usual,
        members: ["public", "commercial"],
        operator: false,
        described: true,
      },
      {
        name: "analyst",
        countries: { kind: "all" },
        segments: { kind: "all" },
        customerLevel: true,
        ...usual,
        masks: { customerName: "null" },
        operator: false,
        described: true,
      },
      {
        name: "country_manager",
        countries: { kind: "claim", claim: "countries" },
        segments: { kind: "all" },
        customerLevel: true,
        ...usual,
        operator: false,
        described: true,
      },
      {
        name: "crm",
        countries: { kind: "all" },
        segments: { kind: "only", values: ["AT_RISK", "CHURN_RISK"] },
        customerLevel: true,
        ...usual,
        operator: false,
        described: true,
      },
      {
        name: "partner",
        countries: { kind: "all" },
        segments: { kind: "all" },
        customerLevel: false,
        ...usual,
        members: ["public", "commercial"],
        operator: false,
        minimumCustomers: 5,
        described: true,
      },
    ]);
  });

  test("lists are kept exactly, sorted, without repetitions", () => {
    const { roles } = parsePolicy(
      role(`countries: [France, "X,Germany", "O'Brien", France]`, "segments: []", "customerLevel: false"),
      "p.yaml",
    );
    expect(roles[0]).toMatchObject({
      countries: { kind: "only", values: ["France", "O'Brien", "X,Germany"] },
      segments: { kind: "only", values: [] },
    });
    expect(Object.isFrozen(roles[0])).toBe(true);
  });

  test("a claim may be a namespaced one", () => {
    const { roles } = parsePolicy(
      role("countries: $claims.https://example.com/countries", ...whole.slice(1)),
      "p.yaml",
    );
    expect(roles[0]?.countries).toEqual({ kind: "claim", claim: "https://example.com/countries" });
  });

  test("every key, whole", () => {
    const { roles } = parsePolicy(
      role(
        "countries: [France]",
        "segments: $claims.keys",
        "customerLevel: false",
        "members: [commercial, public, commercial]",
        "mask: []",
        "minimumCustomers: 1000000",
        "limits: {rows: 1, costPerMinute: 9007199254740991}",
      ),
      "p.yaml",
    );
    expect(roles).toEqual([
      {
        name: "r",
        description: "",
        countries: { kind: "only", values: ["France"] },
        segments: { kind: "claim", claim: "keys" },
        customerLevel: false,
        members: ["public", "commercial"],
        masks: {},
        operator: false,
        minimumCustomers: 1_000_000,
        limits: { rows: 1, requestsPerMinute: null, costPerMinute: Number.MAX_SAFE_INTEGER },
      },
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ["[]", {}],
    ["{}", {}],
    ["[customerName]", { customerName: "null" }],
    ["{customerName: null}", { customerName: "null" }],
    ["{customerName: ~}", { customerName: "null" }],
    ["{customerName}", { customerName: "null" }],
    [`{customerName: "null"}`, { customerName: "null" }],
    ["{customerName: pseudonym}", { customerName: "pseudonym" }],
  ])("mask: %s", (text, masks) => {
    expect(parsePolicy(role(...whole, `mask: ${text}`), "p.yaml").roles[0]?.masks).toEqual(masks);
  });

  test.each<[string, string, string]>([
    ["", "p.yaml:1: the policy is not a map.", "roles:"],
    ["- admin", "p.yaml:1: the policy is not a map.", "roles:"],
    ["roles: {}", "p.yaml:1: the policy names no role.", "one entry per role"],
    ["roles:", "p.yaml:1: the policy names no role.", "one entry per role"],
    [`${role(...whole)}\nrule: 1`, `p.yaml:6: unknown key "rule".`, "only key of a policy is roles"],
    ["roles:\n  r: all", `p.yaml:2: role "r" is not a map.`, "Give the role countries"],
    ["roles:\n  r:", `p.yaml:2: role "r" is not a map.`, "Give the role countries"],
    ["roles:\n  2r: {countries: all, segments: all, customerLevel: true}", `p.yaml:2: "2r" cannot name`, "letters"],
    ["roles:\n  1: {}", "p.yaml:2: a key is not a text.", "quotes"],
    [role(...whole, "customer_level: true"), `p.yaml:6: role "r": unknown key "customer_level".`, "customerLevel"],
    [role("segments: all", "customerLevel: true"), `p.yaml:2: role "r" lacks countries.`, "nothing is assumed"],
    [role("countries: all", "customerLevel: true"), `p.yaml:2: role "r" lacks segments.`, "nothing is assumed"],
    [role("countries: all", "segments: all"), `p.yaml:2: role "r" lacks customerLevel.`, "nothing is assumed"],
    [role("countries: France", ...whole.slice(1)), `p.yaml:3: role "r": countries is "France".`, "a list of names"],
    [role("countries:", ...whole.slice(1)), `p.yaml:3: role "r": countries is null.`, "a list of names"],
    [role("countries: {a: b}", ...whole.slice(1)), `p.yaml:3: role "r": countries is not a list.`, "as a list"],
    [role("countries: [1]", ...whole.slice(1)), `p.yaml:3: role "r": countries cannot hold 1.`, "names of countries"],
    [role("countries: [null]", ...whole.slice(1)), `countries cannot hold null.`, "names of countries"],
    [role("countries: [[France]]", ...whole.slice(1)), `countries cannot hold this.`, "names of countries"],
    [role(`countries: [""]`, ...whole.slice(1)), `countries cannot hold "".`, "names of countries"],
    [role("countries: [$claims.x]", ...whole.slice(1)), `cannot hold "$claims.x".`, "names of countries"],
    [role(`countries: ["a\\0b"]`, ...whole.slice(1)), `countries cannot hold "a\\u0000b".`, "names of countries"],
    [role(`countries: [${"x".repeat(201)}]`, ...whole.slice(1)), "countries cannot hold", "names of countries"],
    [role("countries: $claims", ...whole.slice(1)), `countries is "$claims".`, "$claims.NAME"],
    [role("countries: $claims.", ...whole.slice(1)), `countries is "$claims.".`, "$claims.NAME"],
    [role("countries: $claims.role", ...whole.slice(1)), `cannot be filled from the claim "role".`, "other than iss"],
    [
      role("countries: all", "segments:", "  - AT_RISK", "  - AT_RISKS", "customerLevel: true"),
      `p.yaml:6: role "r": segments cannot hold "AT_RISKS".`,
      "CLASSIC keys: CHAMPIONS, LOYAL_CUSTOMERS",
    ],
    // a key of another scheme means another set of customers
    [role("countries: all", "segments: [HIGH_VALUE]", "customerLevel: true"), `cannot hold "HIGH_VALUE".`, "CLASSIC"],
    [role(...whole, "mask: [customer_name]"), `p.yaml:6: role "r": mask cannot hold "customer_name".`, "customerName"],
    [role(...whole, "mask: customerName"), `p.yaml:6: role "r": mask is not a list.`, "as a list"],
    [role(...whole, "mask:"), `p.yaml:6: role "r": mask is not a list.`, "as a map of them to null, pseudonym"],
    [role(...whole, "mask: {name: null}"), `p.yaml:6: role "r": unknown key "name".`, "personal members customerName"],
    [role(...whole, "mask: {null: null}"), `p.yaml:6: role "r": a key is not a text.`, "quotes"],
    [role(...whole, "mask: {customerName: x}"), `mask of customerName is "x".`, "null or pseudonym"],
    [role(...whole, "mask: {customerName: [null]}"), "mask of customerName is this.", "null or pseudonym"],
    [role(...whole, "members: all"), `p.yaml:6: role "r": members is not a list.`, "public, commercial, personal"],
    [role(...whole, "members: [public, secret]"), `members cannot hold "secret".`, "public, commercial, personal"],
    [role(...whole, "members: [commercial]"), `p.yaml:6: role "r": members lacks public.`, "Put public into members"],
    [role(...whole, "members: []"), `p.yaml:6: role "r": members lacks public.`, "Put public into members"],
    [
      role(...whole.slice(0, 2), "customerLevel: false", "members: [public, personal]"),
      `p.yaml:6: role "r": members has personal, and customerLevel is false.`,
      "Take personal out of members, or set customerLevel to true.",
    ],
    [
      role(...whole, "members: [public, commercial]"),
      `p.yaml:6: role "r": members lacks personal, and customerLevel is true.`,
      "Put personal into members, or set customerLevel to false; mask holds names back.",
    ],
    ...["1", "1000001", "5.5", '"5"', "-5", ".inf", "null", "true", "[5]", "all"].map((k): [string, string, string] => [
      role(...figures, `minimumCustomers: ${k}`),
      `p.yaml:6: role "r": minimumCustomers is `,
      "a whole number from 2 to 1000000, or to none.",
    ]),
    [
      role(...whole, "minimumCustomers: 5"),
      `p.yaml:6: role "r": minimumCustomers cannot hold where customerLevel is true.`,
      "Set customerLevel to false",
    ],
    [
      role(...figures, "operator: true", "minimumCustomers: 5"),
      `p.yaml:7: role "r": minimumCustomers cannot hold where operator is true.`,
      "Set operator to false",
    ],
    [
      role(...figures, "members: [public]", "minimumCustomers: 5"),
      `p.yaml:7: role "r": minimumCustomers has nothing to hold where members lacks commercial.`,
      "Put commercial into members",
    ],
    [role(...whole, "limits: 5"), `p.yaml:6: role "r": limits is not a map.`, "rows, requestsPerMinute, costPerMinute"],
    [role(...whole, "limits: {lines: 5}"), `p.yaml:6: role "r": unknown key "lines".`, "limits takes rows"],
    [role(...whole, "limits: {rows: 0}"), `limits.rows is 0.`, "limits.rows to a whole number from 1 on"],
    [role(...whole, "limits: {rows}"), `p.yaml:6: role "r": limits.rows is null.`, "from 1 on"],
    [role(...whole, "limits: {requestsPerMinute: 1.5}"), `limits.requestsPerMinute is 1.5.`, "from 1 on"],
    [role(...whole, "limits: {costPerMinute: 1e300}"), `limits.costPerMinute is 1e+300.`, "from 1 on"],
    [role("{countries, segments: all, customerLevel: true}"), `p.yaml:3: role "r": countries is null.`, "a list"],
    [role(...whole, "operator: yes"), `p.yaml:6: role "r": operator is neither true nor false.`, "true or false"],
    [role(...whole.slice(0, 2), `customerLevel: "true"`), `p.yaml:5: role "r": customerLevel is neither`, "true or"],
    [role(...whole, "description: [a]"), `p.yaml:6: role "r": description is not a text.`, "quotes"],
    [
      role(...whole, "countries: [France]"),
      `p.yaml:6: the key "countries" stands twice, first in line 3.`,
      "Make them one.",
    ],
    [`${role(...whole)}\n  "r": {}`, `p.yaml:6: the key "r" stands twice, first in line 2.`, "Make them one."],
    [`${role(...whole)}\nroles:\n  s: 1`, `p.yaml:7: role "s" is not a map.`, "Give the role countries"],
    [
      role(`countries: [France, " Germany"]`, ...whole.slice(1)),
      `countries cannot hold " Germany", which begins with a space.`,
      "Names are compared as they are",
    ],
    [
      role(`countries: ["Germany\\t"]`, ...whole.slice(1)),
      `countries cannot hold "Germany\\t", which ends with white space.`,
      "Names are compared as they are",
    ],
    [role(`countries: [" "]`, ...whole.slice(1)), `countries cannot hold " ", which begins with a space.`, "take the"],
    [
      role(...figures, "mask: [customerName]"),
      `p.yaml:6: role "r": customerLevel is false: there is no name to mask.`,
      "Set mask to []",
    ],
    ["tests: []", "p.yaml:1: this is a file of expectations, not a policy.", "consumer360 policy test"],
    [`${role(...whole)}\n...\nrule: 1`, "p.yaml:7: the file goes on after its end.", "only comments"],
    [`${role(...whole)}\n...\n%YAML 1.2`, "p.yaml:7: the file goes on after its end.", "only comments"],
    [`${role(...whole)}\n...\n...`, "p.yaml:7: the file goes on after its end.", "only comments"],
    [role(...whole, "mask: !!set {customerName}"), "p.yaml:6: the tag tag:yaml.org,2002:set is not", "without tags"],
    [role(...whole, "operator: !!bool true"), "p.yaml:6: the tag tag:yaml.org,2002:bool is not", "without tags"],
    ["roles:\n  null: {}", "p.yaml:2: a key is not a text.", "quotes"],
    [role(...whole, "mask: !names [customerName]"), "p.yaml:6:", "without tags"],
    [
      "a: &x [France]\nroles:\n  r:\n    countries: *x",
      "p.yaml:4: the alias *x is not allowed.",
      "Write the value out.",
    ],
    ["roles:\n  r: {", "p.yaml:2:", "one plain YAML document"],
    [`${role(...whole)}\n---\n${role(...whole)}`, "p.yaml:6: the file goes on", "one plain YAML document"],
  ])("%j: %s", (text, message, remedy) => {
    const fault = faultOf(text);
    expect(fault.code).toBe("POLICY_INVALID");
    const [told] = fault.message.split("\n").filter((line) => line.includes(message));
    expect(told).toContain(remedy);
    expect(fault.remedy).toBeUndefined();
  });

  test("all faults are reported together, by line", () => {
    const fault = faultOf(role("countries: some", "segments: [NONE]", "customerLevel: 1", "mask: []", "owner: me"));
    expect(fault.message.split("\n").map((line) => line.slice(0, 9))).toEqual([
      "p.yaml:3:",
      "p.yaml:4:",
      "p.yaml:5:",
      "p.yaml:7:",
    ]);
  });

  test("a doubled key hides no other fault, and each fault stands with its remedy", () => {
    const roles = role("countries: some", "segments: all", "segments: all", "customerLevel: 1");
    expect(faultOf(`${roles}\nroles:\n  s: {operator: 2}`).message.split("\n")).toEqual([
      `p.yaml:3: role "r": countries is "some". Set countries to all, to $claims.NAME, or to a list of names of countries.`,
      `p.yaml:5: the key "segments" stands twice, first in line 4. Make them one.`,
      `p.yaml:6: role "r": customerLevel is neither true nor false. Set customerLevel to true or false.`,
      `p.yaml:7: the key "roles" stands twice, first in line 1. Make them one.`,
      `p.yaml:8: role "s": operator is neither true nor false. Set operator to true or false.`,
      ...["countries", "segments", "customerLevel"].map(
        (key) =>
          `p.yaml:8: role "s" lacks ${key}. A role must state countries, segments and customerLevel, or inherit them: nothing is assumed.`,
      ),
    ]);
  });

  test.each(["...", "...\n", "... # whole\n", "...\r\n\r\n# by hand\n"])("an end mark: %j", (end) => {
    expect(tracePolicy(`${role(...whole)}\n${end}`, "p.yaml").hasEndMark).toBe(true);
  });

  test.each(["", "# ...\n", "    description: |\n      a\n      ...\n"])("none: %j", (end) => {
    expect(tracePolicy(`${role(...whole)}\n${end}`, "p.yaml").hasEndMark).toBe(false);
  });

  test("the demo's has one", async () => {
    expect((await loadTracedPolicy(demo)).hasEndMark).toBe(true);
  });

  test("a file that is not there is POLICY_INVALID with the way out", async () => {
    await expect(loadPolicy(join(folder, "none.yaml"))).rejects.toMatchObject({
      code: "POLICY_INVALID",
      message: expect.stringContaining("cannot be read (ENOENT)"),
      remedy: expect.stringContaining("POLICY_FILE"),
    });
  });
});

test("a file that is not UTF-8 is refused: a name in it would come out as another", async () => {
  const path = join(folder, "latin1.yaml");
  writeFileSync(path, Buffer.from(role("countries: [R\xe9union]", "segments: all", "customerLevel: true"), "latin1"));
  await expect(loadPolicy(path)).rejects.toMatchObject({ code: "POLICY_INVALID", remedy: "Save the file as UTF-8." });
});

describe("the roles as a table", () => {
  test("one row per role, nothing that breaks a cell", () => {
    const policy = parsePolicy(
      role(`description: "a | b"`, `countries: ["A|B", France]`, "segments: $claims.keys", "customerLevel: false"),
      "p.yaml",
    );
    expect(describeRoles(policy).split("\n")).toEqual([
      "| Role | Countries | Segments (CLASSIC) | Single customers and lines | Members | Masked | Row accounts and load runs | Smallest cell | Limits | What for |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      "| `r` | `A\\|B`, `France` | those of the token's claim `keys` | no | public, commercial | none | no | none | none | a \\| b |",
      "",
    ]);
  });

  test("masks with their kind, smallest cells and limits in words", () => {
    const policy = parsePolicy(
      `roles:
  a: {countries: [], segments: all, customerLevel: false, members: [public, commercial], minimumCustomers: 1000, limits: {rows: 5000, requestsPerMinute: 60, costPerMinute: 100000}}
  b: {countries: all, segments: all, customerLevel: true, mask: {customerName: pseudonym}, operator: true, limits: {rows: 1}}`,
      "p.yaml",
    );
    expect(describeRoles(policy).trimEnd().split("\n").slice(2)).toEqual([
      "| `a` | none | all | no | public, commercial | none | no | 1,000 customers | rows of paged lists up to 5,000, requests a minute up to 60, cost a minute up to 100,000 |  |",
      "| `b` | all | all | yes | public, commercial, personal | `customerName` as a pseudonym | yes | none | rows of paged lists up to 1 |  |",
    ]);
  });

  test("the demo", async () => {
    const rows = describeRoles(await loadPolicy(demo))
      .trimEnd()
      .split("\n");
    expect(rows).toHaveLength(8);
    expect(rows[6]).toContain(
      "| `crm` | all | `AT_RISK`, `CHURN_RISK` | yes | public, commercial, personal | none | no |",
    );
    expect(rows[7]).toContain("| `partner` | all | all | no | public, commercial | none | no | 5 customers |");
  });
});
