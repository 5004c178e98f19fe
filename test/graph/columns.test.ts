// Pages by columns: value for value what the pages of objects hold, for every role, under random filters, page after page; what is not selected
// is not read, and what may not be seen is refused in the same words.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scope } from "../../src/model/scope.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf } = useShopGraph();

const renamed: Scope = {
  ...roles.admin,
  role: "renamed",
  masks: { customerName: "pseudonym" },
  fingerprint: "renamed",
};
const seeing: readonly Scope[] = [roles.admin, roles.analyst, roles.country_manager, roles.crm, renamed];

const lineFields = [
  ...["id", "invoice", "orderedAt", "orderDate", "product", "description", "category", "kind", "lineType"],
  ...["quantity", "unitPrice", "amount", "customerId", "country", "segmentKey"],
];
const customerFields = [
  ...["id", "name", "country", "countries", "firstPurchaseDate", "lastPurchaseDate", "recencyDays", "orders"],
  ...["units", "grossRevenue", "netRevenue", "returnsValue", "averageOrderValue", "cohortMonth", "segmentKey"],
];

type Page = {
  nodes: Record<string, unknown>[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: number;
};
type Columns = Record<string, unknown> & { count: number; hasNextPage: boolean; endCursor: string | null };

/** The nodes of a page, put together again from its columns; a column that is hidden as a whole is one of nulls. */
function nodesOf(columns: Columns, fields: readonly string[]): Record<string, unknown>[] {
  for (const field of fields) {
    const column = columns[field];
    if (column !== null) expect((column as unknown[]).length, field).toBe(columns.count);
  }
  return Array.from({ length: columns.count }, (_, at) =>
    Object.fromEntries(fields.map((field) => [field, (columns[field] as unknown[] | null)?.[at] ?? null])),
  );
}

async function expectSame(
  [list, columns]: readonly [string, string],
  fields: readonly string[],
  args: string,
  scope: Scope,
): Promise<Page> {
  const given = args === "" ? "" : `(${args})`;
  const objects = await dataOf(
    `{ ${list}${given} { nodes { ${fields.join(" ")} } pageInfo { hasNextPage endCursor } totalCount } }`,
    scope,
  );
  const byColumns = await dataOf(
    `{ ${columns}${given} { ${fields.join(" ")} count hasNextPage endCursor totalCount } }`,
    scope,
  );
  const page = objects[list] as Page;
  const found = byColumns[columns] as Columns;
  expect(nodesOf(found, fields)).toEqual(page.nodes);
  expect({ hasNextPage: found.hasNextPage, endCursor: found.endCursor, totalCount: found.totalCount }).toEqual({
    ...page.pageInfo,
    totalCount: page.totalCount,
  });
  return page;
}

const someOf = (fields: readonly string[]) => fc.subarray([...fields], { minLength: 1 });
const condition = (name: string, values: readonly string[]) =>
  fc.oneof(
    fc.constant(""),
    fc.constantFrom(...values).map((value) => `${name}: ${value}`),
  );

describe("lines", () => {
  const filters = fc
    .tuple(
      condition("country", ['{ eq: "France" }', '{ in: ["France", "Belgium"] }', '{ eq: "" }']),
      condition("month", ['{ gte: "2024-02", lt: "2024-05" }']),
      condition("lineType", ["{ in: [PRODUCT, POSTAGE] }", "{ eq: GIFT_CARD }"]),
      condition("customerType", ["GUEST", "IDENTIFIED"]),
      condition("cohortMonth", ['{ gte: "2024-01", lt: "2024-03" }']),
    )
    .map((parts) => parts.filter((part) => part !== "").join(", "));

  test("by columns are those of the list, whatever is filtered and however long the page is", async () => {
    const pages = fc.record({
      where: filters,
      first: fc.constantFrom(1, 3, 40, 1000),
      fields: someOf(lineFields),
      scope: fc.constantFrom(...seeing),
    });
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(pages, async ({ where, first, fields, scope }) => {
        // Of a country outside of the scope both refuse to tell.
        const isAsked = where.includes("France") || !where.includes("country") || scope.countries === null;
        if (!isAsked) return;
        const args = `first: ${first}${where === "" ? "" : `, where: { ${where} }`}`;
        rows += (await expectSame(["factSales", "factSalesColumns"], fields, args, scope)).nodes.length;
      }),
      { seed: 6, numRuns: 80 },
    );
    expect(rows).toBeGreaterThan(500);
  });

  test.each(seeing.map((scope) => [scope.role, scope] as const))(
    "of %s come once each, page after page",
    async (_, scope) => {
      const whole = await dataOf("{ factSales(first: 1000) { nodes { id } } }", scope);
      const expected = (whole.factSales as Page).nodes.map(({ id }) => id);
      const seen: unknown[] = [];
      let after: string | null = null;
      // Every other page as objects: each goes on where the other stopped.
      for (let nth = 0; nth === 0 || after !== null; nth += 1) {
        const args = `first: 7${after === null ? "" : `, after: "${after}"`}`;
        if (nth % 2 === 0) {
          const page = (await dataOf(`{ factSalesColumns(${args}) { id endCursor hasNextPage } }`, scope))
            .factSalesColumns as Columns;
          seen.push(...(page.id as unknown[]));
          after = page.hasNextPage ? page.endCursor : null;
        } else {
          const page = (
            await dataOf(`{ factSales(${args}) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`, scope)
          ).factSales as Page & { edges: { node: { id: string } }[] };
          seen.push(...page.edges.map(({ node }) => node.id));
          after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
        }
      }
      expect(seen).toEqual(expected);
      expect(new Set(seen).size).toBe(seen.length);
    },
  );

  test("have the cursors of the list at each of its places", async () => {
    const { factSales } = await dataOf(
      "{ factSales(first: 5) { edges { cursor node { id } } pageInfo { startCursor endCursor } } }",
    );
    const { edges, pageInfo } = factSales as Page & {
      edges: { cursor: string; node: { id: string } }[];
      pageInfo: { startCursor: string };
    };
    expect(edges[0]?.cursor).toBe(pageInfo.startCursor);
    expect(edges[4]?.cursor).toBe(pageInfo.endCursor);
    const ends = await dataOf("{ factSales(first: 5) { pageInfo { startCursor endCursor } } }");
    expect(ends.factSales).toEqual({ pageInfo: { startCursor: pageInfo.startCursor, endCursor: pageInfo.endCursor } });
    const next = await dataOf(`{ factSalesColumns(first: 1, after: "${edges[2]?.cursor}") { id } }`);
    expect(next.factSalesColumns).toEqual({ id: [edges[3]?.node.id] });
  });

  test("are those of a customer's own list, which is read line by line", async () => {
    const { customers } = await dataOf("{ customers { nodes { id } } }");
    const sold = lineFields.join(" ");
    for (const { id } of (customers as Page).nodes.slice(0, 8)) {
      const { customer, factSales } = await dataOf(
        `{ customer(id: "${id}") { sales(first: 1000) { nodes { ${sold} } } }
           factSales(first: 1000, where: { customerId: { eq: "${id}" } }) { nodes { ${sold} } } }`,
      );
      const own = (customer as { sales: Page }).sales.nodes;
      expect(own.length).toBeGreaterThan(0);
      expect(own.toReversed()).toEqual((factSales as Page).nodes);
    }
  });

  test("an empty page has empty columns", async () => {
    const query = `{ factSalesColumns(where: { country: { in: [] } }) { ${lineFields.join(" ")} count hasNextPage endCursor totalCount } }`;
    expect((await dataOf(query)).factSalesColumns).toEqual({
      ...Object.fromEntries(lineFields.map((field) => [field, []])),
      count: 0,
      hasNextPage: false,
      endCursor: null,
      totalCount: 0,
    });
  });

  test("only what is selected is read, in one statement", async () => {
    const sqlOf = async (fields: string) => {
      const { traces, statements, errors } = await answer(`{ factSalesColumns { ${fields} } }`);
      expect([statements, errors]).toEqual([1, []]);
      return traces[0] ?? { sql: "", sources: [] };
    };
    const amounts = await sqlOf("amount");
    expect(amounts.sources).toEqual(["fact_sales"]);
    expect(amounts.sql).toContain("trim_scale(f.amount)");
    for (const other of ["unit_price)", "json_agg", "array_agg", "rfm_segments", "dim_product"])
      expect(amounts.sql).not.toContain(other);
    expect((await sqlOf("segmentKey")).sources).toEqual(["fact_sales", "rfm_segments"]);
    expect((await sqlOf("description")).sources).toEqual(["fact_sales", "dim_product"]);
    expect((await sqlOf("count endCursor")).sql).not.toContain("string_agg");
    const { statements } = await answer("{ factSalesColumns { amount totalCount } }");
    expect(statements).toBe(2);
    const { traces } = await answer("{ factSales { nodes { amount } } }");
    expect(traces[0]?.sql).toBe(amounts.sql);
  });
});

describe("customers", () => {
  test("by columns are those of the list, whatever is filtered and ordered by", async () => {
    const pages = fc.record({
      where: condition("where", [
        "{ orders: { gte: 2 } }",
        '{ grossRevenue: { lt: "100" } }',
        '{ cohortMonth: { gte: "2024-02" } }',
        '{ country: { in: ["France"] } }',
      ]),
      orderBy: condition("orderBy", [
        "[{ field: GROSS_REVENUE, direction: DESC }]",
        "[{ field: ORDERS }, { field: ID, direction: DESC }]",
      ]),
      first: fc.constantFrom(1, 4, 50, 1000),
      fields: someOf(customerFields),
      scope: fc.constantFrom(...seeing),
    });
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(pages, async ({ where, orderBy, first, fields, scope }) => {
        const args = [`first: ${first}`, where, orderBy].filter((part) => part !== "").join(", ");
        rows += (await expectSame(["customers", "customersColumns"], fields, args, scope)).nodes.length;
      }),
      { seed: 7, numRuns: 60 },
    );
    expect(rows).toBeGreaterThan(300);
  });

  test("have scores and segments of each scheme, in one statement more", async () => {
    const query = "first: 1000";
    const { customers } = await dataOf(
      `{ customers(${query}) { nodes { rfm { recency frequency monetary code } e: segmentKey(scheme: EXECUTIVE) } } }`,
    );
    const by = await answer(
      `{ customersColumns(${query}) { count rfm { recency frequency monetary code } e: segmentKey(scheme: EXECUTIVE) name } }`,
    );
    const { rfm, e, count } = (by.data as Record<string, unknown>).customersColumns as Columns & {
      rfm: Record<string, unknown[]>;
      e: unknown[];
    };
    const nodes = Array.from({ length: count }, (_, at) => ({
      rfm: Object.fromEntries(Object.entries(rfm).map(([name, column]) => [name, column[at]])),
      e: e[at],
    }));
    expect(nodes).toEqual((customers as Page).nodes);
    expect(by.statements).toBe(2);
  });

  test("up to 10,000 to a page", async () => {
    expect((await answer("{ customersColumns(first: 10000) { count } }")).codes).toEqual([]);
    expect((await answer("{ customersColumns(first: 10001) { count } }")).errors[0]?.message).toBe(
      "`first` is 10001; it must be from 1 to 10,000.",
    );
  });

  test("names are hidden as a column where they are hidden one by one", async () => {
    expect((await dataOf("{ customersColumns { name } }", roles.analyst)).customersColumns).toEqual({ name: null });
    const made = (await dataOf("{ customersColumns(first: 2) { name } }", renamed)).customersColumns as Columns;
    expect(made.name).toEqual([expect.stringMatching(/^Customer /), expect.stringMatching(/^Customer /)]);
  });
});

describe("what may not be seen", () => {
  const noFigures: Scope = { ...roles.admin, operator: false, members: ["public", "personal"], fingerprint: "none" };
  const smallest: Scope = {
    ...roles.admin,
    customerLevel: false,
    minimumCustomers: 5,
    operator: false,
    fingerprint: "smallest",
  };
  const refused = [{ message: "This is outside of what you may see.", code: "FORBIDDEN", remedy: undefined }];

  test.each([
    ["factSalesColumns { count }", roles.executive],
    ["factSalesColumns { amount }", smallest],
    ["factSalesColumns { country }", noFigures],
    ["customersColumns { count }", roles.executive],
    ["customersColumns { id }", smallest],
    ["customersColumns { orders }", noFigures],
    ["customersColumns { rfm { code } }", noFigures],
    ["customersColumns { totalCount }", noFigures],
    ["customersColumns(orderBy: [{ field: ORDERS }]) { id }", noFigures],
    ['factSalesColumns(where: { country: { eq: "Germany" } }) { id }', roles.country_manager],
    ['factSalesColumns(where: { country: { eq: "Atlantis" } }) { id }', roles.country_manager],
  ])("%s", async (field, scope) => {
    const { data, errors } = await answer(`{ ${field} }`, scope);
    expect([data, errors]).toEqual([null, refused]);
  });

  test("leaves the rest there", async () => {
    const { customersColumns } = await dataOf("{ customersColumns { id country rfm { recency } } }", noFigures);
    expect((customersColumns as Columns).id).not.toEqual([]);
  });
});

test("a page by columns costs what its columns hold", async () => {
  const { errors } = await answer(
    `{ ${Array.from({ length: 8 }, (_, nth) => `a${nth}: factSalesColumns(first: 10000) { ${lineFields.join(" ")} }`).join(" ")} }`,
  );
  expect(errors[0]).toMatchObject({ code: "QUERY_TOO_COSTLY" });
  expect(errors[0]?.message).toContain("1,200,000 values");
  const { errors: rows } = await answer("{ factSalesColumns(first: 50) { id } }", { ...roles.admin, mostRows: 49 });
  expect(rows[0]?.message).toContain("50 rows; the bound of your role is 49");
});
