// The policy as a table that a reviewer reads: the source of `schema/roles.md`, so that a change of sight shows as a diff.
import { assertNever } from "../kernel/errors.ts";
import type { Policy, RolePolicy, Visible } from "./policy.ts";

const columns: readonly (readonly [title: string, cell: (role: RolePolicy) => string])[] = [
  ["Role", ({ name }) => code(name)],
  ["Countries", ({ countries }) => describeVisible(countries)],
  ["Segments (CLASSIC)", ({ segments }) => describeVisible(segments)],
  ["Single customers and lines", ({ customerLevel }) => yesOrNo(customerLevel)],
  ["Masked", ({ masks }) => codes(Object.keys(masks))],
  ["Row accounts and load runs", ({ operator }) => yesOrNo(operator)],
  ["What for", ({ description }) => escapeCell(description)],
];

/** A Markdown table: role by what it may see, in the policy's order. */
export function describeRoles(policy: Policy): string {
  const rows = [
    columns.map(([title]) => title),
    columns.map(() => "---"),
    ...policy.roles.map((role) => columns.map(([, cell]) => cell(role))),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function describeVisible(visible: Visible<string>): string {
  switch (visible.kind) {
    case "all":
      return "all";
    case "only":
      return codes(visible.values);
    case "claim":
      return `those of the token's claim ${code(visible.claim)}`;
    default:
      return assertNever(visible);
  }
}

function codes(values: readonly string[]): string {
  return values.length === 0 ? "none" : values.map(code).join(", ");
}

function code(text: string): string {
  return `\`${escapeCell(text.replaceAll("`", "'"))}\``;
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
