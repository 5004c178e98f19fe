// What differs between two policies, in words for the log: roles that came and went, and of a changed one each key, as it was and as it is.
import { describeKeys, markPlainly, valuesOf } from "../access/describeKeys.ts";
import type { Policy, RolePolicy, Visible } from "../access/policy.ts";
import type { RoleKey, RoleValues } from "../access/roleValues.ts";

/** Values of a list that are shown; those that differ come first. */
const mostShown = 5;

/** Null: every role is as it was. */
export function describePolicyChange(before: Policy, after: Policy): string | null {
  const old = new Map(before.roles.map((role) => [role.name, role]));
  const now = new Set(after.roles.map(({ name }) => name));
  const nameOf = ({ name }: RolePolicy) => markPlainly(name);
  const changes: [string, string[]][] = [
    ["added", after.roles.filter(({ name }) => !old.has(name)).map(nameOf)],
    ["removed", before.roles.filter(({ name }) => !now.has(name)).map(nameOf)],
    [
      "changed",
      after.roles.flatMap((role) => {
        const keys = describeRoleChange(old.get(role.name) ?? role, role);
        return keys.length === 0 ? [] : [`${nameOf(role)} (${keys.join("; ")})`];
      }),
    ],
  ];
  const parts = changes.filter(([, roles]) => roles.length > 0).map(([what, roles]) => `${what} ${roles.join(", ")}`);
  return parts.length === 0 ? null : parts.join("; ");
}

function describeRoleChange(before: RolePolicy, after: RolePolicy): string[] {
  const [was, is] = [valuesOf(before), valuesOf(after)];
  const [old, now] = [describeKeys(shorten(was, is), markShort), describeKeys(shorten(is, was), markShort)];
  const changed = (Object.keys(now) as RoleKey[]).filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]));
  // a description is for the reviewer of the file, and as long as it likes
  return changed.map((key) => (key === "description" ? key : `${key}: ${old[key]} → ${now[key]}`));
}

function shorten(values: RoleValues, other: RoleValues): RoleValues {
  return {
    ...values,
    countries: shortenList(values.countries, other.countries),
    segments: shortenList<string>(values.segments, other.segments) as RoleValues["segments"],
  };
}

function shortenList<Value extends string>(visible: Visible<Value>, other: Visible<Value>): Visible<string> {
  if (visible.kind !== "only" || visible.values.length <= mostShown) return visible;
  const shared = new Set<string>(other.kind === "only" ? other.values : []);
  const { values } = visible;
  const told = [...values.filter((value) => !shared.has(value)), ...values.filter((value) => shared.has(value))];
  return { kind: "only", values: [...told.slice(0, mostShown), `${ofMore}${values.length - mostShown} more`] };
}

/** No name holds it. */
const ofMore = "\0";

const markShort = (name: string) => (name.startsWith(ofMore) ? name.slice(ofMore.length) : markPlainly(name));
