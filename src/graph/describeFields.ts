// Role by field as a table that a reviewer reads.
import type { Scope } from "../model/scope.ts";
import { type Fate, type FieldVisibility, fateOf } from "./fieldVisibility.ts";

/** A Markdown table. */
export function describeFields(fields: readonly FieldVisibility[], scopes: readonly Scope[]): string {
  const rows = [
    ["Field", "Class", ...scopes.map(({ role }) => `\`${role}\``)],
    ["---", "---", ...scopes.map(() => "---")],
    ...fields.map((field) => [
      `\`${field.type}.${field.field}\``,
      field.class ?? "none",
      ...scopes.map((scope) => inWords[fateOf(field, scope)]),
    ]),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

const inWords: Readonly<Record<Fate, string>> = Object.freeze({ shown: "yes", null: "null", refused: "refused" });
