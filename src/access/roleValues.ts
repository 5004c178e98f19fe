// What each key of a role may hold, and how it is read from YAML. A policy states these; a test of a policy expects them.
import { isMap, isScalar } from "yaml";
import type { Sensitivity } from "../model/described.ts";
import { everything, type Mask, type Masks, masks, type PersonalField, personalFields } from "../model/scope.ts";
import { keysOf, type SegmentKey } from "../model/segmentSchemes.ts";
import { isCountryName } from "./isCountryName.ts";
import type { Limits, Visible } from "./policy.ts";
import { registeredClaims } from "./principal.ts";
import { knownEntriesOf, list, quote, type Report, readBoolean, readList, readText, readWhole } from "./readYaml.ts";

/** The keys of a role beside `inherits`, in the order in which they are shown. */
export type RoleValues = Readonly<{
  description: string;
  countries: Visible<string>;
  segments: Visible<SegmentKey>;
  customerLevel: boolean;
  members: readonly Sensitivity[];
  mask: Masks;
  operator: boolean;
  /** Null: `none`. */
  minimumCustomers: number | null;
  limits: Limits;
}>;
export type RoleKey = keyof RoleValues;

const segments = keysOf("CLASSIC");
export const choiceOfCountries = "names of countries";
export const choiceOfSegments = `CLASSIC keys: ${list(segments)}`;

/** A node that cannot be read is a fault; what is answered for it then means nothing. */
export const roleReaders: { readonly [Key in RoleKey]: (node: unknown, report: Report) => RoleValues[Key] } = {
  description: (node, report) => readText("description", node, report),
  countries: (node, report) => readVisible("countries", node, isCountryName, choiceOfCountries, report),
  segments: (node, report) => readVisible("segments", node, isSegmentKey, choiceOfSegments, report),
  customerLevel: (node, report) => readBoolean("customerLevel", node, report),
  members: readMembers,
  mask: readMask,
  operator: (node, report) => readBoolean("operator", node, report),
  minimumCustomers: readMinimumCustomers,
  limits: readLimits,
};
export const roleKeys = Object.freeze(Object.keys(roleReaders)) as readonly RoleKey[];

/** What holds where a role does not state the key. Of those that are not here, members go by the customer level; the others must be stated. */
export const roleDefaults = Object.freeze({
  description: "",
  mask: everything.masks,
  operator: false,
  minimumCustomers: null,
  limits: Object.freeze({ rows: null, requestsPerMinute: null, costPerMinute: null }),
}) satisfies Partial<RoleValues>;

/** What a role uses that does not state members. What singles out a customer is for whoever sees single customers, and for nobody else. */
export function usualMembers(customerLevel: boolean): readonly Sensitivity[] {
  return customerLevel ? everything.members : everything.members.filter((member) => member !== "personal");
}

export function isSegmentKey(value: unknown): value is SegmentKey {
  return (segments as unknown[]).includes(value);
}

function isSensitivity(value: unknown): value is Sensitivity {
  return (everything.members as readonly unknown[]).includes(value);
}

function isPersonal(value: unknown): value is PersonalField {
  return (personalFields as readonly unknown[]).includes(value);
}

function readVisible<Value extends string>(
  key: RoleKey,
  node: unknown,
  accepts: (value: unknown) => value is Value,
  choice: string,
  report: Report,
): Visible<Value> {
  if (!isScalar(node)) {
    const values = readList(key, node, accepts, choice, report) ?? [];
    return Object.freeze({ kind: "only", values: Object.freeze([...new Set(values)].sort()) });
  }
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
  return Object.freeze({ kind: "only", values: Object.freeze([]) });
}

function readMembers(node: unknown, report: Report): readonly Sensitivity[] {
  const choice = `sensitivities: ${list(everything.members)}`;
  const stated = readList("members", node, isSensitivity, choice, report);
  if (stated !== undefined && !stated.includes("public")) {
    report(node, "members lacks public.", "Put public into members: every role may use the vocabulary.");
  }
  return Object.freeze(everything.members.filter((member) => stated?.includes(member)));
}

/** A list masks each field with null; a map says for each what comes instead. */
function readMask(node: unknown, report: Report): Masks {
  if (!isMap(node)) {
    const choice = `personal members (${list(personalFields)}), or as a map of them to ${list(masks)}`;
    const fields = readList("mask", node, isPersonal, choice, report) ?? [];
    return Object.freeze(Object.fromEntries(fields.map((field) => [field, "null"] as const)));
  }
  const kinds = [...knownEntriesOf(node, personalFields, "mask takes the personal members", report)];
  return Object.freeze(
    Object.fromEntries(kinds.map(([field, pair]) => [field, readMaskKind(field, pair.value, report)] as const)),
  );
}

function readMaskKind(field: PersonalField, node: unknown, report: Report): Mask {
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (value === null) return "null";
  const kind = masks.find((mask) => mask === value);
  if (kind !== undefined) return kind;
  report(node, `mask of ${field} is ${quote(value)}.`, `Mask it with ${masks.join(" or ")}.`);
  return "null";
}

/** A cell of one customer is what smallest cells are there to hide; of a million, nothing would be left. */
const cellBounds = [2, 1_000_000] as const;

function readMinimumCustomers(node: unknown, report: Report): number | null {
  if (isScalar(node) && node.value === "none") return null;
  return readWhole("minimumCustomers", node, cellBounds, report, ", or to none");
}

const limitKeys = ["rows", "requestsPerMinute", "costPerMinute"] as const;

function readLimits(node: unknown, report: Report): Limits {
  const stated: { -readonly [Key in keyof Limits]: Limits[Key] } = { ...roleDefaults.limits };
  if (isMap(node)) {
    for (const [key, pair] of knownEntriesOf(node, limitKeys, "limits takes", report))
      stated[key] = readWhole(`limits.${key}`, pair.value, [1, Number.MAX_SAFE_INTEGER], report);
  } else {
    report(node, "limits is not a map.", `Write limits as a map of ${list(limitKeys)} to whole numbers.`);
  }
  return Object.freeze(stated);
}
