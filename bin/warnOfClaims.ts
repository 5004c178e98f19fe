// What a token's claims do not do: they are data that only a policy gives a meaning, so a slip in them is not wrong, only silent.
import type { Policy, RolePolicy } from "../src/access/policy.ts";
import { scopeOf } from "../src/access/scopeOf.ts";
import type { Claims } from "./parseClaims.ts";

/** A sentence for each claim that the role needs and does not get, and for each that it gets and does not need. */
export function warnOfClaims(policy: Policy, role: RolePolicy, claims: Claims): string[] {
  const scope = scopeOf(policy, { role: role.name, claims });
  const unmet = (["countries", "segments"] as const).flatMap((sight) => {
    const visible = role[sight];
    if (visible.kind !== "claim" || scope[sight]?.length !== 0) return [];
    const given = Object.hasOwn(claims, visible.claim) && claims[visible.claim]?.length !== 0;
    const fault = given ? "what this token has there cannot be used, and it" : "this token lacks it and";
    return [
      `the policy's role ${role.name} takes ${sight} from the claim \`${visible.claim}\`; ${fault} shows nothing`,
    ];
  });
  const used = claimsOf(role);
  const known = policy.roles.flatMap(claimsOf);
  const unused = Object.keys(claims).flatMap((name) =>
    used.includes(name)
      ? []
      : [
          `${known.includes(name) ? `the policy's role ${role.name}` : "the policy"} does not use the claim \`${name}\``,
        ],
  );
  return [...unmet, ...unused];
}

function claimsOf({ countries, segments }: RolePolicy): string[] {
  return [countries, segments].flatMap((visible) => (visible.kind === "claim" ? [visible.claim] : []));
}
