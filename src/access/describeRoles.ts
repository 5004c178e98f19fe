// The policy as a table that a reviewer reads: the source of `schema/roles.md`, so that a change of sight shows as a diff.
import { describeKeys, valuesOf } from "./describeKeys.ts";
import type { Policy } from "./policy.ts";
import type { RoleKey } from "./roleValues.ts";

const columns: readonly (readonly [title: string, key: RoleKey])[] = [
  ["Countries", "countries"],
  ["Segments (CLASSIC)", "segments"],
  ["Single customers and lines", "customerLevel"],
  ["Members", "members"],
  ["Masked", "mask"],
  ["Row accounts and load runs", "operator"],
  ["Smallest cell", "minimumCustomers"],
  ["Limits", "limits"],
  ["What for", "description"],
];

/** A Markdown table: role by what it may see, in the policy's order. */
export function describeRoles(policy: Policy): string {
  const rows = [
    ["Role", ...columns.map(([title]) => title)],
    ["---", ...columns.map(() => "---")],
    ...policy.roles.map((role) => {
      const words = describeKeys(valuesOf({ ...role, description: escapeCell(role.description) }), code);
      return [code(role.name), ...columns.map(([, key]) => words[key] ?? "")];
    }),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function code(text: string): string {
  return `\`${escapeCell(text.replaceAll("`", "'"))}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}
