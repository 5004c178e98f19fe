// How aggregates are written in SQL, whatever they are taken over.
import type { Moment } from "./moment.ts";

export const literal = (value: string | boolean) =>
  typeof value === "string" ? `'${value}'` : value ? "true" : "false";

export const filter = (tests: readonly string[]) =>
  tests.length === 0 ? "" : ` FILTER (WHERE ${tests.join(" AND ")})`;

/** A test that a day lies among the last so many before asOf. */
export const trailing = (day: string, days: number | undefined, moment: Moment) =>
  days === undefined ? [] : [`${day} >= ${moment.asOf} - ${days}`, `${day} < ${moment.asOf}`];

/** The value of the row that is last in order; ties by the value itself, so that the answer does not depend on storage. */
export function latest(value: string, by: readonly string[], tests: readonly string[]): string {
  const order = [...by, value].map((key) => `${key} DESC`).join(", ");
  return `(array_agg(${value} ORDER BY ${order})${filter(tests)})[1]`;
}

export function set(value: string, tests: readonly string[]): string {
  return `coalesce(array_agg(DISTINCT ${value} ORDER BY ${value})${filter(tests)}, ARRAY[]::text[])`;
}
