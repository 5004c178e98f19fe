// Role by field as a table that a reviewer reads.
import type { Scope } from "../model/scope.ts";
import { classRules, type FieldVisibility } from "./fieldVisibility.ts";

/** A Markdown table. */
export function describeFields(fields: readonly FieldVisibility[], scopes: readonly Scope[]): string {
  const rows = [
    ["Field", "Class", ...scopes.map(({ role }) => `\`${role}\``)],
    ["---", "---", ...scopes.map(() => "---")],
    ...fields.map((field) => [
      `\`${field.type}.${field.field}\``,
      field.class ?? "none",
      ...scopes.map((scope) => sight(field, scope)),
    ]),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function sight(field: FieldVisibility, scope: Scope): string {
  if (field.class === null) return "refused";
  if (classRules[field.class].allows(scope)) return "yes";
  return field.hides ? "null" : "refused";
}
