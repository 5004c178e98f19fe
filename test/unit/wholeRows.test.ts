// Lists of plain rows are completed at once, and no less strictly than value by value: whatever is answered at once is what graphql-js
// answers, and what graphql-js refuses is not answered at once.
import fc from "fast-check";
import {
  type ExecutionResult,
  execute,
  type GraphQLObjectType,
  GraphQLSchema,
  GraphQLObjectType as ObjectType,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { beforeAll, describe, expect, it, test } from "vitest";
import { buildBareSchema, buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { classOf } from "../../src/graph/fieldClasses.ts";
import { shieldSchema } from "../../src/graph/shield.ts";
import { makeRowsWhole, type RowsWhole } from "../../src/graph/wholeRows.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import { forbidden } from "../../src/query/validate.ts";

/** A schema of these lists alone: only the types matter here, what is in them is given, not resolved. */
async function schemaOf(lists: Readonly<Record<string, string>>): Promise<GraphQLSchema> {
  const bare = await buildBareSchema();
  const fields = Object.fromEntries(
    Object.entries(lists).map(([name, type]) => [name, { type: bare.getType(type) as GraphQLObjectType }]),
  );
  return new GraphQLSchema({ query: new ObjectType({ name: "Query", fields }) });
}

let schema: GraphQLSchema;
let served: GraphQLSchema;
let rowsWhole: RowsWhole;
beforeAll(async () => {
  schema = await schemaOf({ lines: "FactSalesConnection", customers: "CustomerConnection" });
  // Of a schema without rules, in which all is public.
  rowsWhole = makeRowsWhole(schema, () => "public");
  served = await buildGraphSchema();
});

const operationOf = (text: string) => {
  const document = parse(text);
  return { document, operation: document.definitions[0] as OperationDefinitionNode };
};
const isWhole = (text: string) => {
  const { document, operation } = operationOf(text);
  expect(validate(served, document)).toEqual([]);
  return makeRowsWhole(served)(document, operation) !== null;
};

async function bothWays(text: string, rootValue: unknown, variableValues = {}) {
  const { document, operation } = operationOf(text);
  const whole = rowsWhole(document, operation);
  if (!whole) throw new Error(`Not whole: ${text}`);
  const [atOnce, oneByOne] = await Promise.all(
    [whole, schema].map(async (by) => {
      const { data, errors } = await execute({ schema: by, document, rootValue, variableValues });
      return { data: JSON.stringify(data), failed: errors !== undefined };
    }),
  );
  return { atOnce, oneByOne };
}

const line = {
  id: "L1",
  invoice: "1",
  orderedAt: "2011-01-01T00:00:00",
  orderDate: "2011-01-01",
  product: "P",
  description: null,
  category: "C",
  kind: "SALE",
  lineType: "PRODUCT",
  quantity: 1,
  unitPrice: "1.5",
  amount: "1.5",
  customerId: null,
  country: "France",
  segmentKey: "GUEST",
};
const fields = Object.keys(line) as (keyof typeof line)[];
const anyValue = fc.oneof(
  fc.constantFrom("SALE", "NO SUCH", "PRODUCT", "GUEST", "", null, undefined, true, 1, 1.5, 2 ** 31, Number.NaN),
  fc.constant(["a"]),
);
const lines = fc.array(
  fc.record(
    Object.fromEntries(
      fields.map((field) => [field, fc.oneof({ weight: 60, arbitrary: fc.constant(line[field]) }, anyValue)]),
    ),
  ),
  { maxLength: 3 },
);
const selected = fc.array(
  fc.oneof(
    fc.constantFrom(...fields),
    fc.constantFrom(...fields).map((field) => `other_${field}: ${field}`),
    fc.constantFrom(...fields).map((field) => `... on FactSale { ${field} @skip(if: $skip) __typename }`),
    fc.constantFrom(...fields).map((field) => `... { ${field} @include(if: $skip) }`),
    fc.constant("...F"),
  ),
  { minLength: 1, maxLength: 8 },
);

it("random rows and selections", async () => {
  let equal = 0;
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(lines, selected, fc.boolean(), async (nodes, names, skip) => {
      const text = `query ($skip: Boolean!) { lines { nodes { ${names.join(" ")} } nodes { kind } pageInfo { hasNextPage } } } fragment F on FactSale { amount kind }`;
      const root = { lines: { nodes, pageInfo: { hasNextPage: false } } };
      const { atOnce, oneByOne } = await bothWays(text, root, { skip });
      if (atOnce?.failed) failed += 1;
      else equal += 1;
      // what is told to be wrong at once is told anew, one by one
      if (oneByOne?.failed) expect(atOnce?.failed).toBe(true);
      if (!atOnce?.failed) expect(atOnce).toEqual(oneByOne);
    }),
    { numRuns: 500 },
  );
  expect([equal, failed].every((count) => count > 20)).toBe(true);
});

it("a customer's segment stands in its row, or is asked for by its resolver", async () => {
  const customer = { id: "1", countries: ["France"], orders: 1, classicSegment: "AT_RISK" };
  const text = "{ customers { nodes { id countries orders key: segmentKey } } }";
  const { atOnce, oneByOne } = await bothWays(text, { customers: { nodes: [customer] } });
  expect(atOnce).toEqual(oneByOne);
  const { classicSegment: _, ...without } = customer;
  expect((await bothWays(text, { customers: { nodes: [without] } })).atOnce?.failed).toBe(true);
});

describe("of the graph", () => {
  test.each([
    "{ factSales { nodes { id kind } } }",
    "{ customers { nodes { id segmentKey } } }",
    '{ customer(id: "1") { id rfm { code } sales { nodes { invoice } pageInfo { endCursor } } } }',
    "{ customers { nodes { id segmentKey orders grossRevenue } } }",
    "{ revenueByMonth { month grossRevenue } kpis { orders } }",
    "{ loadRuns { nodes { id errorMessage } } }",
  ])("%s is answered at once", (text) => expect(isWhole(text)).toBe(true));
  test.each([
    "{ kpis { orders } }",
    "{ me { role } }",
    "{ customers { nodes { id name } } }",
    "{ customers { nodes { id segmentKey(scheme: DETAILED) } } }",
    "{ customers { nodes { id rfm { code } } } }",
    "{ factSales { nodes { id } edges { node { id } } } }",
    "{ factSales { nodes { __proto__: id } } }",
    "{ revenueByMonth { month previous { month } } }",
    "{ loadRuns { nodes { id rejects { nodes { line } } } } }",
  ])("%s is not", (text) => expect(isWhole(text)).toBe(false));
});

test("a field that carries a rule is left to its rule, also where its value stands beside", () => {
  const text = "{ customers { nodes { id segmentKey } } }";
  expect(isWhole(text)).toBe(true);
  const { document, operation } = operationOf(text);
  const ruled = makeRowsWhole(served, (type, field) =>
    type === "Customer" && field === "segmentKey" ? "operator" : classOf(type, field),
  );
  expect(ruled(document, operation)).toBeNull();
});

describe("a rule that looks at the scope alone is asked once for the list", () => {
  const rows = {
    nodes: [
      { id: "1", orders: 3, grossRevenue: "1.50" },
      { id: "2", orders: 1, grossRevenue: "2" },
    ],
  };
  const runs = { nodes: [{ id: "1", errorMessage: "Not for everyone" }] };
  const text = "{ customers { nodes { id orders grossRevenue __typename } } }";
  const runsText = "{ loadRuns { nodes { id errorMessage } } }";
  const all: Scope = { ...everything, role: "all", fingerprint: "all" };
  let shielded: GraphQLSchema;
  beforeAll(async () => {
    shielded = shieldSchema(await schemaOf({ customers: "CustomerConnection", loadRuns: "LoadRunConnection" }));
  });

  async function answers(asked: string, scope: Scope | undefined, rootValue: unknown) {
    const { document, operation } = operationOf(asked);
    const whole = makeRowsWhole(shielded)(document, operation);
    if (!whole) throw new Error(`Not whole: ${asked}`);
    const by = (schemaOf: GraphQLSchema) =>
      execute({ schema: schemaOf, document, rootValue, contextValue: { scope } }) as Promise<ExecutionResult>;
    const [atOnce, oneByOne] = await Promise.all([by(whole), by(shielded)]);
    return { atOnce, oneByOne, same: JSON.stringify(atOnce) === JSON.stringify(oneByOne) };
  }

  it("shows to who may see", async () => {
    const { same, atOnce } = await answers(text, all, { customers: rows });
    expect(same).toBe(true);
    expect(atOnce.errors).toBeUndefined();
    expect((await answers(runsText, all, { loadRuns: runs })).same).toBe(true);
  });

  it("refuses who may see customers and not their figures, without a figure in what is dropped", async () => {
    const scope = { ...all, members: ["public", "personal"] } as const;
    const { atOnce, oneByOne } = await answers(text, scope, { customers: rows });
    expect(oneByOne.errors?.map(({ message }) => message)).toContain(forbidden().message);
    expect(atOnce.errors?.[0]?.message).toBe(forbidden().message);
    expect(JSON.stringify(atOnce.data)).not.toContain("1.50");
    expect((await answers(text, scope, { customers: { nodes: [] } })).same).toBe(true);
    expect((await answers("{ customers { nodes { id __typename } } }", scope, { customers: rows })).same).toBe(true);
  });

  it("hides what is hidden, and refuses where there is no scope", async () => {
    const { same, atOnce } = await answers(runsText, { ...all, members: ["public"] } as const, {
      loadRuns: runs,
    });
    expect(same).toBe(true);
    expect(JSON.stringify(atOnce)).toContain('"errorMessage":null');
    expect((await answers(text, undefined, { customers: rows })).atOnce.errors).toBeDefined();
  });
});
