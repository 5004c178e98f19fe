// From who is asking to what they may see. Default deny: what the policy does not grant, or a claim does not state
// well-formed and whole, is not visible, and the scope says so.
import { createHash } from "node:crypto";
import { assertNever, Consumer360Error } from "../kernel/errors.ts";
import type { Scope } from "../model/scope.ts";
import { isCountryName } from "./isCountryName.ts";
import type { Limits, Policy, RolePolicy, Visible } from "./policy.ts";
import type { Principal } from "./principal.ts";
import { isSegmentKey } from "./roleValues.ts";

/** More values than this in one claim are taken for an attack, or for a mistake: the claim counts as malformed. */
const mostValues = 10_000;

/** The scope of a principal under a policy. Throws FORBIDDEN for a role that the policy does not name. */
export function scopeOf(policy: Policy, principal: Principal): Scope {
  const role = roleOf(policy, principal);
  const countries = seenOf(role.countries, principal, isCountryName, ["country", "names of countries"]);
  const segments = seenOf(role.segments, principal, isSegmentKey, ["segment", "CLASSIC keys of segments"]);
  const sight: Omit<Scope, "fingerprint"> = {
    role: role.name,
    countries: countries.values,
    segments: segments.values,
    customerLevel: role.customerLevel,
    members: role.members,
    masks: role.masks,
    operator: role.operator,
    minimumCustomers: role.minimumCustomers,
    mostRows: role.limits.rows,
    notices: Object.freeze([countries.notice, segments.notice].filter((notice) => notice !== null)),
  };
  return Object.freeze({ ...sight, fingerprint: fingerprintOf(sight) });
}

/** How much a principal may ask for. Throws FORBIDDEN for a role that the policy does not name. */
export function limitsOf(policy: Policy, principal: Principal): Limits {
  return roleOf(policy, principal).limits;
}

function roleOf(policy: Policy, { role }: Principal): RolePolicy {
  const found = policy.roles.find(({ name }) => name === role);
  if (!found) throw new Consumer360Error("FORBIDDEN", "This is outside of what you may see.");
  return found;
}

/** Values null: all. */
type Seen<Value extends string> = Readonly<{ values: readonly Value[] | null; notice: string | null }>;

/** Values are sorted and without repetitions, so that the order of a claim means nothing. A notice never says what the claim holds. */
function seenOf<Value extends string>(
  visible: Visible<Value>,
  { claims }: Principal,
  accepts: (value: unknown) => value is Value,
  [one, many]: readonly [one: string, many: string],
): Seen<Value> {
  switch (visible.kind) {
    case "all":
      return { values: null, notice: null };
    case "only":
      return { values: sorted(visible.values), notice: null };
    case "claim": {
      const claim = `claim \`${visible.claim}\``;
      const nothing = (notice: string) => ({ values: sorted<Value>([]), notice: `${notice}: no ${one} is visible.` });
      if (!Object.hasOwn(claims, visible.claim)) return nothing(`There is no ${claim}`);
      const claimed: unknown = claims[visible.claim];
      const values: readonly unknown[] | null = Array.isArray(claimed) ? claimed : null;
      if (values?.length === 0) return nothing(`The ${claim} is empty`);
      if (values === null || values.length > mostValues || !values.every(accepts))
        return nothing(`The ${claim} is not a list of up to ${mostValues.toLocaleString("en-GB")} ${many}`);
      return { values: sorted(values), notice: null };
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
