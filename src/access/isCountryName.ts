// What may stand for a country in a scope. It is compared as it is, never trimmed or folded: scope values are data.

const longest = 200;

/** Whether `value` is a text that PostgreSQL can hold and that is no longer than a country's name can sensibly be. */
export function isCountryName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value !== "" &&
    value.length <= longest &&
    !value.includes("\0") &&
    !/\p{Surrogate}/u.test(value)
  );
}
