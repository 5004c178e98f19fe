// Role by field as a table that a reviewer reads.
import type { Fate } from "../access/policyTest.ts";
import type { Scope } from "../model/scope.ts";
import { type FieldVisibility, fatesOf } from "./fieldVisibility.ts";

/** A Markdown table. */
export function describeFields(fields: readonly FieldVisibility[], scopes: readonly Scope[]): string {
  const fates = scopes.map((scope) => fatesOf(fields, scope));
  const rows = [
    ["Field", "Class", ...scopes.map(({ role }) => `\`${role}\``)],
    ["---", "---", ...scopes.map(() => "---")],
    ...fields.map((field) => [
      `\`${field.type}.${field.field}\``,
      field.class ?? "none",
      ...fates.map((known) => inWords[known.get(`${field.type}.${field.field}`) ?? "refused"]),
    ]),
  ];
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

const inWords: Readonly<Record<Fate, string>> = Object.freeze({ shown: "yes", null: "null", refused: "refused" });
