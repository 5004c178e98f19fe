// Members by sensitivity: who has no use for figures gets lists of customers and lines without them, by whatever door they are asked for;
// who has no use for what is personal gets figures. And masks: a name is null, or made up.
import { describe, expect, test } from "vitest";
import type { Scope } from "../../src/model/scope.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf, warehouse } = useShopGraph();

const withoutFigures: Scope = {
  ...roles.admin,
  role: "support",
  operator: false,
  members: ["public", "personal"],
  fingerprint: "support",
};
const withoutPersons: Scope = {
  ...roles.admin,
  role: "planner",
  operator: false,
  members: ["public", "commercial"],
  fingerprint: "planner",
};
const renamed: Scope = {
  ...roles.analyst,
  role: "study",
  masks: { customerName: "pseudonym" },
  fingerprint: "study",
};
const forbidden = { codes: ["FORBIDDEN"], statements: 0 };

describe("without figures", () => {
  test("customers and lines are listed all the same, by id", async () => {
    const query =
      "{ customers(first: 3) { nodes { id recencyDays country rfm { code } sales(first: 1) { nodes { id kind orderDate } } } } }";
    expect(await dataOf(query, withoutFigures)).toEqual(await dataOf(query));
    const lines = "{ factSales(first: 3) { nodes { id invoice orderedAt lineType customerId } } }";
    expect(await dataOf(lines, withoutFigures)).toEqual(await dataOf(lines));
    const byId = "{ customers(first: 2, orderBy: [{ field: ID, direction: DESC }]) { nodes { id } } }";
    expect(await dataOf(byId, withoutFigures)).toEqual(await dataOf(byId));
    const recent =
      "{ customers(where: { recencyDays: { lt: 100 } }, orderBy: [{ field: RECENCY_DAYS }]) { nodes { id } } }";
    expect(await dataOf(recent, withoutFigures)).toEqual(await dataOf(recent));
  });

  test.each([
    "{ kpis { currency } }",
    "{ revenueByMonth { month } }",
    "{ revenueByCountry { country } }",
    "{ segments { key } }",
    "{ cohorts { month } }",
    "{ metrics { nodes { month } } }",
    "{ churnRisk { nodes { id } } }",
    "{ customers { totalCount } }",
    "{ customers { nodes { orders } } }",
    "{ customers { nodes { cohortMonth } } }",
    "{ customers { edges { node { segment { grossRevenue } } } } }",
    "{ customers(where: { orders: { gte: 2 } }) { nodes { id } } }",
    "{ customers(where: { grossRevenue: { gte: 2 } }) { nodes { id } } }",
    '{ customers(where: { cohortMonth: { eq: "2024-01" } }) { nodes { id } } }',
    '{ customers(where: { country: { eq: "France" } }) { nodes { id } } }',
    "{ customers(orderBy: [{ field: ID }, { field: ORDERS }]) { nodes { id } } }",
    "{ customers(orderBy: [{ field: NET_REVENUE }]) { nodes { id } } }",
    "{ factSales { nodes { quantity } } }",
    "{ factSales { nodes { amount } } }",
    "{ factSales { nodes { product } } }",
    "{ factSales { totalCount } }",
    '{ factSales(where: { product: { eq: "P1" } }) { nodes { id } } }',
    '{ factSales(where: { category: { eq: "x" } }) { nodes { id } } }',
    "{ customers(first: 1) { nodes { sales { nodes { unitPrice } } } } }",
  ])("%s is refused", async (query) => {
    const { codes, data } = await answer(query, withoutFigures);
    expect(new Set(codes)).toEqual(new Set(["FORBIDDEN"]));
    expect(JSON.stringify(data)).not.toMatch(/"(orders|quantity|amount|unitPrice|totalCount|product|cohortMonth)"/);
  });

  test("the catalogue and the viewer say so", async () => {
    const data = await dataOf("{ catalog { measures { name } } me { members masked hiddenMembers } }", withoutFigures);
    expect(data).toEqual({
      catalog: {
        measures: ["firstPurchaseAt", "lastPurchaseAt", "recencyDays", "latestCountry", "countries"].map((name) => ({
          name,
        })),
      },
      me: {
        members: ["public", "personal"],
        masked: [],
        hiddenMembers: expect.arrayContaining(["grossRevenue", "trailingNetRevenue", "country", "product"]),
      },
    });
  });
});

describe("without what is personal", () => {
  test("customers are listed with their figures and without a name", async () => {
    const query =
      "{ customers(first: 3, orderBy: [{ field: GROSS_REVENUE }]) { totalCount nodes { id orders netRevenue } } }";
    expect(await dataOf(query, withoutPersons)).toEqual(await dataOf(query));
    expect(await dataOf("{ customers(first: 1) { nodes { name } } }", withoutPersons)).toEqual({
      customers: { nodes: [{ name: null }] },
    });
    const one = (await dataOf("{ customers(first: 1) { nodes { id } } }")) as {
      customers: { nodes: { id: string }[] };
    };
    const query1 = `{ customer(id: "${one.customers.nodes[0]?.id}") { id orders segment { key orders } } factSales(first: 2) { nodes { id amount } } }`;
    expect(await dataOf(query1, withoutPersons)).toEqual(await dataOf(query1));
  });

  test.each([
    "{ metrics { nodes { customerId orders } } }",
    '{ metrics(where: { customerId: { eq: "1" } }) { nodes { orders } } }',
    '{ factSales(where: { customerId: { eq: "1" } }) { nodes { id } } }',
    "{ customers(where: { recencyDays: { lt: 3 } }) { nodes { id } } }",
    '{ customers(where: { lastPurchaseDate: { gte: "2024-01-01" } }) { nodes { id } } }',
    "{ customers(orderBy: [{ field: LAST_PURCHASE_DATE }]) { nodes { id } } }",
    "{ customers(first: 1) { nodes { id countries } } }",
    "{ churnRisk { nodes { id } } }",
  ])("%s is refused", async (query) => {
    expect(new Set((await answer(query, withoutPersons)).codes)).toEqual(new Set(["FORBIDDEN"]));
  });

  test("the viewer is told that names are hidden", async () => {
    const { me } = (await dataOf("{ me { hiddenMembers } }", withoutPersons)) as { me: { hiddenMembers: string[] } };
    expect(me.hiddenMembers).toEqual(expect.arrayContaining(["customerId", "recencyDays", "customerName"]));
  });
});

test("without single customers nothing of theirs is had by asking for it from inside", async () => {
  for (const query of ["{ customers { nodes { id } } }", '{ customer(id: "1") { id } }'])
    expect(await answer(query, roles.executive)).toMatchObject(forbidden);
});

describe("a made-up name", () => {
  const names = async (scope: Scope) => {
    const data = await dataOf("{ customers(first: 1000) { nodes { id name } } }", scope);
    return (data.customers as { nodes: { id: string; name: string | null }[] }).nodes;
  };

  test("is another one for each customer, and always the same one", async () => {
    const first = await names(renamed);
    expect(first.length).toBeGreaterThan(5);
    for (const { name } of first) expect(name).toMatch(/^Customer [0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    expect(new Set(first.map(({ name }) => name)).size).toBe(first.length);
    expect(await names(renamed)).toEqual(first);
    expect(await names({ ...renamed, role: "other", countries: null, fingerprint: "other" })).toEqual(first);
  });

  test("is there whether or not a real one is stored, which is not read", async () => {
    const [first] = await names(renamed);
    await warehouse().owner.query(
      "INSERT INTO dim_customer (snapshot_id, customer_key, name) SELECT max(snapshot_id), $1, 'Real Name' FROM published_snapshot",
      [first?.id],
    );
    expect((await names(roles.admin)).find(({ id }) => id === first?.id)?.name).toBe("Real Name");
    expect((await names(roles.analyst)).map(({ name }) => name)).not.toContain("Real Name");
    expect((await names(renamed))[0]).toEqual(first);
    const { traces } = await answer("{ customers { nodes { id name rfm { code } } } }", renamed);
    expect(traces.length).toBeGreaterThan(1);
    for (const { sources } of traces) expect(sources).not.toContain("dim_customer");
  });

  test("is among what the viewer does not see as it is", async () => {
    expect(await dataOf("{ me { masked hiddenMembers } }", renamed)).toEqual({
      me: { masked: ["customerName"], hiddenMembers: ["customerName"] },
    });
  });
});
