// The key of a question: the same for all ways of sending it, and another one for whatever could have another answer.
import { expect, test } from "vitest";
import { questionKey, type Sent, sentInAddress } from "../../src/server/readQuestion.ts";

const query = "query A($a: [Int!]) { kpis { orders } }";
const keyOf = (sent: Sent, accept = "*/*") => questionKey(sent, accept);

test("is the same for the same question", () => {
  const key = keyOf({ query });
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  for (const sent of [
    { query, variables: {} },
    { query, variables: null, operationName: null, extensions: null },
    { query, extensions: { clientLibrary: { name: "c", version: "1" } } },
    sentInAddress(`?query=${encodeURIComponent(query)}&variables={}`) ?? {},
  ])
    expect(keyOf(sent)).toBe(key);
  expect(keyOf({ query, variables: { a: 1, b: { c: [1, 2], d: null } } })).toBe(
    keyOf({ query, variables: { b: { d: null, c: [1, 2] }, a: 1 } }),
  );
});

test("is another one for another question", () => {
  const sent: readonly Sent[] = [
    { query },
    { query: `${query} ` },
    { query, operationName: "A" },
    { query, operationName: "" },
    { query, variables: { a: [1, 2] } },
    { query, variables: { a: [2, 1] } },
    { query, variables: { a: { b: 1 } } },
    { query, variables: { a: [["b", 1]] } },
    { query, variables: { a: "1" } },
    { query, variables: { a: 1 } },
    { query, variables: { a: null } },
    { query, variables: JSON.parse(`{ "__proto__": { "a": 1 } }`) },
  ];
  const keys = [...sent.map((one) => keyOf(one)), keyOf({ query }, "application/json")];
  expect(keys).not.toContain(null);
  expect(new Set(keys).size).toBe(keys.length);
});

test("is there for nothing that is refused", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  for (const sent of [
    {},
    { query: "" },
    { query: 1 },
    { query, variables: "{}" },
    { query, variables: [] },
    { query, operationName: 1 },
    { query, extensions: "{}" },
    { query, variables: { deep } },
  ])
    expect(keyOf(sent)).toBeNull();
  for (const search of ["?query=a&query=b", "?variables=%7B", "?extensions=x"])
    expect(sentInAddress(search)).toBeNull();
});
