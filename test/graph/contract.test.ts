// Holds the graph against its contract: everything that the contract names is there, as it is there. `test/fixtures/contract.graphql` is a
// copy of the contract; where the original lies beside the repository, the two must be equal.
import { existsSync, readFileSync } from "node:fs";
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { catalogDimensions, catalogMeasures } from "../../src/model/catalog.ts";
import { schemeNames, segmentKeys } from "../../src/model/segmentSchemes.ts";
import { sharedFile } from "../support/sharedFiles.ts";

const copy = readFileSync(new URL("../fixtures/contract.graphql", import.meta.url), "utf8");
const original = sharedFile("contract.graphql");

/** Enums that grow with the model: the contract begins to list its members, and names the segment schemes and keys of today. */
const members: Readonly<Record<string, readonly string[]>> = {
  Member: [...catalogDimensions, ...catalogMeasures].map(({ shownAs }) => screaming(shownAs)),
  Measure: catalogMeasures.map(({ shownAs }) => screaming(shownAs)),
  Dimension: catalogDimensions.map(({ shownAs }) => screaming(shownAs)),
  SegmentScheme: schemeNames,
  SegmentKey: segmentKeys,
};

function screaming(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The contract writes "null: all" behind a field; read as SDL, the words stand before the next one, of which they are not true. */
const misplaced = ["Viewer.customerLevel"];

const contract = buildSchema(copy);
const named: GraphQLNamedType[] = Object.values(contract.getTypeMap()).filter(
  (type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type),
);

let graph: GraphQLSchema;
beforeAll(async () => {
  graph = await buildGraphSchema();
});

type Described = { type: string; default: unknown; description: string | null | undefined };

function describeInput(input: GraphQLArgument | GraphQLInputField): Described {
  return { type: String(input.type), default: input.defaultValue, description: input.description };
}

/** Every place of a type that the contract fixes, by its coordinate. */
function placesOf(type: GraphQLNamedType | undefined): Map<string, Described> {
  const places = new Map<string, Described>();
  if (isObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      const at = `${type.name}.${field.name}`;
      places.set(at, { type: String(field.type), default: undefined, description: field.description });
      for (const arg of field.args) places.set(`${at}(${arg.name}:)`, describeInput(arg));
    }
  }
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields())) places.set(`${type.name}.${field.name}`, describeInput(field));
  return places;
}

test.runIf(existsSync(original))("the copy of the contract is the contract", () => {
  expect(copy).toBe(readFileSync(original, "utf8"));
});

describe.each(named.map((type) => [type.name, type] as const))("%s", (name, type) => {
  test("is what the contract says", () => {
    const built = graph.getType(name);
    expect(built?.constructor.name).toBe(type.constructor.name);
    if (isScalarType(type)) expect(built?.description).toBe(type.description);
    if (isEnumType(type) && isEnumType(built)) {
      const [wanted, found] = [type, built].map((each) => each.getValues().map((value) => value.name));
      expect(found).toEqual(members[name] ?? wanted);
      expect(found).toEqual(expect.arrayContaining(wanted ?? []));
    }
    if (type.description) expect(built?.description).toContain(type.description);

    const places = placesOf(built);
    for (const [at, wanted] of placesOf(type)) {
      const found = places.get(at);
      expect(found && `${at}: ${found.type} = ${JSON.stringify(found.default)}`).toBe(
        `${at}: ${wanted.type} = ${JSON.stringify(wanted.default)}`,
      );
      if (wanted.description && !misplaced.includes(at))
        expect(`${at}: ${found?.description}`).toContain(wanted.description);
    }
  });

  test("has no argument or input that would have to be given beyond the contract", () => {
    const wanted = placesOf(type);
    for (const [at, found] of placesOf(graph.getType(name)))
      if (at.endsWith(":)") || isInputObjectType(type))
        expect(wanted.has(at) || !found.type.endsWith("!") || found.default !== undefined, at).toBe(true);
  });
});

test("a metrics row has a field for every member of the model, and every one can be null", () => {
  const row = graph.getType("MetricRow");
  const fields = isObjectType(row) ? Object.values(row.getFields()) : [];
  expect(fields.map(({ name }) => name)).toEqual([
    ...[...catalogDimensions, ...catalogMeasures].map(({ shownAs }) => shownAs),
    ...["previous", "yearAgo"],
  ]);
  expect(fields.filter(({ type }) => isNonNullType(type))).toEqual([]);
});

test("every dimension of the model can be filtered on", () => {
  const filter = graph.getType("SalesFilter");
  const found = isInputObjectType(filter) ? Object.values(filter.getFields()) : [];
  expect(Object.fromEntries(found.map(({ name, type }) => [name, String(type)]))).toMatchObject({
    ...{
      week: "PeriodFilter",
      quarter: "PeriodFilter",
      year: "NumberFilter",
      weekday: "NumberFilter",
      hour: "NumberFilter",
    },
    ...{ segmentExecutive: "ExecutiveSegmentFilter", segmentDetailed: "DetailedSegmentFilter" },
    ...{ customerId: "IDFilter", cohortMonth: "MonthFilter" },
  });
  expect(found.map(({ name }) => (name === "date" ? "day" : name))).toEqual(
    catalogDimensions.map(({ shownAs }) => shownAs),
  );
});

test("every condition on a dimension that has an order takes a list and a range", () => {
  const filter = graph.getType("SalesFilter");
  for (const { type } of isInputObjectType(filter) ? Object.values(filter.getFields()) : []) {
    if (!isInputObjectType(type)) continue;
    const parts = Object.keys(type.getFields());
    expect([
      ["eq", "in"],
      ["eq", "in", "gte", "lt"],
    ]).toContainEqual(parts);
    expect(parts.includes("gte"), type.name).toBe(/^(Date|Month|Period|Number)Filter$/.test(type.name));
  }
});

test("everything that is shown is described", () => {
  const silent = Object.values(graph.getTypeMap())
    .filter((type) => !type.name.startsWith("__") && !isSpecifiedScalarType(type))
    .flatMap((type) => [
      ...(type.description || type.name === "Query" ? [] : [type.name]),
      ...[...placesOf(type)].filter(([at, { description }]) => !at.endsWith(":)") && !description).map(([at]) => at),
    ]);
  expect(silent).toEqual([]);
});
