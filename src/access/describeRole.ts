// One role as it is once it has inherited: every key, what it holds, and where that was stated. For whoever must answer for a policy.
import { assertNever } from "../kernel/errors.ts";
import type { Scope } from "../model/scope.ts";
import { describeKeys, markPlainly, valuesOf } from "./describeKeys.ts";
import type { Origin, TracedRole } from "./inheritRoles.ts";
import type { RolePolicy, Visible } from "./policy.ts";
import { type RoleKey, type RoleValues, roleKeys } from "./roleValues.ts";

export type DescribedRole = Readonly<{
  role: string;
  line: number;
  /** Empty where the policy gives none. */
  description: string;
  inherits: string | null;
  keys: readonly DescribedKey[];
}>;

export type DescribedKey = Readonly<{
  key: RoleKey;
  /** As a policy would state it; null where it holds nothing back. */
  value: unknown;
  words: string;
  /** Null: nowhere, it is the default. */
  from: Origin | null;
}>;

/** The keys stand in the order in which a policy's documentation has them. */
export function describeRole({ role, line, inherits, origins }: TracedRole): DescribedRole {
  const values = valuesOf(role);
  const words = describeKeys(values, markPlainly);
  const keys = roleKeys
    .filter((key) => key !== "description")
    .map((key) => ({ key, value: statedForm(values[key]), words: words[key] ?? "", from: origins[key] }));
  return { role: role.name, line, description: role.description, inherits, keys };
}

/** What a role holds for one asker, whose claims have been read: a scope in the words of the policy. */
export function valuesSeen(role: RolePolicy, scope: Scope): RoleValues {
  return { ...valuesOf(role), countries: visibleOf(scope.countries), segments: visibleOf(scope.segments) };
}

function visibleOf<Value extends string>(values: readonly Value[] | null): Visible<Value> {
  return values === null ? { kind: "all" } : { kind: "only", values };
}

function statedForm(value: RoleValues[RoleKey]): unknown {
  if (value === null || typeof value !== "object" || !("kind" in value)) return value;
  switch (value.kind) {
    case "all":
      return "all";
    case "only":
      return value.values;
    case "claim":
      return `$claims.${value.claim}`;
    default:
      return assertNever(value);
  }
}
