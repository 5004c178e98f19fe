// Columns are completed at once, and no less strictly than one by one: what a list could not hold, a column cannot.
import { execute, GraphQLObjectType, GraphQLSchema, parse, printSchema } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBareSchema } from "../../src/graph/buildGraphSchema.ts";
import { completeColumnsWhole, isColumnType } from "../../src/graph/wholeColumns.ts";

let lists: GraphQLSchema;
let columns: GraphQLSchema;
beforeAll(async () => {
  // Only the types matter here: what is in them is given, not resolved.
  const fieldsOf = async () => {
    const bare = await buildBareSchema();
    const type = bare.getType("FactSalesColumns") as GraphQLObjectType;
    const customers = bare.getType("CustomersColumns") as GraphQLObjectType;
    const query = new GraphQLObjectType({ name: "Query", fields: { lines: { type }, customers: { type: customers } } });
    return new GraphQLSchema({ query });
  };
  lists = await fieldsOf();
  columns = completeColumnsWhole(await fieldsOf());
});

const answer = async (schema: GraphQLSchema, field: string, value: unknown) => {
  const { data, errors = [] } = await execute({
    schema,
    document: parse(`{ lines { ${field} } }`),
    rootValue: { lines: { [field]: value } },
  });
  return { data: JSON.parse(JSON.stringify(data)), failed: errors.length > 0 };
};

describe.each([
  ["amount", ["1.5", "0"]],
  ["amount", []],
  ["quantity", [1, -2]],
  ["kind", ["SALE", "RETURN"]],
  ["description", ["a", null]],
  ["customerId", [null, "1"]],
  ["amount", null],
  ["amount", ["1.5", null]],
  ["amount", ["1.5", 2]],
  ["amount", ["1.5", undefined]],
  ["amount", "1.5"],
  ["amount", { length: 0 }],
  ["quantity", [1, null]],
  ["quantity", ["one"]],
] as const)("%s of %j", (field, value) => {
  test("is answered, or fails, as a list is", async () => {
    expect(await answer(columns, field, value)).toEqual(await answer(lists, field, value));
  });
});

test("where a list would lose one value that is none, a column fails as a whole: it is a fault of ours", async () => {
  expect(await answer(columns, "description", ["a", ["b"]])).toEqual({ data: { lines: null }, failed: true });
});

test("the schema is printed as before, lists of lists are left as they are", () => {
  expect(printSchema(columns)).toBe(printSchema(lists));
  const { countries, orders } = (columns.getType("CustomersColumns") as GraphQLObjectType).getFields();
  expect([countries, orders].map((field) => field && isColumnType(field.type))).toEqual([true, true]);
  expect(String(countries?.type)).toBe("[[String!]!]!");
});
