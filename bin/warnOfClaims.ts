// What a token's claims do not do: they are data that only a policy gives a meaning, so a slip in them is not wrong, only silent.
import type { Policy, RolePolicy } from "../src/access/policy.ts";
import { scopeOf } from "../src/access/scopeOf.ts";
import { withoutStops } from "./formatError.ts";
import type { Claims } from "./parseClaims.ts";

/** What the role's scope says of claims that it needs and does not get, and a line for each that it gets and does not need. */
export function warnOfClaims(policy: Policy, role: RolePolicy, claims: Claims): string[] {
  const { notices } = scopeOf(policy, { role: role.name, claims });
  return [
    ...notices.map((notice) => withoutStops(notice.replace(/^The(?= |re )/, "the"))),
    ...unusedClaims(policy, role, claims),
  ];
}

/** A line for each claim that the role does not need. */
export function unusedClaims(policy: Policy, role: RolePolicy, claims: Claims): string[] {
  const used = claimsOf(role);
  const known = policy.roles.flatMap(claimsOf);
  return Object.keys(claims).flatMap((name) =>
    used.includes(name)
      ? []
      : [
          `${known.includes(name) ? `the policy's role ${role.name}` : "the policy"} does not use the claim \`${name}\``,
        ],
  );
}

function claimsOf({ countries, segments }: RolePolicy): string[] {
  return [countries, segments].flatMap((visible) => (visible.kind === "claim" ? [visible.claim] : []));
}
