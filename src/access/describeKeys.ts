// The keys of a role in words: one text for each, the same in the table of all roles, in the account of one, and in a failed test.
import { assertNever } from "../kernel/errors.ts";
import type { Masks } from "../model/scope.ts";
import type { Limits, RolePolicy, Visible } from "./policy.ts";
import type { RoleKey, RoleValues } from "./roleValues.ts";

/** Marks a name, so that one with a comma or a bar in it stays one. */
export type MarkName = (name: string) => string;

export function describeKeys(values: Partial<RoleValues>, mark: MarkName): Readonly<Partial<Record<RoleKey, string>>> {
  const words = Object.entries(describers).flatMap(([key, describe]) => {
    const value = values[key as RoleKey];
    return value === undefined ? [] : [[key, (describe as (value: unknown, mark: MarkName) => string)(value, mark)]];
  });
  return Object.freeze(Object.fromEntries(words));
}

const describers: { readonly [Key in RoleKey]: (value: RoleValues[Key], mark: MarkName) => string } = {
  description: (text) => text,
  countries: describeVisible,
  segments: describeVisible,
  customerLevel: yesOrNo,
  members: (members) => members.join(", "),
  mask: describeMask,
  operator: yesOrNo,
  minimumCustomers: (least) => (least === null ? "none" : `${formatCount(least)} customers`),
  limits: describeLimits,
};

/** A role in the words of the policy's keys. */
export function valuesOf({ name: _, masks, ...rest }: RolePolicy): RoleValues {
  return { ...rest, mask: masks };
}

/** As it is where nothing in it could be misread; in double quotes elsewhere. */
export function markPlainly(name: string): string {
  return /^[\p{L}\d][\p{L}\d .'&()/_:-]*$/u.test(name) && name.trim() === name ? name : JSON.stringify(name);
}

function describeVisible(visible: Visible<string>, mark: MarkName): string {
  switch (visible.kind) {
    case "all":
      return "all";
    case "only":
      return listOf(visible.values.map(mark));
    case "claim":
      return `those of the token's claim ${mark(visible.claim)}`;
    default:
      return assertNever(visible);
  }
}

function describeMask(fields: Masks, mark: MarkName): string {
  return listOf(
    Object.entries(fields).map(([field, kind]) => `${mark(field)} as ${kind === "null" ? "null" : `a ${kind}`}`),
  );
}

function describeLimits({ rows, requestsPerMinute, costPerMinute }: Limits): string {
  return listOf([
    ...(rows === null ? [] : [`rows of paged lists up to ${formatCount(rows)}`]),
    ...(requestsPerMinute === null ? [] : [`requests a minute up to ${formatCount(requestsPerMinute)}`]),
    ...(costPerMinute === null ? [] : [`cost a minute up to ${formatCount(costPerMinute)}`]),
  ]);
}

function listOf(texts: readonly string[]): string {
  return texts.length === 0 ? "none" : texts.join(", ");
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}

function formatCount(count: number): string {
  return count.toLocaleString("en-GB");
}
