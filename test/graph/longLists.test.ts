// Long lists in a document, from the outside: what is too long is refused before anything is asked, and what is not is answered.
import { expect, test } from "vitest";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf } = useShopGraph();

const countries = Array.from({ length: 100_000 }, (_, nth) => `Country ${nth}`);
const asking = (times: number) =>
  `query ($c: [String!]) { ${Array.from({ length: times }, (_, nth) => `a${nth}: kpis(where: { country: { in: $c } }) { orders }`).join(" ")} }`;

test("a list that is used again and again counts each time", async () => {
  const began = performance.now();
  const refused = await answer(asking(20), roles.admin, { c: countries });
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(refused).toMatchObject({ codes: ["QUERY_TOO_COSTLY"], statements: 0 });
});

test("one that is too long is refused by name, count and bound", async () => {
  const { errors, statements } = await answer(asking(1), roles.admin, { c: countries });
  expect([statements, errors]).toEqual([
    0,
    [{ message: "`country` lists 100,000 values; the bound is 10,000.", code: "BAD_USER_INPUT", remedy: undefined }],
  ]);
});

test("one of 10,000 is answered, and a scope of as many keeps its rows", async () => {
  const c = [...countries.slice(0, 9_998), "France", "France"];
  expect(await dataOf(asking(2), roles.admin, { c })).toEqual(
    await dataOf(asking(2), { ...roles.admin, countries: c, fingerprint: "long" }, { c }),
  );
  const france = await dataOf(asking(1), roles.admin, { c: ["France"] });
  expect(await dataOf(asking(1), roles.admin, { c })).toEqual(france);
});
