// Holds a policy against one test of it. What a field's fate is for a scope is the graph's to say, and comes as an argument.
import { isDeepStrictEqual } from "node:util";
import type { Scope } from "../model/scope.ts";
import { describeKeys, markPlainly } from "./describeKeys.ts";
import { valuesSeen } from "./describeRole.ts";
import type { Policy } from "./policy.ts";
import type { Fate, PolicyTest } from "./policyTest.ts";
import type { RoleKey } from "./roleValues.ts";
import { scopeOf } from "./scopeOf.ts";

export type Failure = Readonly<{ of: string; expected: string; found: string }>;

/** What is not as it was expected; empty: the test passes. `fatesOf` answers by `Type.field`. */
export function judgePolicyTest(
  policy: Policy,
  test: PolicyTest,
  fatesOf: (scope: Scope) => ReadonlyMap<string, Fate>,
): readonly Failure[] {
  const role = policy.roles.find(({ name }) => name === test.role);
  if (!role) return [{ of: "role", expected: markPlainly(test.role), found: "no such role in the policy" }];
  const scope = scopeOf(policy, { role: test.role, claims: test.claims });
  return [
    ...judgeValues(test, valuesSeen(role, scope)),
    ...judgeFields(test, fatesOf(scope)),
    ...judgeLines(test, scope),
    ...judgeNotices(test, scope),
  ];
}

function judgeValues({ values }: PolicyTest, seen: ReturnType<typeof valuesSeen>): Failure[] {
  const expected = describeKeys(values, markPlainly);
  const found = describeKeys(seen, markPlainly);
  return (Object.keys(values) as RoleKey[]).flatMap((key) =>
    isDeepStrictEqual(values[key], seen[key])
      ? []
      : [{ of: key, expected: expected[key] ?? "", found: found[key] ?? "" }],
  );
}

function judgeFields({ fields }: PolicyTest, fates: ReadonlyMap<string, Fate>): Failure[] {
  return fields.flatMap(({ field, fate: expected }) => {
    const found = fates.get(field) ?? "refused";
    const isMet = expected === "hidden" ? found !== "shown" : found === expected;
    return isMet ? [] : [{ of: field, expected, found }];
  });
}

/** A line is seen where both its country and its segment are, so without any segment no country is, nor the other way round. */
function judgeLines({ lines }: PolicyTest, scope: Scope): Failure[] {
  return lines.flatMap(({ of, value, isSeen }) => {
    const other = of === "countries" ? "segments" : "countries";
    const values: readonly string[] | null = scope[of];
    const found = (values === null || values.includes(value)) && scope[other]?.length !== 0;
    if (found === isSeen) return [];
    const say = (seen: boolean) => (seen ? "seen" : "not seen");
    return [{ of: `lines of ${markPlainly(value)}`, expected: say(isSeen), found: say(found) }];
  });
}

function judgeNotices({ notices: expected }: PolicyTest, { notices }: Scope): Failure[] {
  if (expected === null || expected === notices.length) return [];
  const found = notices.length === 0 ? "0" : `${notices.length}: ${notices.join(" ")}`;
  return [{ of: "notices", expected: String(expected), found }];
}
