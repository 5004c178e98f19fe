// Reads a policy's YAML. Strict, since a slip here decides who sees what: every key, value and claim must be known,
// and every fault is reported at once, with its line.
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, visit, type YAMLMap } from "yaml";
import { Consumer360Error } from "../kernel/errors.ts";
import { everything, type Masks, type PersonalField, personalFields } from "../model/scope.ts";
import { keysOf, type SegmentKey } from "../model/segmentSchemes.ts";
import { isCountryName } from "./isCountryName.ts";
import type { Policy, RolePolicy, Visible } from "./policy.ts";
import { registeredClaims } from "./principal.ts";

const segments = keysOf("CLASSIC");
const roleKeys = ["description", "countries", "segments", "customerLevel", "mask", "operator"] as const;
type RoleKey = (typeof roleKeys)[number];

type Fault = Readonly<{ line: number; message: string; remedy: string }>;
type Report = (node: unknown, message: string, remedy: string) => void;

/** The policy that `text` states; `fileName` is what errors call it. Throws POLICY_INVALID. */
export function parsePolicy(text: string, fileName: string): Policy {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, schema: "core" });
  const faults: Fault[] = [];
  const lineAt = (offset: number) => Math.max(1, lineCounter.linePos(offset).line);
  const report: Report = (node, message, remedy) => faults.push({ line: lineAt(offsetOf(node)), message, remedy });

  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    const remedy = "The file must be one plain YAML document without tags; each key may stand once.";
    faults.push({ line: lineAt(pos[0]), message: `${message.replaceAll(/\s+/g, " ")}.`, remedy });
  }
  visit(document, {
    Alias: (_, alias) => report(alias, `the alias *${alias.source} is not allowed.`, "Write the value out."),
  });
  if (faults.length > 0) throw invalid(fileName, faults);

  const roles = readRoles(document.contents, report);
  if (faults.length > 0) throw invalid(fileName, faults);
  return Object.freeze({ roles: Object.freeze(roles) });
}

function invalid(fileName: string, faults: readonly Fault[]): Consumer360Error {
  const inOrder = faults.toSorted((a, b) => a.line - b.line);
  return new Consumer360Error(
    "POLICY_INVALID",
    inOrder.map(({ line, message }) => `${fileName}:${line}: ${message}`).join("\n"),
    { remedy: [...new Set(inOrder.map(({ remedy }) => remedy))].join(" ") },
  );
}

function readRoles(root: unknown, report: Report): RolePolicy[] {
  const example = "The file must hold `roles:` and, under it, one entry per role.";
  if (!isMap(root)) {
    report(root, "the policy is not a map.", example);
    return [];
  }
  for (const [name, pair] of entriesOf(root, report))
    if (name !== "roles") report(pair.key, `unknown key ${quote(name)}.`, "The only key of a policy is roles.");
  const roles = root.get("roles", true);
  if (!isMap(roles) || roles.items.length === 0) {
    report(roles ?? root, "the policy names no role.", example);
    return [];
  }
  return entriesOf(roles, report).flatMap(([name, pair]) => {
    if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
      report(
        pair.key,
        `${quote(name)} cannot name a role.`,
        "Use up to 64 letters, digits, _ and -, beginning with a letter.",
      );
    }
    if (isMap(pair.value)) return [readRole(name, pair, pair.value, report)];
    report(pair.key, `role ${quote(name)} is not a map.`, "Give the role countries, segments and customerLevel.");
    return [];
  });
}

function readRole(name: string, at: Pair, role: YAMLMap, report: Report): RolePolicy {
  const known = new Map<string, Pair>();
  for (const [key, pair] of entriesOf(role, report)) {
    if ((roleKeys as readonly string[]).includes(key)) known.set(key, pair);
    else report(pair.key, `role ${quote(name)}: unknown key ${quote(key)}.`, `A role's keys are ${list(roleKeys)}.`);
  }
  /** The node under a key; undefined, and a fault where the key is required, if it is not there. */
  const nodeOf = (key: RoleKey, required: boolean): unknown => {
    if (required && !known.has(key)) {
      report(
        at.key,
        `role ${quote(name)} lacks ${key}.`,
        "A role must state countries, segments and customerLevel: nothing is assumed.",
      );
    }
    return known.get(key)?.value;
  };
  const within: Report = (node, message, remedy) => report(node, `role ${quote(name)}: ${message}`, remedy);
  return Object.freeze({
    name,
    description: readDescription(nodeOf("description", false), within),
    countries: readVisible("countries", nodeOf("countries", true), isCountryName, "names of countries", within),
    segments: readVisible("segments", nodeOf("segments", true), isSegment, `CLASSIC keys: ${list(segments)}`, within),
    customerLevel: readBoolean("customerLevel", nodeOf("customerLevel", true), within),
    members: everything.members,
    masks: readMasks(nodeOf("mask", false), within),
    operator: readBoolean("operator", nodeOf("operator", false), within),
    minimumCustomers: null,
    limits: Object.freeze({ rows: null, requestsPerMinute: null, costPerMinute: null }),
  });
}

function isSegment(value: unknown): value is SegmentKey {
  return (segments as unknown[]).includes(value);
}

function isPersonal(value: unknown): value is PersonalField {
  return (personalFields as readonly unknown[]).includes(value);
}

function readDescription(node: unknown, report: Report): string {
  if (node === undefined) return "";
  if (isScalar(node) && typeof node.value === "string") return node.value.trim();
  report(node, "description is not a text.", "Put the description in quotes.");
  return "";
}

function readBoolean(key: RoleKey, node: unknown, report: Report): boolean {
  if (node === undefined) return false;
  if (isScalar(node) && typeof node.value === "boolean") return node.value;
  report(node, `${key} is neither true nor false.`, `Set ${key} to true or false.`);
  return false;
}

function readMasks(node: unknown, report: Report): Masks {
  if (node === undefined) return Object.freeze({});
  const fields = readList("mask", node, isPersonal, `personal members: ${list(personalFields)}`, report);
  return Object.freeze(Object.fromEntries(fields.map((field) => [field, "null"] as const)));
}

function readVisible<Value extends string>(
  key: RoleKey,
  node: unknown,
  accepts: (value: unknown) => value is Value,
  choice: string,
  report: Report,
): Visible<Value> {
  if (node === undefined) return nothing;
  if (!isScalar(node)) return Object.freeze({ kind: "only", values: readList(key, node, accepts, choice, report) });
  if (node.value === "all") return Object.freeze({ kind: "all" });
  const claim = /^\$claims\.(\S+)$/.exec(String(node.value))?.[1];
  if (claim !== undefined && !registeredClaims.includes(claim)) return Object.freeze({ kind: "claim", claim });
  if (claim !== undefined) {
    report(
      node,
      `${key} cannot be filled from the claim ${quote(claim)}.`,
      `Use a claim other than ${list(registeredClaims)}.`,
    );
  } else {
    report(node, `${key} is ${quote(node.value)}.`, `Set ${key} to all, to $claims.NAME, or to a list of ${choice}.`);
  }
  return nothing;
}

const nothing = Object.freeze({ kind: "only", values: Object.freeze([]) });

function readList<Value extends string>(
  key: RoleKey,
  node: unknown,
  accepts: (value: unknown) => value is Value,
  choice: string,
  report: Report,
): readonly Value[] {
  if (!isSeq(node)) {
    report(node, `${key} is not a list.`, `Write ${key} as a list of ${choice}.`);
    return [];
  }
  const values = node.items.flatMap((item) => {
    const value: unknown = isScalar(item) ? item.value : undefined;
    if (accepts(value) && !value.startsWith("$")) return [value];
    report(item ?? node, `${key} cannot hold ${quote(value)}.`, `${key} takes ${choice}.`);
    return [];
  });
  return Object.freeze([...new Set(values)].sort());
}

/** The pairs of a map whose keys are texts; any other key is a fault. */
function entriesOf(map: YAMLMap, report: Report): [string, Pair][] {
  return map.items.flatMap((pair): [string, Pair][] => {
    if (isScalar(pair.key) && typeof pair.key.value === "string") return [[pair.key.value, pair]];
    report(pair.key ?? map, "a key is not a text.", "Put the key in quotes.");
    return [];
  });
}

function offsetOf(node: unknown): number {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "this";
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

function list(values: readonly string[]): string {
  return values.join(", ");
}
