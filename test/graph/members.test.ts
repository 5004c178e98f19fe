// Members by sensitivity: who has no use for figures sees who the customers are, and no line, by whatever door they are asked for; who has no
// use for what is personal gets figures. And masks: a name is null, or made up.
import { describe, expect, test } from "vitest";
import type { Scope } from "../../src/model/scope.ts";
import type { Request } from "../../src/query/request.ts";
import { validate } from "../../src/query/validate.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf, warehouse } = useShopGraph();

const withoutFigures: Scope = {
  ...roles.admin,
  role: "support",
  operator: false,
  members: ["public", "personal"],
  fingerprint: "support",
};
/** What no policy makes: one of the two without the other. */
const halves: readonly Scope[] = [
  { ...roles.admin, operator: false, members: ["public", "commercial"], fingerprint: "without personal" },
  { ...roles.admin, operator: false, customerLevel: false, fingerprint: "without customer level" },
];
const renamed: Scope = {
  ...roles.analyst,
  role: "study",
  masks: { customerName: "pseudonym" },
  fingerprint: "study",
};
const forbidden = { codes: ["FORBIDDEN"], statements: 0 };

describe("without figures", () => {
  test("customers are listed all the same, by id, with all that says who they are", async () => {
    const who = `id name country countries firstPurchaseDate lastPurchaseDate recencyDays cohortMonth rfm { recency }
      segmentKey(scheme: DETAILED) segment { key name }`;
    const query = `{ customers(first: 30) { nodes { ${who} } edges { node { ${who} } } } customer(id: "12009") { ${who} } }`;
    const seen = await dataOf(query, withoutFigures);
    expect(seen).toEqual(await dataOf(query));
    expect(seen.customer).toMatchObject({ cohortMonth: expect.stringMatching(/^2024-/), country: "France" });
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
    "{ customers { nodes { rfm { frequency } } } }",
    "{ customers { nodes { rfm { monetary } } } }",
    "{ customers { nodes { rfm { code } } } }",
    "{ dataset { rfmCutPoints { monetary } } }",
    "{ dataset { rfmCutPoints { frequency } } }",
    "{ customers { edges { node { segment { grossRevenue } } } } }",
    "{ customers(where: { orders: { gte: 2 } }) { nodes { id } } }",
    "{ customers(where: { grossRevenue: { gte: 2 } }) { nodes { id } } }",
    '{ customers(where: { cohortMonth: { eq: "2024-01" } }) { nodes { id } } }',
    '{ customers(where: { country: { eq: "France" } }) { nodes { id } } }',
    "{ customers(orderBy: [{ field: ID }, { field: ORDERS }]) { nodes { id } } }",
    "{ customers(orderBy: [{ field: NET_REVENUE }]) { nodes { id } } }",
    "{ factSales { nodes { id } } }",
    "{ factSales { edges { cursor } } }",
    "{ factSales { pageInfo { endCursor } } }",
    "{ factSales { nodes { quantity } } }",
    "{ factSales { nodes { amount } } }",
    "{ factSales { nodes { product } } }",
    "{ factSales { totalCount } }",
    '{ factSales(where: { product: { eq: "P1" } }) { nodes { id } } }',
    '{ factSales(where: { category: { eq: "x" } }) { nodes { id } } }',
    "{ customers(first: 1) { nodes { sales { nodes { unitPrice } } } } }",
    "{ customers(first: 1) { nodes { sales { edges { cursor } } } } }",
    '{ customer(id: "12009") { sales { nodes { id orderDate } } } }',
  ])("%s is refused", async (query) => {
    const { codes, data } = await answer(query, withoutFigures);
    expect(new Set(codes)).toEqual(new Set(["FORBIDDEN"]));
    expect(JSON.stringify(data)).not.toMatch(/"(orders|quantity|amount|unitPrice|totalCount|product|endCursor)"/);
    expect(JSON.stringify(data)).not.toMatch(/"(cursor|id)"/);
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

describe("without figures, below the graph", () => {
  const page = { first: 1 };
  const ofCustomers = { kind: "metrics", ofCustomers: true, measures: [] } as const;
  test.each<Request>([
    { kind: "lines", page },
    { kind: "customerLines", ids: ["12009"], page },
    { kind: "metrics", measures: [], dimensions: ["customer", "cohortMonth"] },
    { ...ofCustomers, dimensions: ["customer", "country"] },
    { ...ofCustomers, dimensions: ["customer"], where: { cohortMonth: { eq: "2024-01" } } },
    { ...ofCustomers, dimensions: ["customer", "cohortMonth"], orderBy: [{ member: "cohortMonth", direction: "ASC" }] },
  ])("%j is refused", (request) => {
    expect(() => validate(request, roles.admin)).not.toThrow();
    expect(() => validate(request, withoutFigures)).toThrow(/outside/);
  });

  test("customers are not", () => {
    expect(() => validate({ ...ofCustomers, dimensions: ["customer", "cohortMonth"] }, withoutFigures)).not.toThrow();
    expect(() => validate({ kind: "customerAttributes", ids: ["12009"] }, withoutFigures)).not.toThrow();
  });
});

describe("without single customers", () => {
  test.each([
    "{ customers { nodes { id } } }",
    '{ customer(id: "12009") { id } }',
    "{ churnRisk { nodes { id } } }",
    "{ factSales { nodes { amount } } }",
    "{ metrics { nodes { customerId } } }",
    '{ metrics(where: { customerId: { eq: "12009" } }) { nodes { orders } } }',
    "{ metrics(having: [{ measure: RECENCY_DAYS, lt: 3 }]) { nodes { month } } }",
  ])("%s is refused before anything is read, also where only one half of it is lacking", async (query) => {
    for (const scope of [roles.executive, ...halves]) expect(await answer(query, scope)).toMatchObject(forbidden);
  });

  test("the viewer is told which members are hidden", async () => {
    const seen = await Promise.all(
      [roles.executive, ...halves].map((scope) =>
        dataOf("{ me { hiddenMembers } catalog { measures { name } } }", scope),
      ),
    );
    expect(seen[0]?.me).toEqual({ hiddenMembers: expect.arrayContaining(["customerId", "recencyDays"]) });
    for (const other of seen) expect(other).toEqual(seen[0]);
  });
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
