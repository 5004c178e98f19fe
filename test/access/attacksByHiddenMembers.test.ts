// Ways to a member that a role may not use: as a field, an order, a filter, a bound, written out or as a variable. Each is refused in the
// same words; and what has no order and no filter, the customer's name, has none for anybody.
import { describe, expect, test } from "vitest";
import { catalogDimensions, catalogMeasures, memberEnumName } from "../../src/model/catalog.ts";
import { admin } from "../server/demoServer.ts";
import { type Answered, useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop({
  roles: `roles:
  customers: {countries: all, segments: all, customerLevel: true, members: [public, personal]}
  renamed: {countries: all, segments: all, customerLevel: true, mask: {customerName: pseudonym}}
  words: {countries: all, segments: all, customerLevel: false, members: [public]}`,
});

const personal = new Set([
  ...["customerId", "firstPurchaseAt", "lastPurchaseAt", "recencyDays", "latestCountry", "countries"],
  ...["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"],
]);
/** What is about one customer and about the business at once. */
const worth = new Set(["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"]);
const openWords = new Set([
  ...["day", "week", "month", "quarter", "year", "weekday", "hour", "segment", "segmentExecutive", "segmentDetailed"],
  ...["lineType", "customerType"],
]);
const isFigure = (name: string) => !personal.has(name) && !openWords.has(name);

/** Which members each role may not use, by hand. */
const hides: readonly (readonly [string, (name: string) => boolean])[] = [
  ["executive", (name) => personal.has(name)],
  ["customers", (name) => isFigure(name) || worth.has(name)],
  ["words", (name) => !openWords.has(name)],
];

type Door = Readonly<{ query: string; variables?: Record<string, unknown> }>;

/** Every way in which a question can name a measure. */
function doorsOfMeasure(name: string): Door[] {
  const value = memberEnumName(name);
  return [
    { query: `{ metrics { nodes { ${name} } } }` },
    { query: `{ metrics { nodes { orders: ${name} } } }` },
    { query: `{ metrics { edges: nodes { ...row } } } fragment row on MetricRow { ${name} }` },
    { query: `{ metrics { totals { ${name} } } }` },
    { query: `{ metrics { nodes { month previous { ${name} } } } }` },
    { query: `{ metrics { nodes { month yearAgo { ... on MetricRow { ${name} } } } } }` },
    { query: `{ metrics(orderBy: [{ member: ${value} }]) { nodes { month } } }` },
    { query: `{ metrics(orderBy: [{ member: ${value} }]) { totalCount } }` },
    {
      query: "query ($by: [MetricOrder!]) { metrics(orderBy: $by) { nodes { month } } }",
      variables: { by: [{ member: value, direction: "DESC" }] },
    },
    { query: `{ metrics(having: [{ measure: ${value}, gte: "1" }]) { totalCount } }` },
    {
      query: "query ($m: Measure!, $b: Decimal) { metrics(having: [{ measure: $m, lt: $b }]) { nodes { segment } } }",
      variables: { m: value, b: "1" },
    },
  ];
}

/** The same for a dimension, filtered by as the catalogue names its filter. */
function doorsOfDimension(name: string, filter: string): Door[] {
  const value = memberEnumName(name);
  const condition = filter === "customerType" ? "IDENTIFIED" : { in: [] };
  const filtered = (field: string, selection: string): Door => ({
    query: `query ($where: SalesFilter) { ${field}(where: $where) { ${selection} } }`,
    variables: { where: { [filter]: condition } },
  });
  return [
    { query: `{ metrics { nodes { ${name} } } }` },
    { query: `{ metrics { nodes { month: ${name} } totalCount } }` },
    { query: `{ metrics { nodes { month previous { ${name} } } } }` },
    { query: `{ metrics(orderBy: [{ member: ${value} }]) { nodes { ${name} } } }` },
    { query: `query ($by: Member!) { metrics(orderBy: [{ member: $by }]) { totalCount } }`, variables: { by: value } },
    ...[filtered("metrics", "totalCount"), filtered("metrics", "nodes { month }"), filtered("kpis", "orders")],
    ...[filtered("revenueByMonth", "month"), filtered("revenueByCountry", "country"), filtered("cohorts", "month")],
    filtered("segments", "key"),
  ];
}

const members = [
  ...catalogMeasures.map(({ shownAs }) => ({ name: shownAs, doors: doorsOfMeasure(shownAs) })),
  ...catalogDimensions.map(({ shownAs, filteredAs }) => ({
    name: shownAs,
    doors: doorsOfDimension(shownAs, filteredAs),
  })),
];

function expectForbidden({ data, errors }: Answered, door: unknown): void {
  const words = "This is outside of what you may see.";
  expect(errors.length, JSON.stringify(door)).toBeGreaterThan(0);
  for (const { message, extensions } of errors)
    expect({ message, extensions }, JSON.stringify(door)).toEqual({
      message: words,
      extensions: { code: "FORBIDDEN" },
    });
  expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
}

describe.each(hides)("%s", (role, hidesMember) => {
  test.each(members.filter(({ name }) => hidesMember(name)))("$name is refused by every door", async ({ doors }) => {
    for (const door of doors) expectForbidden(await shop.ask({ role }, door.query, door.variables), door);
  });

  test("and what it may use is refused by none of them", async () => {
    const open = members.filter(({ name }) => !hidesMember(name));
    expect(open.length).toBeGreaterThan(8);
    // Without figures there is nobody to ask `metrics`: the row itself is a figure.
    if (role === "customers" || role === "words") return;
    // Each by every third of its doors, all doors among them.
    for (const [nth, { doors }] of open.entries())
      for (const { query, variables } of doors.filter((__, at) => at % 3 === nth % 3)) {
        const { codes, status } = await shop.ask({ role }, query, variables);
        expect(
          codes.filter((code) => code !== "BAD_USER_INPUT"),
          query,
        ).toEqual([]);
        expect(status).toBe(200);
      }
  });
});

/** Each way to a list of customers, with the key of its order or a condition. */
const lists: Readonly<Record<string, (args: string) => string>> = {
  customers: (args) => `{ customers(${args}) { nodes { id } } }`,
  churnRisk: (args) => `{ churnRisk(${args}) { nodes { id } } }`,
  ofSegments: (args) => `{ segments { key customersConnection(${args}) { nodes { id } } } }`,
};
const figuresOfCustomers = {
  orderBy: ["ORDERS", "UNITS", "GROSS_REVENUE", "NET_REVENUE"],
  where: [
    "orders: { gte: 2 }",
    'grossRevenue: { lt: "50" }',
    'country: { in: ["France"] }',
    'cohortMonth: { gte: "2024-02" }',
  ],
};

describe("lists of customers", () => {
  test("may not be sorted or picked by figures that the role does not see, and are there without", async () => {
    const role = "customers";
    for (const key of figuresOfCustomers.orderBy)
      for (const name of ["customers", "ofSegments"]) {
        const query = lists[name]?.(`orderBy: [{ field: ID }, { field: ${key}, direction: DESC }]`) ?? "";
        expectForbidden(await shop.ask({ role }, query), query);
        await shop.dataOf(admin, query);
      }
    for (const condition of figuresOfCustomers.where) {
      const query = lists.customers?.(`where: { ${condition} }`) ?? "";
      expectForbidden(await shop.ask({ role }, query), query);
      await shop.dataOf(admin, query);
    }
    expectForbidden(await shop.ask({ role }, "{ churnRisk { nodes { id } } }"), "churnRisk");
    const listed = await shop.dataOf<{ customers: { nodes: unknown[] } }>({ role }, "{ customers { nodes { id } } }");
    expect(listed.customers.nodes).toHaveLength(19);
  });

  test("who sees no single customer has none of these lists, sorted or not", async () => {
    for (const args of [
      "first: 5",
      ...Object.values(figuresOfCustomers.where).map((condition) => `where: { ${condition} }`),
    ])
      for (const query of ["customers", "churnRisk"].map((name) => lists[name]?.(args) ?? ""))
        for (const role of ["executive", "partner", "words"]) expectForbidden(await shop.ask({ role }, query), query);
  });
});

describe("the customer's name", () => {
  const doors = (name: string, value: string): Door[] => [
    { query: `{ customers(orderBy: [{ field: ${value} }]) { nodes { id } } }` },
    {
      query: "query ($f: CustomerOrderField!) { customers(orderBy: [{ field: $f }]) { totalCount } }",
      variables: { f: value },
    },
    { query: `{ customers(where: { ${name}: { eq: "Name of 12001" } }) { nodes { id } } }` },
    {
      query: "query ($w: CustomerFilter) { churnRisk(where: $w) { totalCount } }",
      variables: { w: { [name]: { eq: "x" } } },
    },
    { query: `{ segments { customersConnection(orderBy: [{ field: ${value} }]) { totalCount } } }` },
    { query: `{ kpis(where: { ${name}: { eq: "Name of 12001" } }) { orders } }` },
    { query: `{ factSales(where: { ${name}: { in: ["Name of 12001"] } }) { totalCount } }` },
    { query: `{ metrics(orderBy: [{ member: ${value} }]) { totalCount } }` },
    { query: `{ metrics(having: [{ measure: ${value}, gte: "1" }]) { totalCount } }` },
    { query: "query ($m: Member!) { metrics(orderBy: [{ member: $m }]) { totalCount } }", variables: { m: value } },
    { query: `{ metrics { nodes { ${name} } } }` },
  ];

  test("has no order and no filter, and nothing tells it from a word that was made up", async () => {
    for (const role of ["admin", "analyst", "renamed", "executive", "crm"])
      for (const [name, value] of [
        ["name", "NAME"],
        ["customerName", "CUSTOMER_NAME"],
      ] as const) {
        const madeUp = doors("zzzz".padEnd(name.length, "z"), "ZZZZ".padEnd(value.length, "Z"));
        for (const [nth, { query, variables }] of doors(name, value).entries()) {
          const asked = await shop.ask({ role }, query, variables);
          const nobodys = await shop.ask({ role }, madeUp[nth]?.query ?? "", madeUp[nth]?.variables);
          expect(["GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"], query).toContain(asked.codes[0]);
          const plain = (text: string) =>
            text.replaceAll(/\b(zzzz+|name|customerName|ZZZZ+|NAME|CUSTOMER_NAME)\b/g, "…");
          expect(plain(asked.body), query).toBe(plain(nobodys.body));
        }
      }
  });

  test("is never in an answer to whom it is masked or hidden, and its order is nobody's", async () => {
    const query = `{ customers(first: 100) { nodes { id name } } churnRisk { edges { node { called: name ...more } } }
      customer(id: "12009") { name } } fragment more on Customer { name other: name @include(if: true) }`;
    const admins = await shop.ask(admin, query);
    expect(admins.body.match(/Name of 12009/g)?.length).toBeGreaterThan(3);
    const idsOf = ({ data }: Answered) =>
      (data as { customers: { nodes: { id: string }[] } }).customers.nodes.map(({ id }) => id);
    for (const role of ["analyst", "renamed"]) {
      const masked = await shop.ask({ role }, query);
      expect(masked.errors).toEqual([]);
      expect(masked.body).not.toContain("Name of");
      expect(idsOf(masked)).toEqual(idsOf(admins));
    }
    const names = await shop.dataOf<{ customers: { nodes: { name: string }[] } }>(
      { role: "renamed" },
      "{ customers { nodes { name } } }",
    );
    expect(new Set(names.customers.nodes.map(({ name }) => name)).size).toBe(19);
  });
});
