// Which answers may be given again: every way into the graph stands here by hand, on one side or the other, and what nobody has put anywhere
// is asked anew.
import { extendSchema, type GraphQLSchema, Kind, type OperationDefinitionNode, parse } from "graphql";
import { beforeAll, expect, test } from "vitest";
import { buildBareSchema } from "../../src/graph/buildGraphSchema.ts";
import { classOf } from "../../src/graph/fieldClasses.ts";
import { objectTypesOf } from "../../src/graph/fieldVisibility.ts";
import { fixedRoots, isFixedBySnapshot } from "../../src/graph/fixedBySnapshot.ts";

/** Fields of Query that read what changes without a publish. */
const ofTheMoment = ["loadRuns", "segmentMovements", "insights"];

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildBareSchema();
});

function isFixed(text: string, of = schema): boolean {
  const document = parse(text);
  const operation = document.definitions.find((node): node is OperationDefinitionNode => {
    return node.kind === Kind.OPERATION_DEFINITION;
  });
  return operation !== undefined && isFixedBySnapshot(of, document, operation);
}

test("every field of Query is classified, as fixed or as of the moment", () => {
  // a new one is asked anew until somebody has looked at what it reads: then it goes into `fixedRoots`, or into the list above
  const roots = Object.keys(schema.getQueryType()?.getFields() ?? {});
  expect([...fixedRoots, ...ofTheMoment].toSorted()).toEqual(roots.toSorted());
});

test("a field that nobody has classified is of the moment, as root and below", () => {
  const extended = extendSchema(schema, parse("extend type Query { news: String } extend type Kpis { news: String }"));
  expect(isFixed("{ kpis { orders } }", extended)).toBe(true);
  expect(isFixed("{ news }", extended)).toBe(false);
  expect(isFixed("{ kpis { orders } news }", extended)).toBe(false);
  expect(isFixed("{ kpis { orders news } }", extended)).toBe(false);
});

test("what is read from the records of loads is of the moment, wherever it stands", () => {
  const ofLoads = objectTypesOf(schema).flatMap((type) =>
    Object.keys(type.getFields())
      .filter((field) => classOf(type.name, field)?.startsWith("operator"))
      .map((field) => `${type.name}.${field}`),
  );
  // those of other types are reached through these alone
  expect(ofLoads.filter((field) => /^(Query|Dataset)\./.test(field))).toEqual(["Query.loadRuns", "Dataset.account"]);
  expect(isFixed("{ dataset { snapshot account { read } } }")).toBe(false);
  expect(isFixed("{ a: dataset { snapshot } ... on Query { b: dataset { account { read } } } }")).toBe(false);
  expect(isFixed("{ ...A } fragment A on Query { dataset { ...B } } fragment B on Dataset { account { read } }")).toBe(
    false,
  );
  expect(isFixed("{ dataset { snapshot } }")).toBe(true);
});

test("what is told of the schema has no snapshot", () => {
  expect(isFixed("{ __schema { queryType { name } } }")).toBe(false);
  expect(isFixed(`{ __type(name: "Query") { name } }`)).toBe(false);
  expect(isFixed("{ __typename kpis { __typename orders } }")).toBe(true);
  expect(isFixed("mutation { kpis { orders } }")).toBe(false);
});

test("what is computed after a publish is of the moment: it is not there, and then it is", () => {
  expect(isFixed("{ products { nodes { code grossRevenue description } } }")).toBe(true);
  expect(isFixed("{ products { nodes { code boughtWith { code } } } }")).toBe(false);
  expect(isFixed("{ segmentMovements { from } }")).toBe(false);
});
