// Rows that leave outside of GraphQL: for each role what it gets by pages, each value as it is; what has no place in a table, or may not be
// seen, is refused.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readGuardedText } from "../../src/server/formatCsvRow.ts";
import { streamFormat } from "../../src/server/streamRows.ts";
import { parseCsv } from "../bin/parseCsv.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { headersOf, openStreamedServer, type Streamed, type StreamedServer } from "./streamedServer.ts";

let warehouse: TestWarehouse;
let served: StreamedServer;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  // The fixture's layout has no names; one that has them would leave them here.
  await warehouse.owner.query(
    `INSERT INTO dim_customer (customer_key, snapshot_id, name)
     SELECT customer_key, snapshot_id, '=Name; of ' || customer_key FROM rfm_segments`,
  );
  served = await openStreamedServer(warehouse.read);
});
afterAll(async () => {
  await served?.close();
  await warehouse?.close();
  expect(served?.faults).toEqual([]);
});

const lists: Readonly<Record<string, Readonly<{ args: string; fields: string; pages: number }>>> = {
  factSales: {
    args: "",
    fields:
      "id invoice orderedAt orderDate product description category kind lineType quantity unitPrice amount customerId country segmentKey",
    pages: 37,
  },
  customers: {
    args: "orderBy: [{ field: NET_REVENUE, direction: DESC }], where: { orders: { gte: 1 } }",
    fields:
      "id name country countries firstPurchaseDate recencyDays orders units grossRevenue netRevenue averageOrderValue cohortMonth segmentKey executive: segmentKey(scheme: EXECUTIVE)",
    pages: 5,
  },
  churnRisk: { args: "", fields: "customer: id name lastPurchaseDate netRevenue segmentKey", pages: 3 },
  metrics: {
    args: 'where: { month: { gte: "2024-01" } }, spine: true',
    fields: "month week: country netRevenue averageOrderValue repeatRate orders customers",
    pages: 6,
  },
};

/** Every row of a list, by pages of JSON. */
async function byPages(role: string, name: string): Promise<Record<string, unknown>[]> {
  const { args, fields, pages } = lists[name] as (typeof lists)[string];
  const rows: Record<string, unknown>[] = [];
  for (let after: string | null = null; ; ) {
    const given = [args, `first: ${pages}`, ...(after === null ? [] : [`after: "${after}"`])]
      .filter(Boolean)
      .join(", ");
    const data = await served.ask(
      role,
      `{ ${name}(${given}) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`,
    );
    const page = data[name] as {
      nodes: Record<string, unknown>[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    };
    rows.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return rows;
    after = page.pageInfo.endCursor;
  }
}

const documentOf = (name: string) => {
  const { args, fields } = lists[name] as (typeof lists)[string];
  return `{ ${name}${args === "" ? "" : `(${args})`} { nodes { ${fields} } } }`;
};

const linesOf = ({ body }: Streamed) =>
  body
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** As CSV shows a value: lists in one field, nothing as an empty one. */
const inCsv = (value: unknown): string | null => {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((text) => String(text).replaceAll(/[\\;]/g, "\\$&")).join(";");
  return String(value);
};

const allowed: Readonly<Record<string, readonly string[]>> = {
  admin: Object.keys(lists),
  analyst: Object.keys(lists),
  renamed: Object.keys(lists),
  manager: Object.keys(lists),
  crm: Object.keys(lists),
  executive: ["metrics"],
  partner: [],
};

describe.each(Object.keys(allowed))("%s", (role) => {
  test.each(Object.keys(lists))("gets %s as by pages, or not at all", async (name) => {
    const documented = documentOf(name);
    if (!allowed[role]?.includes(name)) {
      for (const accept of ["text/csv", "application/jsonl"]) {
        const { status, body, headers } = await served.stream(role, accept, documented);
        expect(status).toBe(403);
        expect(headers["content-type"]).toContain("application/json");
        expect(JSON.parse(body)).toMatchObject({
          errors: [{ message: "This is outside of what you may see.", extensions: { code: "FORBIDDEN" } }],
        });
      }
      return;
    }
    const expected = await byPages(role, name);
    expect(expected.length).toBeGreaterThan(0);

    const lines = await served.stream(role, "application/jsonl", documented);
    expect(lines).toMatchObject({
      status: 200,
      isWhole: true,
      trailers: { "consumer360-rows": String(expected.length) },
    });
    const rows = linesOf(lines);
    expect(rows.pop()).toEqual({
      rows: expected.length,
      snapshot: "1",
      asOf: expect.stringMatching(/^2/),
      currency: "GBP",
      notices: [],
    });
    expect(rows).toEqual(expected);

    const csv = await served.stream(role, "text/csv", documented);
    expect(csv.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8; header=present",
      "consumer360-snapshot": "1",
      "consumer360-currency": "GBP",
      "cache-control": "no-store",
    });
    expect(csv.trailers).toEqual({ "consumer360-rows": String(expected.length) });
    const [head, ...records] = parseCsv(csv.body);
    expect(head).toEqual(Object.keys(expected[0] ?? {}));
    expect(records.map((record) => record.map((field) => field && readGuardedText(field)))).toEqual(
      expected.map((row) => Object.values(row).map(inCsv)),
    );
  });
});

describe("how much", () => {
  const count = async (args: string, variables?: Record<string, unknown>, head = "") => {
    const answer = await served.stream("admin", "text/csv", `${head}{ factSales${args} { nodes { id } } }`, variables);
    return parseCsv(answer.body).length - 1;
  };

  test("all rows, unless `first` is given; and from a cursor on, wherever it comes from", async () => {
    const { factSales } = await served.ask("admin", "{ factSales(first: 30) { totalCount pageInfo { endCursor } } }");
    const { totalCount, pageInfo } = factSales as { totalCount: number; pageInfo: { endCursor: string } };
    expect(await count("")).toBe(totalCount);
    expect(await count("(first: null)")).toBe(totalCount);
    expect(await count("(first: $n)", {}, "query ($n: Int) ")).toBe(totalCount);
    expect(await count("(first: 7)")).toBe(7);
    expect(await count("(first: $n)", { n: 9 }, "query ($n: Int) ")).toBe(9);
    expect(await count("(first: 100000)")).toBe(totalCount);
    expect(await count(`(after: "${pageInfo.endCursor}")`)).toBe(totalCount - 30);
    expect(await count("(where: { country: { in: [] } })")).toBe(0);
  });

  test("a role's limit of rows refuses what is longer, before its first row", async () => {
    const refused = await served.stream("few", "text/csv", "{ factSales { nodes { id } } }");
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body).errors[0]).toMatchObject({
      message: expect.stringMatching(/^The stream has more rows than the 10 that your role may have\.$/),
      extensions: { code: "QUERY_TOO_COSTLY" },
    });
    const { body } = await served.stream("few", "text/csv", "{ factSales(first: 10) { nodes { id } } }");
    expect(parseCsv(body).length).toBe(11);
  });

  test("a role's limit of cost counts the values that leave", async () => {
    const document = "{ factSales(first: 20) { nodes { id amount } } }";
    expect((await served.stream("frugal", "text/csv", document)).status).toBe(200);
    const refused = await served.stream("frugal", "text/csv", document);
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, expect.any(String)]);
  });
});

describe("what is no table", () => {
  test.each([
    ["{ me { role } }", /one list/],
    ["{ loadRuns { nodes { id } } }", /one list/],
    ["{ factSalesColumns { id } }", /one list/],
    ["{ a: factSales { nodes { id } } b: factSales { nodes { id } } }", /one list/],
    ["{ factSales { nodes { id } } me { role } }", /one list/],
    ["{ factSales { nodes { id } totalCount } }", /nothing beside/],
    ["{ factSales { pageInfo { endCursor } } }", /nothing beside/],
    ["{ factSales { edges { cursor } } }", /nothing beside/],
    ["{ factSales { edges { cursor node { id } } } }", /nothing beside/],
    ["{ metrics { totals { orders } } }", /nothing beside/],
    ["{ customers { nodes { id rfm { code } } } }", /`rfm` is not a plain value/],
    ["{ metrics { nodes { month previous { orders } } } }", /`previous` is not a plain value/],
    ["{ customers { nodes { __typename } } }", /`__typename` is not a plain value/],
    ["{ factSales(first: 0) { nodes { id } } }", /`first` is 0/],
    ['{ factSales(after: "nonsense") { nodes { id } } }', /not a cursor/],
    ["{ factSales { nodes { id @skip(if: true) } } }", /no value/],
    ["{ factSales @skip(if: true) { nodes { id } } }", /one list/],
    ["{ factSales { nodes { rows: quantity } } }", /No column of this format can be called `rows`/],
  ])("%s", async (document, words) => {
    const { status, body, headers } = await served.stream("admin", "application/jsonl", document);
    expect([status, headers["content-type"]]).toEqual([400, expect.stringContaining("json")]);
    expect(JSON.parse(body)).toMatchObject({
      errors: [{ message: expect.stringMatching(words), extensions: { code: "BAD_USER_INPUT" } }],
    });
  });

  test("is refused alike whoever asks, and what is hidden is refused as hidden", async () => {
    for (const [role, document] of [
      ["figureless", "{ factSales { nodes { id } } }"],
      ["figureless", "{ customers { nodes { id orders } } }"],
      ["figureless", "{ customers(orderBy: [{ field: ORDERS }]) { nodes { id } } }"],
      ["manager", '{ factSales(where: { country: { eq: "Germany" } }) { nodes { id } } }'],
      ["manager", '{ factSales(where: { country: { eq: "Atlantis" } }) { nodes { id } } }'],
      ["executive", "{ metrics { nodes { customerId orders } } }"],
    ] as const) {
      const { status, body } = await served.stream(role, "text/csv", document);
      expect([status, JSON.parse(body).errors[0].message], document).toEqual([
        403,
        "This is outside of what you may see.",
      ]);
    }
    expect((await served.stream("figureless", "text/csv", "{ customers { nodes { id country } } }")).status).toBe(200);
  });

  test("nor is what GraphQL refuses", async () => {
    const refused = async (document: string, variables?: Record<string, unknown>) => {
      const { status, body } = await served.stream("admin", "text/csv", document, variables);
      return [status, JSON.parse(body).errors[0].extensions.code];
    };
    expect(await refused("{ factSales { nodes { nothing } } }")).toEqual([400, "GRAPHQL_VALIDATION_FAILED"]);
    expect(await refused("{ factSales { nodes")).toEqual([400, "GRAPHQL_PARSE_FAILED"]);
    const typed = "query ($n: Int!) { factSales(first: $n) { nodes { id } } }";
    expect(await refused(typed, { n: "many" })).toEqual([400, "BAD_USER_INPUT"]);
    expect(await refused(typed)).toEqual([400, "BAD_USER_INPUT"]);
  });
});

test("a column that is hidden as a whole is there, and empty", async () => {
  const { body } = await served.stream("analyst", "text/csv", "{ customers(first: 2) { nodes { name } } }");
  expect(body).toBe('name\r\n""\r\n""\r\n');
});

test("a row whose only column is empty is a record all the same", async () => {
  const { body, trailers } = await served.stream("admin", "text/csv", "{ factSales { nodes { customerId } } }");
  const records = body.split("\r\n").slice(1, -1);
  expect(records.filter((record) => record === '""').length).toBeGreaterThan(0);
  expect([records.includes(""), String(records.length)]).toEqual([false, trailers["consumer360-rows"]]);
});

test("fragments, edges, directives and aliases select as they do elsewhere", async () => {
  const { body } = await served.stream(
    "admin",
    "text/csv",
    `query ($no: Boolean = false) { all: factSales(first: 1) { ...c } }
     fragment c on FactSalesConnection { edges { node { ...f ... on FactSale { whence: country } amount @include(if: $no) } } }
     fragment f on FactSale { invoice }`,
  );
  expect(parseCsv(body)[0]).toEqual(["invoice", "whence"]);
});

test("a GET streams as well, where the client may ask by GET at all", async () => {
  const { app } = served.server;
  const url = `/graphql?query=${encodeURIComponent("{ metrics { nodes { month orders } } }")}`;
  const headers = { ...(await headersOf("admin")), accept: "text/csv" };
  expect((await app.inject({ url, headers })).statusCode).toBe(400);
  const { statusCode, body } = await app.inject({ url, headers: { ...headers, "apollo-require-preflight": "1" } });
  expect([statusCode, body.split("\r\n")[0]]).toEqual([200, "month,orders"]);
});

test("a claim that shows nothing says so beside the rows that are none", async () => {
  const csv = await served.stream("claims", "text/csv", "{ factSales { nodes { id } } }");
  expect([csv.status, csv.body]).toEqual([200, "id\r\n"]);
  expect(JSON.parse(decodeURIComponent(String(csv.headers["consumer360-notices"])))).toHaveLength(1);
  const lines = await served.stream("claims", "application/jsonl", "{ factSales { nodes { id } } }");
  expect(linesOf(lines)).toEqual([expect.objectContaining({ rows: 0, notices: [expect.any(String)] })]);
});

test("the audit has of a stream what it has of an answer", async () => {
  served.records.length = 0;
  await served.stream(
    "manager",
    "text/csv",
    '{ customers(where: { country: { eq: "France" } }) { nodes { id name } } }',
  );
  await served.stream("partner", "text/csv", "{ factSales { nodes { id } } }");
  await expect.poll(() => served.records.length).toBe(2);
  const rows = parseCsv(
    (await served.stream("manager", "text/csv", '{ customers(where: { country: { eq: "France" } }) { nodes { id } } }'))
      .body,
  );
  expect(served.records[0]).toMatchObject({
    role: "manager",
    subject: "manager@shop",
    snapshotId: 1,
    asked: { fields: ["customers"], arguments: { customers: [{ where: { country: { eq: "France" } } }] } },
    personal: ["Customer.name", "customerLevel"],
    rows: rows.length - 1,
    outcome: [],
    reason: null,
  });
  expect(served.records[1]).toMatchObject({ role: "partner", personal: [], rows: 0, outcome: ["FORBIDDEN"] });
});

test.each([
  ["text/csv", "text/csv"],
  ["application/jsonl;q=0.5, text/csv;q=0.9", "text/csv"],
  ["application/jsonl", "application/jsonl"],
  ["text/csv, application/json", "text/csv"],
  ["application/json, text/csv", null],
  ["*/*", null],
  ["text/csv;q=0", null],
  ["__proto__", null],
  [undefined, null],
])("Accept: %s", (accept, mediaType) => {
  const found = streamFormat(accept)?.mediaType.split(";")[0] ?? null;
  expect(found).toBe(mediaType);
});
