// What an audit may keep of a question: the schema's words and plain values, and nothing that an asker could fill with a person.
import fc from "fast-check";
import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { type Asked, askedOf } from "../../src/graph/askedOf.ts";
import { buildBareSchema } from "../../src/graph/buildGraphSchema.ts";
import { documentHash } from "../../src/graph/documentHash.ts";
import { readOperation } from "../../src/graph/readOperation.ts";
import { everything, type Scope } from "../../src/model/scope.ts";

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildBareSchema();
});

const admin: Scope = { ...everything, role: "admin", fingerprint: "admin" };

function asked(query: string, variables: Record<string, unknown> = {}, scope = admin): Asked {
  const document = parse(query);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("No operation.");
  return askedOf(readOperation(schema, document, operation, variables), scope);
}
const hash = (query: string) => documentHash(schema, parse(query));

describe("arguments", () => {
  test("vocabulary and plain values are kept, under the schema's names and not the asker's", () => {
    const query = `query Anna($m: Month) {
      a: kpis(where: { country: { in: ["France", "Côte d'Ivoire"] }, month: { gte: $m }, lineType: { eq: POSTAGE } }) { orders }
      b: kpis(where: { product: { eq: "85123A" }, date: { lt: "2011-02-03" } }) { orders }
      ...F
    }
    fragment F on Query { x: customers(first: 5, where: { orders: { gte: 2 }, grossRevenue: { lt: "12.50" } }, orderBy: [{ field: ID, direction: DESC }]) { totalCount } }`;
    expect(asked(query, { m: "2011-01" })).toEqual({
      fields: ["kpis", "customers"],
      arguments: {
        kpis: [
          {
            where: {
              month: { gte: "2011-01" },
              country: { in: ["France", "Côte d'Ivoire"] },
              lineType: { eq: "POSTAGE" },
            },
          },
          { where: { date: { lt: "2011-02-03" }, product: { eq: "85123A" } } },
        ],
        customers: [
          {
            where: { orders: { gte: 2 }, grossRevenue: { lt: "12.5" } },
            orderBy: [{ field: "ID", direction: "DESC" }],
            first: 5,
          },
        ],
      },
      more: 0,
      personal: ["customerLevel"],
    });
  });

  test("ids, cursors and texts of another form than their vocabulary are not", () => {
    const query = `{ customer(id: "12346") { sales(after: "abc", first: 1) { totalCount } }
      metrics(where: { customerId: { in: ["12346", "12347"] }, country: { eq: "anna@example.org" }, product: { eq: "anna's address, in full" } }) { totalCount } }`;
    expect(asked(query).arguments).toEqual({
      customer: [{ id: "[text]" }],
      "customer.sales": [{ first: 1, after: "[text]" }],
      metrics: [{ where: { country: { eq: "[text]" }, customerId: { in: "[2 texts]" }, product: { eq: "[text]" } } }],
    });
  });

  test("what is left out by a directive, and a default that nobody gave, is not there", () => {
    const query = `query ($no: Boolean!) { kpis(where: { country: { eq: "France" } }) @include(if: $no) { orders } segments { key } }`;
    expect(asked(query, { no: false })).toMatchObject({ fields: ["segments"], arguments: {} });
  });

  test("a fragment is looked at once, however often it is spread, and what stands in it is listed once", () => {
    const depth = 40;
    const fragments = Array.from({ length: depth }, (_, nth) =>
      nth === depth - 1
        ? `fragment F${nth} on Customer { sales(first: 1) { totalCount } name }`
        : `fragment F${nth} on Customer { ...F${nth + 1} ...F${nth + 1} ...F${nth + 1} }`,
    );
    const { arguments: given, personal } = asked(`{ customer(id: 7) { ...F0 } } ${fragments.join(" ")}`);
    expect(given).toEqual({ customer: [{ id: "[text]" }], "customer.sales": [{ first: 1 }] });
    expect(personal).toEqual(["Customer.name", "customerLevel"]);
  });

  test("what does not fit its type is only said not to", () => {
    expect(asked("query ($id: ID!) { customer(id: $id) { id } }").arguments).toEqual({ customer: ["[not valid]"] });
  });

  test("long lists and many fields are cut, with their counts", () => {
    const letters = (nth: number) => String.fromCharCode(97 + (nth % 26), 97 + Math.floor(nth / 26));
    const countries = Array.from({ length: 300 }, (_, nth) => letters(nth));
    const [kpis] = asked("query ($c: [String!]) { kpis(where: { country: { in: $c } }) { orders } }", { c: countries })
      .arguments.kpis as [{ where: { country: { in: string[] } } }];
    expect(kpis.where.country.in).toEqual([...countries.slice(0, 20), "[280 more]"]);
    const many = Array.from({ length: 70 }, (_, nth) => `a${nth}: customer(id: "${nth}") { id }`).join(" ");
    const { arguments: given, more } = asked(`{ ${many} }`);
    expect([given.customer?.length, more]).toEqual([50, 20]);
  });
});

describe("reading about persons is marked", () => {
  const narrow: Scope = { ...admin, customerLevel: false };
  const masked: Scope = { ...admin, masks: { customerName: "null" } };
  const pseudonyms: Scope = { ...admin, masks: { customerName: "pseudonym" } };
  test.each<[string, string, Scope, string[]]>([
    ["figures", "{ kpis { orders } }", admin, []],
    ["customers", "{ customers { nodes { id } } }", admin, ["customerLevel"]],
    ["lines", "{ factSales { totalCount } }", admin, ["customerLevel"]],
    ["names", "{ customers { nodes { name } } }", admin, ["Customer.name", "customerLevel"]],
    ["masked names", "{ customers { nodes { name } } }", masked, ["customerLevel"]],
    ["made-up names", "{ customers { nodes { name } } }", pseudonyms, ["customerLevel"]],
    ["what is refused", "{ customers { nodes { id name } } }", narrow, []],
    [
      "names by a fragment",
      "{ ...A } fragment A on Query { customer(id: 1) { ...B } } fragment B on Customer { name }",
      admin,
      ["Customer.name", "customerLevel"],
    ],
    [
      "figures of one customer",
      "{ metrics(where: { customerId: { eq: 1 } }) { totals { orders } } }",
      admin,
      ["customerLevel"],
    ],
    ["a load by its number", '{ loadRuns(id: "7") { nodes { rejects { nodes { line code } } } } }', admin, []],
    ["text of rejected rows", "{ loadRuns { nodes { rejects { nodes { raw } } } } }", admin, ["customerLevel"]],
    ["the same where it is null", "{ loadRuns { nodes { rejects { nodes { raw } } } } }", masked, []],
    ["figures by customer", "{ metrics { nodes { customerId orders } } }", admin, ["customerLevel"]],
  ])("%s", (_, query, scope, personal) => {
    expect(asked(query, {}, scope).personal).toEqual(personal);
  });

  test("names by a fragment that is first spread where it is refused", () => {
    const scope: Scope = { ...admin, members: ["public", "personal"] };
    const named = "fragment F on CustomerConnection { nodes { name } }";
    expect(asked(`{ segments { customersConnection { ...F } } } ${named}`, {}, scope).personal).toEqual([]);
    const query = `{ segments { customersConnection { ...F } } customers { ...F } } ${named}`;
    expect(asked(query, {}, scope).personal).toEqual(["Customer.name", "customerLevel"]);
  });
});

describe("the hash of a document", () => {
  test("is the same for another id, another name and another order of its parts", () => {
    const one = `query A($a: ID!, $m: Month) { x: customer(id: $a) { ...F } kpis(where: { month: { eq: $m }, country: { in: ["France"] } }) { orders } }
      fragment F on Customer { id ...G } fragment G on Customer { name @skip(if: true) }`;
    const other = `fragment P on Customer { name @skip(if: false) } fragment Q on Customer { id ...P }
      query B($z: ID!, $y: Month) { customer(id: $z) { ...Q } kpis(where: { month: { eq: $y }, country: { in: ["Spain", "Italy"] } }) { orders } }`;
    expect(hash(one)).toMatch(/^[0-9a-f]{64}$/);
    expect(hash(other)).toBe(hash(one));
    expect(hash('{ customer(id: "12346") { id } }')).toBe(hash("{ c: customer(id: 7) { id } }"));
  });

  test("is another one for another question", () => {
    const questions = [
      "{ customer(id: 1) { id } }",
      "{ customer(id: 1) { id name } }",
      "query ($id: ID!) { customer(id: $id) { id } }",
      "{ kpis { orders } }",
      '{ kpis(where: { country: { eq: "France" } }) { orders } }',
      '{ kpis(where: { product: { eq: "France" } }) { orders } }',
      "query ($a: Month, $b: Month) { revenueByMonth(from: $a, to: $b) { month } }",
      "query ($a: Month, $b: Month) { revenueByMonth(from: $b, to: $a) { month } }",
    ];
    expect(new Set(questions.map(hash)).size).toBe(questions.length);
  });

  test("of what is not valid hangs on no name that the schema does not have", () => {
    expect(hash("{ customer12346 { id } }")).toBe(hash("{ customer99999 { id } }"));
    expect(hash("{ kpis(a1: { b1: 1 }) @c1 { ... on D1 { orders } ...E1 } }")).toBe(
      hash("{ kpis(a2: { b2: 2 }) @c2 { ... on D2 { orders } ...E2 } }"),
    );
  });
});

describe("whatever an asker writes", () => {
  type Given = { variables: Record<string, unknown>; declared: string[] };

  /** A value that holds `marker` wherever a text may stand: as JSON. */
  function filled(type: GraphQLInputType, marker: string): unknown {
    if (isNonNullType(type)) return filled(type.ofType, marker);
    if (isListType(type)) return [filled(type.ofType, marker), filled(type.ofType, `${marker}+`)];
    if (isInputObjectType(type))
      return Object.fromEntries(
        Object.values(type.getFields()).map((field) => [field.name, filled(field.type, marker)]),
      );
    if (isEnumType(type)) return type.getValues()[0]?.name;
    const known: Record<string, unknown> = {
      Int: 7,
      Float: 0.5,
      Boolean: true,
      Decimal: "1.5",
      Date: "2011-02-03",
      Month: "2011-02",
      LocalDateTime: "2011-02-03T04:05:06",
    };
    return known[type.name] ?? marker;
  }
  function literalOf(value: unknown, type: GraphQLInputType): string {
    if (isNonNullType(type)) return literalOf(value, type.ofType);
    if (isListType(type) && Array.isArray(value))
      return `[${value.map((inner) => literalOf(inner, type.ofType)).join(", ")}]`;
    if (isInputObjectType(type)) {
      const fields = type.getFields();
      const inner = Object.entries(value as Record<string, unknown>);
      return `{ ${inner.map(([name, held]) => `${name}: ${literalOf(held, fields[name]?.type ?? type)}`).join(", ")} }`;
    }
    return isEnumType(type) ? String(value) : JSON.stringify(value);
  }
  /** One field with all its arguments, inline or as variables, and below it all fields that take arguments. */
  function fieldText(
    field: GraphQLField<unknown, unknown>,
    given: Given,
    marker: string,
    word: string,
    inline: boolean,
    depth: number,
  ): string {
    const args = field.args.map(({ name, type }) => {
      const value = filled(type, marker);
      if (inline) return `${name}: ${literalOf(value, type)}`;
      const variable = `v${given.declared.length}${word}`;
      given.declared.push(`$${variable}: ${String(type)}`);
      given.variables[variable] = value;
      return `${name}: $${variable}`;
    });
    const type = getNamedType(field.type);
    const below = isObjectType(type) && depth > 0 ? Object.values(type.getFields()) : [];
    const inner = below
      .filter((child) => child.args.length > 0 || isObjectType(getNamedType(child.type)))
      .map((child) => fieldText(child, given, marker, word, inline, depth - 1));
    const text = `a${word}: ${field.name}${args.length === 0 ? "" : `(${args.join(", ")})`}`;
    return isObjectType(type)
      ? `${text} { __typename ${inner.map((child, nth) => child.replace(/^a/, `a${nth}`)).join(" ")} }`
      : text;
  }
  function documentWith(name: string, marker: string, word: string, inline: boolean) {
    const field = schema.getQueryType()?.getFields()[name];
    if (!field) throw new Error(name);
    const given: Given = { variables: {}, declared: [] };
    const selection = fieldText(field, given, marker, word, inline, 3);
    const declared = given.declared.length === 0 ? "" : `(${given.declared.join(", ")})`;
    return {
      query: `query Q${word}${declared} { ...F${word} } fragment F${word} on Query { ${selection} }`,
      variables: given.variables,
    };
  }

  test("is in neither the record nor the hash, in any argument of any field", () => {
    const fields = Object.keys(schema.getQueryType()?.getFields() ?? {});
    let texts = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.integer({ min: 10_000_000, max: 99_999_999 }),
        fc.boolean(),
        (field, around, id, inline) => {
          // No vocabulary has a #, and no count has eight digits.
          const { query, variables } = documentWith(field, `${around.toWellFormed()}#${id}`, `_${id}`, inline);
          const record = JSON.stringify(asked(query, variables));
          expect(record).not.toContain(String(id));
          texts += record.match(/texts?\]/g)?.length ?? 0;
          const other = documentWith(field, "other", "_1", inline);
          expect(hash(query)).toBe(hash(other.query));
        },
      ),
      { numRuns: 300 },
    );
    // the texts were there to be left out
    expect(texts).toBeGreaterThan(1_000);
  });
});
