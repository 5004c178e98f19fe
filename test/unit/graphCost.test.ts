// The cost guard: how a document is weighed, and where the bounds are.
import { type GraphQLSchema, getIntrospectionQuery, Kind, type OperationDefinitionNode, parse } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBareSchema } from "../../src/graph/buildGraphSchema.ts";
import { documentCost } from "../../src/graph/documentCost.ts";
import { guardCost, parseOptions } from "../../src/graph/guardCost.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildBareSchema();
});

function operationOf(query: string) {
  const document = parse(query);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("No operation.");
  return { document, operation };
}

function costOf(query: string, variables: Record<string, unknown> = {}) {
  const { document, operation } = operationOf(query);
  return documentCost(schema, document, operation, variables);
}

function refusalOf(query: string, variables: Record<string, unknown> = {}): string | null {
  const { document, operation } = operationOf(query);
  try {
    guardCost(schema, document, operation, variables);
    return null;
  } catch (error) {
    if (error instanceof Consumer360Error && error.code === "QUERY_TOO_COSTLY") return error.message;
    throw error;
  }
}

describe("the estimate of rows", () => {
  test.each([
    ["{ kpis { orders } }", 1],
    ["{ a: kpis { orders } b: kpis { orders } }", 2],
    ["{ customers { nodes { id } } }", 50],
    ["{ customers(first: 7) { totalCount pageInfo { hasNextPage } nodes { id countries rfm { code } } } }", 7],
    ["{ customers(first: 10) { nodes { sales { nodes { id } } } } }", 10 * (1 + 10)],
    ["{ customers(first: 10) { edges { node { sales(first: 3) { edges { node { id } } } } } } }", 10 * (1 + 3)],
    ["{ customers(first: 10) { nodes { a: sales(first: 3) { totalCount } b: sales(first: 4) { totalCount } } } }", 80],
    ["{ segments { key } }", 15],
    ["{ segments { customersConnection(first: 2) { nodes { id } } } }", 15 * (1 + 2)],
    ["{ customers(first: 2) { nodes { segment { customersConnection(first: 5) { nodes { id } } } } } }", 2 * (1 + 5)],
    ["{ cohorts { month retention { rate } } }", 100 * (1 + 100)],
    ["{ revenueByMonth { month previous { month } } }", 100],
    ["{ __schema { types { name } } }", 0],
  ])("%s", (query, rows) => {
    expect(costOf(query).rows).toBe(rows);
  });

  test("takes variables, their defaults, and the argument's own default where null is given", () => {
    const query = "query ($n: Int = 20) { customers(first: $n) { nodes { id } } }";
    expect(costOf(query).rows).toBe(20);
    expect(costOf(query, { n: 300 }).rows).toBe(300);
    expect(costOf("query ($n: Int) { customers(first: $n) { nodes { id } } }").rows).toBe(50);
    expect(costOf("{ customers(first: null) { nodes { id } } }").rows).toBe(50);
  });

  test("counts a fragment wherever it is spread, and weighs it once", () => {
    const fragment = "fragment F on Customer { sales(first: 5) { nodes { id } } }";
    expect(
      costOf(`{ a: customers(first: 2) { nodes { ...F } } b: customers(first: 3) { nodes { ...F } } } ${fragment}`)
        .rows,
    ).toBe(30);
    const levels = Array.from({ length: 200 }, (_, at) => `fragment F${at} on Kpis { ...F${at + 1} ...F${at + 1} }`);
    expect(costOf(`{ kpis { ...F0 } } ${levels.join(" ")} fragment F200 on Kpis { orders }`).rows).toBe(1);
  });
});

describe("the bounds", () => {
  test("on rows, with the estimate and the bound in the message", () => {
    expect(refusalOf("{ customers(first: 1000) { nodes { sales(first: 199) { nodes { id } } } } }")).toBeNull();
    expect(refusalOf("{ customers(first: 1000) { nodes { sales(first: 200) { nodes { id } } } } }")).toBe(
      "The query may bring an estimated 201,000 rows; the bound is 200,000. Ask for smaller pages.",
    );
    expect(refusalOf("query ($n: Int!) { factSales(first: $n) { nodes { id } } }", { n: 200_001 })).toContain(
      "200,001",
    );
  });

  test("on aliases, which are counted each", () => {
    const many = Array.from({ length: 21 }, (_, at) => `a${at}: factSales(first: 10000) { nodes { id } }`);
    expect(refusalOf(`{ ${many.slice(0, 20).join(" ")} }`)).toBeNull();
    expect(refusalOf(`{ ${many.join(" ")} }`)).toContain("210,000");
  });

  test("on depth", () => {
    const nested = (depth: number) =>
      `{ revenueByMonth { ${"previous { ".repeat(depth - 2)} month ${"} ".repeat(depth - 2)} } }`;
    expect(costOf(nested(12)).depth).toBe(12);
    expect(refusalOf(nested(12))).toBeNull();
    expect(refusalOf(nested(13))).toBe("The query is nested 13 deep; the bound is 12.");
  });

  test("not on introspection, which has its own", () => {
    expect(refusalOf(getIntrospectionQuery())).toBeNull();
  });

  test("on the length of a document, which is not even read to its end", () => {
    expect(() => parse(`{ ${"a ".repeat(9_990)} }`, parseOptions)).not.toThrow();
    expect(() => parse(`{ ${"a ".repeat(10_000)} }`, parseOptions)).toThrow("10000 tokens");
  });
});
