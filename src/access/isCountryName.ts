// What may stand for a country in a scope. It is compared as it is, never trimmed or folded: scope values are data.
import { isStorable } from "../kernel/storableText.ts";

const longest = 200;

/** Whether `value` is a text that PostgreSQL can hold and that is no longer than a country's name can sensibly be. */
export function isCountryName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= longest && isStorable(value);
}
