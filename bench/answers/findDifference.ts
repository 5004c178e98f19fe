// Whether two answers say the same: the same rows in the same order with the same figures, however each writes a number or a time.
import type { Row } from "./questions.ts";

/** Where they differ, in words; null where they do not. */
export function findDifference(one: readonly Row[], other: readonly Row[]): string | null {
  if (one.length !== other.length) return `${one.length} rows against ${other.length}`;
  for (const [index, row] of one.entries()) {
    const [here, there] = [textOf(row), textOf(other[index] ?? [])];
    if (here !== there) return `row ${index}: ${here} against ${there}`;
  }
  return null;
}

const textOf = (row: Row) => JSON.stringify(row.map(plain));

/** Decimals without trailing zeros, whole seconds, numbers as text. */
function plain(value: unknown): unknown {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return value;
  if (/^-?\d+\.\d+$/.test(value)) return value.replace(/\.?0+$/, "");
  return value.replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.0+$/, "$1");
}
