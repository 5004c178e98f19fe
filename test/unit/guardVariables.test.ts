// Variables with more names than any question needs are refused before anything prints them.
import { expect, test } from "vitest";
import { guardVariables } from "../../src/graph/guardVariables.ts";

const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 1]));
const refusal = expect.objectContaining({ code: "QUERY_TOO_COSTLY" });

test("a thousand names are let through, wherever they are, and lists of any length", () => {
  for (const variables of [
    undefined,
    null,
    "no JSON",
    7,
    { where: named(999) },
    [named(500), [named(500)]],
    { countries: Array(100_000).fill("France") },
    JSON.stringify(named(1000)),
  ])
    expect(() => guardVariables(variables)).not.toThrow();
});

test.each([
  ["in one object", { where: named(1000) }],
  ["over many", Array(1001).fill({ country: "France" })],
  ["in the text of a GET", JSON.stringify({ w: named(60_000) })],
])("more are refused, %s", (_, variables) => {
  expect(() => guardVariables(variables)).toThrow(refusal);
});

test("what nests without end is looked at, and no stack runs out", () => {
  let deep: unknown = {};
  for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
  expect(() => guardVariables(deep)).not.toThrow();
});
