// The graph in its own words: the schema in SDL, and the list of what each field shows. Both are committed under `schema/`.
import { printSchema } from "graphql";
import { buildGraphSchema } from "./buildGraphSchema.ts";
import { type FieldVisibility, fieldVisibilities } from "./fieldVisibility.ts";

/** In the order of declaration, which is stable; enum values keep the order that they mean. */
export async function printGraphSchema(): Promise<string> {
  return `${printSchema(await buildGraphSchema()).trimEnd()}\n`;
}

/** Every field with its class and whether it carries a rule of its own. Throws where a field has no class. */
export async function listFieldVisibility(): Promise<readonly FieldVisibility[]> {
  const fields = fieldVisibilities(await buildGraphSchema());
  const unclassified = fields.filter((field) => field.class === null).map(({ type, field }) => `${type}.${field}`);
  if (unclassified.length > 0)
    throw new Error(`Fields without a class in src/graph/fieldClasses.ts: ${unclassified.join(", ")}.`);
  return fields;
}
