// The receipt that every answer carries: the snapshot that it comes from, the scope's fingerprint and the tables that were read.
import { describe, expect, test } from "vitest";
import { roles, useShopGraph } from "./shopGraph.ts";
import { useGraph } from "./useGraph.ts";

const months = "{ metrics { nodes { month orders } totals { orders } totalCount } }";

describe("of the shop", () => {
  const { answer, dataOf, warehouse } = useShopGraph();

  test("says the same as dataset", async () => {
    const { data, receipt } = await answer(
      "{ kpis { orders } dataset { snapshot asOf dataFrom dataThrough publishedAt } me { scopeFingerprint } }",
      roles.crm,
    );
    const { sources, policy, scoped, notices, ...published } = receipt ?? {};
    expect({ scoped, notices }).toEqual({ scoped: true, notices: [] });
    expect(data).toMatchObject({ dataset: published, me: { scopeFingerprint: policy } });
    expect(published).toMatchObject({ snapshot: "1", asOf: "2024-08-21", dataThrough: "2024-08-20" });
    expect(sources?.length).toBeGreaterThan(0);
  });

  test("names tables that exist, and no SQL but for operators", async () => {
    const query =
      "{ kpis { orders } customers(first: 2) { nodes { id rfm { code } sales(first: 1) { nodes { product } } } } }";
    const { rows } = await warehouse().owner.query<{ name: string }>("SELECT tablename AS name FROM pg_tables");
    const tables = rows.map(({ name }) => name);
    for (const role of Object.values(roles)) {
      if (!role.customerLevel) continue;
      const { receipt } = await answer(query, role);
      expect(tables).toEqual(expect.arrayContaining([...(receipt?.sources ?? ["none"])]));
      expect(receipt?.sources).toEqual(expect.arrayContaining(["fact_sales", "rfm_segments"]));
      expect(receipt?.sources).toEqual(receipt?.sources.toSorted());
      expect(receipt && "statements" in receipt).toBe(role.operator);
    }
  });

  test("shows operators each statement with what it read and what it could not", async () => {
    const { receipt, statements } = await answer(months);
    expect(receipt?.statements).toHaveLength(statements);
    for (const { sql, sources } of receipt?.statements ?? []) {
      expect(sql).toMatch(/\bSELECT\b/);
      expect(sources.length).toBeGreaterThan(0);
      for (const source of sources) expect(sql).toContain(source);
    }
    const byProduct = await answer("{ metrics { nodes { product orders } } }");
    expect(byProduct.receipt?.sources).toEqual(["fact_sales"]);
    const [statement] = byProduct.receipt?.statements ?? [];
    expect(statement?.notUsed.map(({ source }) => source)).toContain("sales_order");
    for (const { why } of statement?.notUsed ?? []) expect(why).toMatch(/\w/);
  });

  test("is the same for the same question, however often and beside whatever it is asked", async () => {
    const query = `{ ${["FR", "DE", "ES"].map((at) => `${at}: metrics(where: { product: { eq: "${at}" } }) { nodes { month orders } }`).join(" ")}
      customers { nodes { id name segment { orders } executive: segment(scheme: EXECUTIVE) { customers } sales(first: 2) { totalCount } } } kpis { orders } }`;
    const [one, two, three] = await Promise.all([answer(query), answer(query), answer(query)]);
    expect(one.errors).toEqual([]);
    expect(one.receipt?.statements?.length).toBeGreaterThan(4);
    expect(two.receipt).toEqual(one.receipt);
    expect(three.receipt).toEqual(one.receipt);
    expect((await answer("{ a: kpis { orders } b: kpis { orders } }")).receipt?.statements).toHaveLength(1);
  });

  test("belongs to whatever was answered; where nothing is, there is none", async () => {
    expect((await answer("{ me { role } }", roles.executive)).receipt).toMatchObject({ snapshot: "1", sources: [] });
    const refused = await answer("{ kpis { orders } customers { totalCount } }", roles.executive);
    expect(refused).toMatchObject({ data: null, codes: ["FORBIDDEN"] });
    expect(refused.receipt).toBeUndefined();
  });

  test("is of the snapshot that a cursor goes on at", async () => {
    const data = await dataOf("{ metrics(first: 1) { nodes { month } pageInfo { endCursor } } }");
    const { pageInfo } = data.metrics as { pageInfo: { endCursor: string } };
    const after = pageInfo.endCursor;
    await warehouse().loadText(
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,P,CUP,2,1/25/2025 10:00,5,ada,France\n",
    );
    const query = "query ($after: String) { metrics(first: 1, after: $after) { nodes { month } } }";
    expect(await answer(query, roles.admin, { after })).toMatchObject({
      data: { metrics: { nodes: [{ month: "2024-02" }] } },
      receipt: { snapshot: "1", dataThrough: "2024-08-20" },
    });
    expect((await answer(query)).receipt).toMatchObject({ snapshot: "2", dataThrough: "2025-01-25" });
  });

  test.each([
    "{ __typename }",
    "{ __schema { queryType { name } } }",
    "query ($no: Boolean = false) { __typename kpis @include(if: $no) { orders } }",
  ])("belongs to no answer that is about the schema alone, and nothing is read for it: %s", async (query) => {
    expect(await answer(query)).toMatchObject({ receipt: undefined, publishedReads: 0, statements: 0, codes: [] });
  });

  test.each([
    ["{ kpi }", {}],
    [
      "{ metrics(first: 10000) { nodes { month previous { month previous { month previous { month previous { month } } } } } } }",
      {},
    ],
    ["query ($n: Int!) { metrics(first: $n) { totalCount } }", { n: "x" }],
  ])("belongs to no request that was refused before it was run: %s", async (query, variables) => {
    const refused = await answer(query, roles.admin, variables);
    expect(refused).toMatchObject({ receipt: undefined, publishedReads: 0, statements: 0 });
    expect(refused.codes).toHaveLength(1);
  });
});

describe("before anything is published", () => {
  const { answer } = useGraph(async () => {});

  test("there is none, and who asks is told all the same", async () => {
    expect(await answer("{ me { role } }")).toMatchObject({
      data: { me: { role: "admin" } },
      receipt: undefined,
      codes: [],
    });
    expect(await answer("{ kpis { orders } }")).toMatchObject({ receipt: undefined, codes: ["WAREHOUSE_UNAVAILABLE"] });
  });
});
