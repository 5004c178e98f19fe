// From who is asking to what they may see. Default deny: what the policy does not grant, or a claim does not state
// well-formed and whole, is not visible.
import { createHash } from "node:crypto";
import { assertNever, Consumer360Error } from "../kernel/errors.ts";
import type { Scope } from "../model/scope.ts";
import { keysOf, type SegmentKey } from "../model/segmentSchemes.ts";
import { isCountryName } from "./isCountryName.ts";
import type { Policy, Visible } from "./policy.ts";
import type { Principal } from "./principal.ts";

/** More values than this in one claim are taken for an attack, or for a mistake: the claim counts as malformed. */
const mostValues = 10_000;
const classicKeys: readonly string[] = keysOf("CLASSIC");

/** The scope of a principal under a policy. Throws FORBIDDEN for a role that the policy does not name. */
export function scopeOf(policy: Policy, principal: Principal): Scope {
  const role = policy.roles.find((candidate) => candidate.name === principal.role);
  if (!role) throw new Consumer360Error("FORBIDDEN", "This is outside of what you may see.");
  const sight: Omit<Scope, "fingerprint"> = {
    role: role.name,
    countries: valuesOf(role.countries, principal, isCountryName),
    segments: valuesOf(role.segments, principal, isClassicKey),
    customerLevel: role.customerLevel,
    members: role.members,
    masks: role.masks,
    operator: role.operator,
    minimumCustomers: role.minimumCustomers,
    mostRows: role.limits.rows,
    notices: [],
  };
  return Object.freeze({ ...sight, fingerprint: fingerprintOf(sight) });
}

function isClassicKey(value: unknown): value is SegmentKey {
  return typeof value === "string" && classicKeys.includes(value);
}

/** Null: all. Sorted and without repetitions, so that the order of a claim means nothing. */
function valuesOf<Value extends string>(
  visible: Visible<Value>,
  { claims }: Principal,
  accepts: (value: unknown) => value is Value,
): readonly Value[] | null {
  switch (visible.kind) {
    case "all":
      return null;
    case "only":
      return sorted(visible.values);
    case "claim": {
      const claimed = Object.hasOwn(claims, visible.claim) ? claims[visible.claim] : undefined;
      if (!Array.isArray(claimed) || claimed.length > mostValues) return sorted<Value>([]);
      const values: unknown[] = claimed;
      return sorted(values.every(accepts) ? values : []);
    }
    default:
      return assertNever(visible);
  }
}

function sorted<Value extends string>(values: readonly Value[]): readonly Value[] {
  return Object.freeze([...new Set(values)].sort());
}

/** Everything of the scope counts, the role's name too: `me { role }` is part of what is seen, and a cached answer must not carry another's. */
function fingerprintOf(sight: Omit<Scope, "fingerprint">): string {
  const canonical = JSON.stringify(Object.entries(sight).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(canonical).digest("hex").slice(0, 32);
}
