// A policy is read strictly: what is right, and every way to get it wrong, with the line that the error names.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { describeRoles } from "../../src/access/describeRoles.ts";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
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
const whole = ["countries: all", "segments: all", "customerLevel: true"];

/** What a role has that states no more than it must. */
const usual = {
  members: ["public", "commercial", "personal"],
  masks: {},
  minimumCustomers: null,
  limits: { rows: null, requestsPerMinute: null, costPerMinute: null },
};

describe("a policy", () => {
  test("the demo's five roles", async () => {
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
    ]);
  });

  test("lists are kept exactly, sorted, without repetitions", () => {
    const { roles } = parsePolicy(
      role(`countries: [France, " X,Germany", "O'Brien", France]`, "segments: []", "customerLevel: false"),
      "p.yaml",
    );
    expect(roles[0]).toMatchObject({
      countries: { kind: "only", values: [" X,Germany", "France", "O'Brien"] },
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
    [role(...whole, "operator: yes"), `p.yaml:6: role "r": operator is neither true nor false.`, "true or false"],
    [role(...whole.slice(0, 2), `customerLevel: "true"`), `p.yaml:5: role "r": customerLevel is neither`, "true or"],
    [role(...whole, "description: [a]"), `p.yaml:6: role "r": description is not a text.`, "quotes"],
    [role(...whole, "countries: [France]"), "p.yaml:6: Map keys must be unique.", "may stand once"],
    [role(...whole, "mask: !!set {customerName}"), "p.yaml:6:", "as a list"],
    [role(...whole, "mask: !names [customerName]"), "p.yaml:6:", "without tags"],
    [
      "a: &x [France]\nroles:\n  r:\n    countries: *x",
      "p.yaml:4: the alias *x is not allowed.",
      "Write the value out.",
    ],
    ["roles:\n  r: {", "p.yaml:2:", "one plain YAML document"],
    [`${role(...whole)}\n---\n${role(...whole)}`, "p.yaml:", "one plain YAML document"],
  ])("%j: %s", (text, message, remedy) => {
    const fault = faultOf(text);
    expect(fault.code).toBe("POLICY_INVALID");
    expect(fault.message).toContain(message);
    expect(fault.remedy).toContain(remedy);
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

  test("a file that is not there is POLICY_INVALID with the way out", async () => {
    await expect(loadPolicy(join(folder, "none.yaml"))).rejects.toMatchObject({
      code: "POLICY_INVALID",
      message: expect.stringContaining("cannot be read (ENOENT)"),
      remedy: expect.stringContaining("POLICY_FILE"),
    });
  });
});

describe("the roles as a table", () => {
  test("one row per role, nothing that breaks a cell", () => {
    const policy = parsePolicy(
      role(`description: "a | b"`, `countries: ["A|B", France]`, "segments: $claims.keys", "customerLevel: false"),
      "p.yaml",
    );
    expect(describeRoles(policy).split("\n")).toEqual([
      "| Role | Countries | Segments (CLASSIC) | Single customers and lines | Masked | Row accounts and load runs | What for |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      "| `r` | `A\\|B`, `France` | those of the token's claim `keys` | no | none | no | a \\| b |",
      "",
    ]);
  });

  test("the demo", async () => {
    const rows = describeRoles(await loadPolicy(demo))
      .trimEnd()
      .split("\n");
    expect(rows).toHaveLength(7);
    expect(rows[6]).toContain("| `crm` | all | `AT_RISK`, `CHURN_RISK` | yes | none | no |");
  });
});
