// Reads a policy's YAML: every key, value and claim must be known, and every fault is reported at once, with its line.
import { isMap, isScalar, type Pair, type YAMLMap } from "yaml";
import { inheritRoles, type StatedRole, type TracedRole } from "./inheritRoles.ts";
import type { Policy } from "./policy.ts";
import { entriesOf, knownEntriesOf, quote, type Report, readYaml, type YamlFile } from "./readYaml.ts";
import { type RoleKey, type RoleValues, roleKeys, roleReaders } from "./roleValues.ts";

/** A policy, and for each role beside it where its keys were stated; both in the file's order. */
export type TracedPolicy = Readonly<{
  policy: Policy;
  traces: readonly TracedRole[];
  /** Whether the file ends with YAML's end mark `...`, by which one that was cut off is known. */
  hasEndMark: boolean;
}>;

/** The policy that `text` states; `fileName` is what errors call it. Throws POLICY_INVALID. */
export function parsePolicy(text: string, fileName: string): Policy {
  return tracePolicy(text, fileName).policy;
}

/** The same, and where each key of each role was stated. Throws POLICY_INVALID. */
export function tracePolicy(text: string, fileName: string): TracedPolicy {
  const file = readYaml(text, fileName);
  const traces = Object.freeze(inheritRoles(readRoles(file), file.report));
  file.refuseFaults();
  const policy = Object.freeze({ roles: Object.freeze(traces.map(({ role }) => role)) });
  return Object.freeze({ policy, traces, hasEndMark: file.hasEndMark });
}

function readRoles(file: YamlFile): StatedRole[] {
  const { root, report } = file;
  const example = "The file must hold `roles:` and, under it, one entry per role.";
  if (!isMap(root)) {
    report(root, "the policy is not a map.", example);
    return [];
  }
  if (root.has("tests") && !root.has("roles")) {
    report(root, "this is a file of expectations, not a policy.", "Hold a policy against it: consumer360 policy test.");
    return [];
  }
  const known = entriesOf(root, report);
  for (const [name, pair] of known)
    if (name !== "roles") report(pair.key, `unknown key ${quote(name)}.`, "The only key of a policy is roles.");
  const roles = known.filter(([name]) => name === "roles").map(([, { value }]) => value);
  const named = roles.filter(isMap).flatMap((each) => entriesOf(each, report));
  if (!roles.every(isMap) || !roles.some((each) => each.items.length > 0))
    report(roles.find((each) => !isMap(each)) ?? roles[0] ?? root, "the policy names no role.", example);
  return named.flatMap(([name, pair]) => {
    if (!isRoleName(name)) report(pair.key, `${quote(name)} cannot name a role.`, roleNameRemedy);
    if (isMap(pair.value)) return [readRole(name, pair, pair.value, file)];
    report(pair.key, `role ${quote(name)} is not a map.`, "Give the role countries, segments and customerLevel.");
    return [];
  });
}

const roleNameRemedy = "Use up to 64 letters, digits, _ and -, beginning with a letter.";

function isRoleName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name);
}

function readRole(name: string, at: Pair, role: YAMLMap, { report, lineOf }: YamlFile): StatedRole {
  let isClean = true;
  const within: Report = (node, message, remedy) => {
    isClean = false;
    report(node, `role ${quote(name)}: ${message}`, remedy);
  };
  const known = knownEntriesOf(role, ["inherits", ...roleKeys], "A role's keys are", within);
  const values: Partial<Record<RoleKey, unknown>> = {};
  const lines: Partial<Record<RoleKey, number>> = {};
  for (const key of roleKeys) {
    const pair = known.get(key);
    if (pair === undefined) continue;
    values[key] = roleReaders[key](pair.value, within);
    lines[key] = lineOf(pair.key);
  }
  const parent = known.get("inherits");
  return Object.freeze({
    name,
    line: lineOf(at.key),
    at: at.key,
    inherits: parent === undefined ? null : readInherits(parent, within),
    values: Object.freeze(values) as Partial<RoleValues>,
    lines: Object.freeze(lines),
    nodes: new Map([...known].map(([key, pair]) => [key, pair.key])),
    isClean,
  });
}

/** The parent's name; empty, which names no role, where there is none to be read. */
function readInherits({ value }: Pair, report: Report): string {
  if (isScalar(value) && typeof value.value === "string" && isRoleName(value.value)) return value.value;
  report(value, "inherits does not name a role.", "Name one role that stands above.");
  return "";
}
