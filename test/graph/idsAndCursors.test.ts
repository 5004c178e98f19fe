// Ids and cursors carry values. Whatever scope a policy can make: no value of a field that is refused to it, or masked, is in an id or a cursor
// that it is given.
import { isDeepStrictEqual as isEqual } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { scopeOf } from "../../src/access/scopeOf.ts";
import { fatesOf } from "../../src/graph/fieldVisibility.ts";
import { listFieldVisibility } from "../../src/graph/printGraphSchema.ts";
import { catalogDimensions, catalogMeasures, mayUseMember } from "../../src/model/catalog.ts";
import type { Scope } from "../../src/model/scope.ts";
import { useShopGraph } from "./shopGraph.ts";

const { answer, dataOf, warehouse } = useShopGraph();
beforeAll(async () => {
  await warehouse().owner.query(
    `INSERT INTO dim_customer (customer_key, snapshot_id, name)
     SELECT customer_key, snapshot_id, 'Somebody ' || md5(customer_key) FROM rfm_segments`,
  );
});

const policy = parsePolicy(
  `roles:
  vocabulary: {countries: all, segments: all, customerLevel: false, members: [public]}
  figures: {countries: all, segments: all, customerLevel: false}
  smallest: {countries: all, segments: all, customerLevel: false, minimumCustomers: 2}
  persons: {countries: all, segments: all, customerLevel: true, members: [public, personal]}
  personsOfFrance: {inherits: persons, countries: [France, Germany]}
  maskedPersons: {inherits: persons, mask: [customerName]}
  whole: {countries: all, segments: all, customerLevel: true}
  renamed: {inherits: whole, mask: {customerName: pseudonym}}
  segments: {inherits: whole, segments: [AT_RISK, CHURN_RISK]}`,
  "inline",
);
const scopes = policy.roles.map(({ name }) => scopeOf(policy, { role: name, claims: {} }));

const page = "pageInfo { startCursor endCursor }";
const customerOrders = ["ID", "LAST_PURCHASE_DATE", "RECENCY_DAYS", "ORDERS", "UNITS", "GROSS_REVENUE", "NET_REVENUE"];
/** Every list of customers, in each of its orders: what it shows to whom is for the graph to say. */
const customerLists = [
  ...customerOrders.map((field) => `customers(first: 100, orderBy: [{ field: ${field} }])`),
  "churnRisk(first: 100)",
];

type Edge = Readonly<{ cursor: string; node: Readonly<Record<string, unknown>> }>;
/** A row's id, and the parts of it and of its cursor. */
type Carried = Readonly<{ id: string; parts: readonly string[] }>;

/** A cursor is signed text of JSON; an id is made of escaped texts. */
function partsOf(id: string, cursor: string): string[] {
  const [snapshot, question, ...position] = JSON.parse(
    Buffer.from(cursor.slice(0, -22), "base64url").toString("utf8"),
  ) as unknown[];
  expect([typeof snapshot, typeof question]).toEqual(["number", "string"]);
  return [...id.split("/").map(decodeURIComponent), ...position.map(String)];
}

async function carriedBy(list: string, scope: Scope): Promise<readonly Carried[]> {
  const { data } = await answer(`{ list: ${list} { edges { cursor node { id } } ${page} } }`, scope);
  const found = data?.list as { edges: Edge[]; pageInfo: { startCursor: string; endCursor: string } } | null;
  if (!found) return [];
  expect([found.pageInfo.startCursor, found.pageInfo.endCursor]).toEqual(
    found.edges.length === 0 ? [null, null] : [found.edges.at(0)?.cursor, found.edges.at(-1)?.cursor],
  );
  return found.edges.map(({ cursor, node }) => ({ id: String(node.id), parts: partsOf(String(node.id), cursor) }));
}

/** What each row holds, by id, seen by whoever sees everything within the rows of a scope. */
type Held = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** Whether some part tells the value in every row that has one: by chance it does so in some, not in all. */
function isTold(field: string, carried: readonly Carried[], held: Held): boolean {
  const rows = carried
    .map(({ id, parts }) => ({ parts, value: held.get(id)?.[field] }))
    .filter(({ value }) => value !== null && value !== undefined);
  if (new Set(rows.map(({ value }) => JSON.stringify(value))).size < 2) return false;
  const widest = Math.max(...rows.map(({ parts }) => parts.length));
  return Array.from({ length: widest }, (_, at) => at).some((at) =>
    rows.every(({ parts, value }) => [value].flat().some((each) => tells(parts[at] ?? "", String(each)))),
  );
}

/** A longer text may be a part of a part, such as a day of a time; a number of few digits would be in many. */
function tells(part: string, value: string): boolean {
  return part === value || (value.length > 3 && part.replace(" ", "T").includes(value));
}

const customerFields = [
  ...["name", "country", "countries", "firstPurchaseDate", "lastPurchaseDate", "recencyDays", "orders", "units"],
  ...["grossRevenue", "netRevenue", "returnsValue", "averageOrderValue", "cohortMonth"],
];
const lineFields = [
  ...["invoice", "orderedAt", "orderDate", "product", "description", "kind", "lineType", "quantity", "unitPrice"],
  ...["amount", "customerId", "country", "segmentKey"],
];
/** Members that have a value for each customer. */
const members = [...catalogDimensions, ...catalogMeasures].filter(
  ({ name }) => name === "customer" || catalogMeasures.some((measure) => measure.name === name),
);

const whole = scopeOf(policy, { role: "whole", claims: {} });
/** Everything of the rows of a scope. */
const all = ({ countries, segments, fingerprint }: Scope): Scope => ({
  ...whole,
  countries,
  segments,
  fingerprint: `all of ${fingerprint}`,
});

async function heldBy(scope: Scope): Promise<Readonly<{ customers: Held; lines: Held; members: Held }>> {
  const data = (await dataOf(
    `{ customers(first: 1000) { nodes { id ${customerFields.join(" ")} } }
       factSales(first: 1000) { nodes { id ${lineFields.join(" ")} } }
       metrics(where: { customerType: IDENTIFIED }) { nodes { ${members.map(({ shownAs }) => shownAs).join(" ")} } } }`,
    all(scope),
  )) as Record<string, { nodes: Record<string, unknown>[] }>;
  const byId = (rows: readonly Record<string, unknown>[] = [], key = "id") =>
    new Map(rows.map((row) => [String(row[key]), row]));
  return {
    customers: byId(data.customers?.nodes),
    lines: byId(data.factSales?.nodes),
    members: byId(data.metrics?.nodes, "customerId"),
  };
}

describe.each(scopes)("$role", (scope) => {
  test("is told in no id and no cursor what it is refused", async () => {
    const held = await heldBy(scope);
    const fates = fatesOf(await listFieldVisibility(), scope);
    const isKept = (at: string) =>
      fates.get(at) !== "shown" || (at === "Customer.name" && scope.masks.customerName !== undefined);
    // the median of a single customer is that customer's own value, which may be shown
    const usable = members.filter(({ name }) => mayUseMember(name, scope));
    const isUsable = (shownAs: string) =>
      usable.some((other) => [...held.members.values()].every((row) => isEqual(row[shownAs], row[other.shownAs])));
    const unusable = members.filter(({ name, shownAs }) => !mayUseMember(name, scope) && !isUsable(shownAs));
    for (const list of customerLists) {
      const carried = await carriedBy(list, scope);
      for (const field of customerFields.filter((name) => isKept(`Customer.${name}`)))
        expect(isTold(field, carried, held.customers), `${list}: ${field}`).toBe(false);
      for (const { shownAs } of unusable)
        expect(isTold(shownAs, carried, held.members), `${list}: ${shownAs}`).toBe(false);
    }
    const lines = await carriedBy("factSales(first: 1000)", scope);
    for (const field of lineFields.filter((name) => isKept(`FactSale.${name}`)))
      expect(isTold(field, lines, held.lines), field).toBe(false);
  });
});

test("who sees customers is given ids and cursors, and who sees none is given none", async () => {
  const counts = await Promise.all(
    scopes.map(async (scope) => [
      scope.role,
      (await carriedBy("customers(first: 100)", scope)).length > 3,
      (await carriedBy("factSales(first: 100)", scope)).length > 3,
    ]),
  );
  expect(counts).toEqual([
    ["vocabulary", false, false],
    ["figures", false, false],
    ["smallest", false, false],
    ["persons", true, false],
    ["personsOfFrance", true, false],
    ["maskedPersons", true, false],
    ["whole", true, true],
    ["renamed", true, true],
    ["segments", true, true],
  ]);
});

test("what ids and cursors do carry is found in them", async () => {
  const held = await heldBy(whole);
  const lines = await carriedBy("factSales(first: 1000)", whole);
  const told = lineFields.filter((field) => isTold(field, lines, held.lines));
  expect(told).toEqual(expect.arrayContaining(["invoice", "orderedAt", "orderDate", "customerId", "country"]));
  expect(told).not.toContain("amount");
  for (const [order, field] of [
    ["RECENCY_DAYS", "recencyDays"],
    ["GROSS_REVENUE", "grossRevenue"],
  ] as const) {
    const customers = await carriedBy(`customers(first: 100, orderBy: [{ field: ${order} }])`, whole);
    expect(isTold(field, customers, held.customers)).toBe(true);
    expect(isTold(field, await carriedBy("customers(first: 100)", whole), held.customers)).toBe(false);
  }
});

test("a page of figures has cursors of what it was asked for alone", async () => {
  const figures = scopeOf(policy, { role: "figures", claims: {} });
  const { metrics } = (await dataOf(
    "{ metrics(first: 2, orderBy: [{ member: ORDERS }]) { nodes { country orders } pageInfo { endCursor } } }",
    figures,
  )) as { metrics: { nodes: { country: string; orders: number }[]; pageInfo: { endCursor: string } } };
  const last = metrics.nodes.at(-1);
  expect(partsOf("", metrics.pageInfo.endCursor)).toEqual(["", String(last?.orders), last?.country]);
});
