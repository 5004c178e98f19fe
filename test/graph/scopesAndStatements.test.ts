// What lies outside a scope is refused, an answer costs as many statements as its document names, whatever the lists, and comes whole from
// one snapshot.
import { describe, expect, test } from "vitest";
import { adminScope } from "../support/testWarehouse.ts";
import { aggregates, belgium, lines, useSmallGraph } from "./useSmallGraph.ts";

const { answer, dataOf, publish } = useSmallGraph();

describe("what lies outside the scope", () => {
  test.each([
    '{ kpis(where: { country: { eq: "France" } }) { currency } }',
    '{ segments(where: { country: { eq: "Atlantis" } }) { key } }',
    '{ revenueByMonth(from: "1999-01", to: "1999-02", where: { country: { eq: "France" } }) { month } }',
    '{ cohorts(where: { country: { in: ["Belgium", "France"] } }) { month } }',
    '{ revenueByCountry(where: { country: { eq: "France" } }) { country } }',
    '{ customers(where: { country: { eq: "France" } }) { totalCount } }',
    '{ factSales(where: { country: { eq: "France" } }) { totalCount } }',
  ])("is refused even where no figure is selected: %s", async (query) => {
    expect((await answer(query, belgium)).codes).toEqual(["FORBIDDEN"]);
  });

  test("single customers, for who sees aggregates only", async () => {
    const query = "{ segments { key customersConnection { totalCount } } }";
    expect((await answer(query, aggregates)).codes).toContain("FORBIDDEN");
    expect(await dataOf("{ kpis { orders } dataset { account { read } } me { hiddenMembers } }", aggregates)).toEqual({
      kpis: { orders: 5 },
      dataset: { account: null },
      me: { hiddenMembers: expect.arrayContaining(["customerId", "recencyDays"]) },
    });
  });
});

describe("statements", () => {
  const profile = (first: number) =>
    `{ customers(first: ${first}) { nodes { id name rfm { code } orders segmentKey segment { key customers } executive: segment(scheme: EXECUTIVE) { orders } sales(first: 10) { nodes { id } } } } }`;

  test("are as many for one customer as for a thousand", async () => {
    const [one, many] = await Promise.all([answer(profile(1)), answer(profile(1_000))]);
    expect([one.codes, many.codes]).toEqual([[], []]);
    // The list, the attributes, the segments of two schemes, the lines.
    expect(one.statements).toBe(5);
    expect(many.statements).toBe(5);
  });

  test("none where nothing of the warehouse is selected", async () => {
    expect((await answer("{ me { role } kpis { currency } segments { key name } cohorts { month } }")).statements).toBe(
      0,
    );
  });

  test("one for the same question asked twice", async () => {
    expect((await answer("{ a: kpis { orders } b: kpis { orders } }")).statements).toBe(1);
  });
});

test("pages go on at the snapshot where they began, and the whole document with them", async () => {
  const first = await dataOf("{ customers(first: 1) { pageInfo { endCursor hasNextPage hasPreviousPage } } }");
  const customers = first?.customers as { pageInfo: { endCursor: string } };
  const { pageInfo } = customers;
  expect(pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  await publish([...lines, "1008,P1,CUP,1,4/3/2011 12:00,5,dee,France"]);

  const query = `query ($after: String) { customers(first: 1, after: $after) { nodes { id } pageInfo { hasPreviousPage } } kpis { orders } }`;
  expect((await answer(query, adminScope, { after: pageInfo.endCursor })).data).toEqual({
    customers: { nodes: [{ id: "bo" }], pageInfo: { hasPreviousPage: true } },
    kpis: { orders: 5 },
  });
  expect(await dataOf("{ kpis { orders } }")).toEqual({ kpis: { orders: 6 } });
});
