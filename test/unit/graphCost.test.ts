// The cost guard: how a document is weighed, and where the bounds are.
import { type GraphQLSchema, getIntrospectionQuery, Kind, type OperationDefinitionNode, parse } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBareSchema } from "../../src/graph/buildGraphSchema.ts";
import { documentCost } from "../../src/graph/documentCost.ts";
import { guardCost, parseOptions } from "../../src/graph/guardCost.ts";
import { guardNesting } from "../../src/graph/guardNesting.ts";
import { readOperation } from "../../src/graph/readOperation.ts";
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { segmentKeys } from "../../src/model/segmentSchemes.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildBareSchema();
});

/** 13 months of data. */
const facts: SnapshotFacts = {
  snapshotId: 1,
  generation: 1,
  loadRunId: 1,
  publishedAt: "2012-01-01T00:00:00.000Z",
  asOf: "2011-12-10" as IsoDate,
  dataFrom: "2010-12-01" as IsoDate,
  dataThrough: "2011-12-09" as IsoDate,
  currency: "GBP",
  recencyCuts: [],
  frequencyCuts: [],
  monetaryCuts: [],
  monetary: "grossRevenue",
  cutsOf: null,
  formerSnapshotId: null,
  rollups: [],
};

function operationOf(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (!operation) throw new Error("No operation.");
  return readOperation(schema, document, operation, variables);
}

function costOf(query: string, variables?: Record<string, unknown>) {
  return documentCost(operationOf(query, variables), facts);
}

function refusalOf(query: string, variables?: Record<string, unknown>): string | null {
  return messageOf(() => guardCost(operationOf(query, variables), facts, null));
}

function messageOf(guard: () => unknown): string | null {
  try {
    guard();
    return null;
  } catch (error) {
    if (error instanceof Consumer360Error && error.code === "QUERY_TOO_COSTLY") return error.message;
    throw error;
  }
}

const repeated = (count: number, field: (nth: number) => string) =>
  Array.from({ length: count }, (_, nth) => `a${nth}: ${field(nth)}`).join(" ");

describe("the estimate of objects", () => {
  test.each([
    ["{ kpis { orders } }", 1],
    ["{ a: kpis { orders } b: kpis { orders } }", 2],
    ["{ customers { nodes { id } } }", 1 + 50],
    ["{ customers(first: 7) { totalCount pageInfo { hasNextPage } nodes { id countries rfm { code } } } }", 2 + 7 * 2],
    ["{ customers(first: 10) { nodes { sales { nodes { id } } } } }", 1 + 10 * (1 + 1 + 10)],
    ["{ customers(first: 10) { edges { node { sales(first: 3) { edges { node { id } } } } } } }", 1 + 10 * (2 + 1 + 6)],
    [
      "{ customers(first: 10) { nodes { a: sales(first: 3) { totalCount } b: sales(first: 4) { nodes { id } } } } }",
      101,
    ],
    ["{ customers(first: 10) { ...C } } fragment C on CustomerConnection { nodes { id } }", 1 + 10],
    ["{ segments { key } }", segmentKeys.length],
    ["{ segments { customersConnection(first: 2) { nodes { id } } } }", segmentKeys.length * (1 + 1 + 2)],
    ["{ customers(first: 2) { nodes { segment { customersConnection(first: 5) { nodes { id } } } } } }", 17],
    ["{ revenueByCountry { country } }", 250],
    ["{ dataset { account { read } } }", 2],
    ["{ loadRuns { totalCount nodes { id } } }", 1 + 20],
    ["{ loadRuns(first: 2) { nodes { account { read } amounts { kind } } } }", 1 + 2 * (1 + 1 + 4)],
    ["{ loadRuns(first: 3) { nodes { rejects(first: 7) { nodes { line } } } } }", 1 + 3 * (1 + 1 + 7)],
    ["{ metrics { nodes { month orders } } }", 1 + 1_000],
    ["{ metrics(first: 20) { nodes { month orders previous { orders yearAgo { orders } } } } }", 1 + 20 * 3],
    ["{ metrics(first: 20) { totals { orders } totalCount pageInfo { hasNextPage } } }", 3 + 20],
    ["{ catalog { measures { name dimensions } dimensions { name } } }", 1 + 250 + 250],
    ["{ __typename }", 0],
  ])("%s", (query, objects) => {
    expect(costOf(query).objects).toBe(objects);
  });

  test.each([
    ["{ revenueByMonth { month previous { month } } }", 13 * 2],
    ['{ revenueByMonth(from: "2009-01", to: "2010-12") { month } }', 24],
    ['{ revenueByMonth(from: "2011-06") { month } }', 7],
    ['{ revenueByMonth(where: { month: { gte: "1951-12" } }) { month } }', 721],
    ["{ cohorts { month retention { rate } } }", 13 * (1 + 13)],
    ['{ cohorts(from: "2011-01", to: "2011-01") { month retention { rate } } }', 1 + 13],
    ['{ cohorts(where: { cohortMonth: { gte: "2011-11" } }) { month retention { rate } } }', 2 * (1 + 13)],
    // Refused by the field itself.
    ['{ revenueByMonth(from: "2011-02", to: "2011-01") { month } }', 1],
    ['{ revenueByMonth(where: { month: { in: ["2011-02", "2011-04"] } }) { month } }', 1],
  ])("months are those that the field will have: %s", (query, objects) => {
    expect(costOf(query).objects).toBe(objects);
    const given = costOf('query ($m: Month = "2000-01") { revenueByMonth(from: $m, to: "2011-12") { month } }', {
      m: null,
    });
    expect(given.objects).toBe(13);
  });

  test("takes what the executor takes: variables, their defaults, and the field's own default where null is given", () => {
    const query = "query ($n: Int = 20) { customers(first: $n) { nodes { id } } }";
    expect(costOf(query).objects).toBe(21);
    expect(costOf(query, { n: 300 }).objects).toBe(301);
    expect(costOf(query, { n: null }).objects).toBe(51);
    expect(costOf("query ($n: Int) { customers(first: $n) { nodes { id } } }").objects).toBe(51);
    expect(costOf("{ customers(first: null) { nodes { id } } }").objects).toBe(51);
    expect(costOf(query, { n: "x" }).objects).toBe(51);
  });

  test("leaves out what @skip and @include leave out, and nothing else", () => {
    const query = `query ($no: Boolean = false) {
      a: kpis @skip(if: true) { orders } b: kpis @include(if: $no) { orders } c: kpis @skip(if: $no) { orders }
      ... @include(if: $no) { d: kpis { orders } } ...F @skip(if: $no) } fragment F on Query { e: kpis { orders } }`;
    expect(costOf(query).objects).toBe(2);
    expect(costOf(query, { no: true }).objects).toBe(2);
  });

  test("counts a fragment wherever it is spread, and weighs it once", () => {
    const fragment = "fragment F on Customer { sales(first: 5) { nodes { id } } }";
    expect(
      costOf(`{ a: customers(first: 2) { nodes { ...F } } b: customers(first: 3) { nodes { ...F } } } ${fragment}`)
        .objects,
    ).toBe(2 + 5 * (1 + 1 + 5));
    const levels = Array.from({ length: 200 }, (_, at) => `fragment F${at} on Kpis { ...F${at + 1} ...F${at + 1} }`);
    const doubled = `{ kpis { ...F0 } } ${levels.join(" ")} fragment F200 on Kpis { orders }`;
    expect(costOf(doubled)).toMatchObject({ objects: 1, values: 2 ** 200 });
    expect(refusalOf(doubled)).toContain("more than 9 million billion values");
  });
});

/** Each level selects the next one `width` times over. */
function chain(width: number, levels: number, type: string, field: string, leaf: string): string {
  const level = (nth: number) =>
    `fragment F${nth} on ${type} { ${nth === levels ? leaf : repeated(width, () => `${field} { ...F${nth + 1} }`)} }`;
  return Array.from({ length: levels + 1 }, (_, nth) => level(nth)).join(" ");
}

describe("the bounds", () => {
  test("on objects, with the estimate and the bound in the message", () => {
    expect(refusalOf("{ customers(first: 1000) { nodes { sales(first: 197) { nodes { id } } } } }")).toBeNull();
    expect(refusalOf("{ customers(first: 1000) { nodes { sales(first: 199) { nodes { id } } } } }")).toBe(
      "The query may bring an estimated 201,001 objects; the bound is 200,000. Ask for smaller pages.",
    );
    expect(refusalOf("query ($n: Int!) { factSales(first: $n) { nodes { id } } }", { n: 200_001 })).toContain(
      "200,002",
    );
    expect(refusalOf(`{ ${repeated(20, () => "factSales(first: 9990) { nodes { id } }")} }`)).toBeNull();
    expect(refusalOf(`{ ${repeated(21, () => "factSales(first: 9990) { nodes { id } }")} }`)).toContain("209,811");
  });

  test("on what a few fragments would make of one month", () => {
    const months = 'revenueByMonth(from: "2011-10", to: "2011-10")';
    const attack = `{ ${months} { ...F0 } } ${chain(7, 10, "RevenueByMonth", "previous", "month")}`;
    expect(attack.length).toBeLessThan(3_000);
    expect(costOf(attack).objects).toBe((7 ** 11 - 1) / 6);
    expect(refusalOf(attack)).toMatch(/^The query goes back through/);
    const wide = `{ ${months} { ...F0 } } ${chain(100, 3, "RevenueByMonth", "previous", "month")}`;
    expect(refusalOf(wide)).toContain("an estimated 1,010,101 objects");
  });

  test("on ways that never end, in time that grows with the document alone", () => {
    const level = (nth: number) =>
      `fragment F${nth} on Customer { ${repeated(8, () => `segment { customersConnection { nodes { ...F${nth + 1} } } }`)} }`;
    const levels = Array.from({ length: 120 }, (_, nth) => level(nth));
    const attack = `{ customer(id: 1) { ...F0 } } ${levels.join(" ")} fragment F120 on Customer { id }`;
    const began = performance.now();
    expect(refusalOf(attack)).toBe("The query is nested 362 deep; the bound is 12.");
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test("on values, so that no row is as wide as the document is long", () => {
    const wide = (rows: number) => `{ factSales(first: ${rows}) { nodes { ${repeated(1_000, () => "id")} } } }`;
    expect(refusalOf(wide(1_000))).toBeNull();
    expect(refusalOf(wide(1_001))).toBe(
      "The query may bring an estimated 1,001,000 values; the bound is 1,000,000. Ask for smaller pages or fewer fields, and give shorter lists.",
    );
  });

  test("on values that are given, each time that they are used", () => {
    const asked = (query: string, variables?: Record<string, unknown>) => costOf(query, variables).values;
    const kpis = (where: string) => `{ kpis(where: ${where}) { orders } }`;
    expect(asked("{ kpis { orders } }")).toBe(1);
    expect(asked(kpis('{ country: { in: ["a", "b", "a"] }, weekday: { in: [1, 2] } }'))).toBe(1 + 5);
    expect(asked(kpis('{ country: { eq: "a", in: [] } }'))).toBe(1);
    const used = "a: kpis(where: $w) { orders } b: kpis(where: { country: { in: $c } }) { orders } ...F";
    const query = `query ($w: SalesFilter, $c: [String!]) { ${used} ...G } fragment F on Query { ...G } fragment G on Query { c: kpis(where: $w) { orders } }`;
    expect(asked(query, { w: { country: { in: ["a", "b"] } }, c: ["a", "b", "c"] })).toBe(4 + 2 + 3 + 2 + 2);
    const having =
      '{ metrics(first: 1, having: [{ measure: ORDERS, gte: "1" }, { measure: UNITS, lt: "9" }]) { nodes { month } } }';
    expect(asked(having)).toBe(1 + 2);
  });

  test("on long lists before anything runs, however often they are used", () => {
    const countries = Array.from({ length: 100_000 }, (_, nth) => `C${nth}`);
    const kpis = Array.from({ length: 20 }, (_, nth) => `a${nth}: kpis(where: { country: { in: $c } }) { orders }`);
    const query = `query ($c: [String!]) { ${kpis.join(" ")} }`;
    const began = performance.now();
    expect(refusalOf(query, { c: countries })).toContain("an estimated 2,000,020 values; the bound is 1,000,000");
    expect(performance.now() - began).toBeLessThan(500);
    expect(refusalOf(query, { c: countries.slice(0, 10_000) })).toBeNull();
  });

  test("on earlier rows of earlier rows, by the fields that lead there", () => {
    const months = (count: number) =>
      `{ revenueByMonth { ${"previous { ".repeat(count)} month ${"} ".repeat(count)} } }`;
    expect(refusalOf(months(3))).toBeNull();
    const refused = (through: string) =>
      `The query goes back through ${through} 4 times in a row; the bound is 3. Ask for the earliest as rows of their own, in an earlier range.`;
    expect(refusalOf(months(4))).toBe(refused("`previous`"));
    expect(refusalOf("{ revenueByMonth { a: previous { month } b: previous { c: previous { month } } } }")).toBeNull();
    const metrics = (...way: string[]) =>
      `{ metrics { nodes { month previous { month } ${way.map((field) => `${field} { `).join("")} month ${"} ".repeat(way.length)} } } }`;
    const [previous, yearAgo] = ["previous", "yearAgo"];
    expect(refusalOf(metrics(previous, yearAgo, previous))).toBeNull();
    expect(refusalOf(metrics(previous, previous, previous, previous))).toBe(refused("`previous`"));
    expect(refusalOf(metrics(yearAgo, yearAgo, yearAgo, yearAgo))).toBe(refused("`yearAgo`"));
    expect(refusalOf(metrics(yearAgo, previous, previous, yearAgo))).toBe(refused("`yearAgo` and `previous`"));
  });

  test("on questions to the warehouse", () => {
    const kpis = (nth: number) => `kpis(where: { country: { eq: "${nth}" } }) { orders }`;
    expect(refusalOf(`{ me { role } dataset { asOf } ${repeated(30, kpis)} }`)).toBeNull();
    expect(refusalOf(`{ ${repeated(31, kpis)} }`)).toBe(
      "The query asks the warehouse an estimated 31 questions; the bound is 30. Ask some of them in a document of their own.",
    );
    // Totals and each earlier row are figures of their own.
    expect(costOf("{ metrics { nodes { month orders } totalCount } }").questions).toBe(1);
    expect(
      costOf("{ metrics { nodes { month previous { orders } yearAgo { orders } } totals { orders } } }"),
    ).toMatchObject({ questions: 4 });
    expect(costOf("{ catalog { measures { name } } }").questions).toBe(0);
    // Asked for all at once.
    expect(refusalOf(`{ ${repeated(100, (nth) => `customer(id: ${nth}) { id orders }`)} }`)).toBeNull();
    const lines = (count: number) =>
      `{ customers { nodes { ${repeated(count, (nth) => `sales(first: ${nth + 1}) { totalCount }`)} } } }`;
    expect(refusalOf(lines(29))).toBeNull();
    expect(refusalOf(lines(30))).toContain("31 questions");
    // One for each segment of the scheme that has customers.
    expect(costOf("{ segments { customersConnection { totalCount } } }").questions).toBe(1 + 5);
    expect(costOf("{ segments(scheme: DETAILED) { a: customersConnection { totalCount } } }").questions).toBe(1 + 10);
    expect(costOf("{ customers { nodes { segment { customersConnection { totalCount } } } } }").questions).toBe(1 + 5);
    expect(
      refusalOf(`{ segments { ${repeated(6, (nth) => `customersConnection(first: ${nth + 1}) { totalCount }`)} } }`),
    ).toContain("31");
  });

  test("on depth", () => {
    const segments = (count: number) =>
      `{ customers { nodes { ${"segment { customersConnection { nodes { ".repeat(count)} id ${"} } } ".repeat(count)} } } }`;
    expect(costOf(segments(3)).depth).toBe(12);
    expect(refusalOf(segments(4))).toBe("The query is nested 15 deep; the bound is 12.");
  });

  test("far above what people ask", () => {
    const years = '(from: "2010-01", to: "2011-12")';
    const row =
      "month grossRevenue netRevenue returnsValue orders customers newCustomers units averageOrderValue complete growth";
    for (const query of [
      `{ revenueByMonth${years} { ${row} previous { ${row} previous { ${row} } } } }`,
      `{ a: cohorts { month size retention { period month customers rate grossRevenue observed complete } } b: cohorts${years} { month } }`,
      "{ CLASSIC: segments { key customersConnection(first: 10) { nodes { id } } } EXECUTIVE: segments(scheme: EXECUTIVE) { key } }",
    ]) {
      const { objects, values, questions } = costOf(query);
      expect([objects < 2_000, values < 20_000, questions < 10]).toEqual([true, true, true]);
    }
  });

  test("not on introspection as tools ask it, but on what nobody needs", () => {
    expect(refusalOf(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))).toBeNull();
    const types = `types { fields { type { fields { ${repeated(300, () => "name")} } } } }`;
    expect(refusalOf(`{ __schema { ${types} } }`)).toContain("values");
  });

  test("on the length of a document, which is not even read to its end", () => {
    expect(() => parse(`{ ${"a ".repeat(9_990)} }`, parseOptions)).not.toThrow();
    expect(() => parse(`{ ${"a ".repeat(10_000)} }`, parseOptions)).toThrow("10000 tokens");
  });

  test("on how deep its text nests, before anything goes down into it", () => {
    const message = "The document is nested too deep to be read: its definitions come to more than 500 levels.";
    const nested = (levels: number) => `{ a(b: "{{{") # {{{\n ${"{ a ".repeat(levels)}`;
    expect(messageOf(() => guardNesting(nested(499)))).toBeNull();
    expect(messageOf(() => guardNesting(nested(500)))).toBe(message);
    expect(messageOf(() => guardNesting(`{ a(b: ${"[".repeat(600)}`))).toBe(message);
    // What fragments may put one below the other.
    const fragments = Array.from(
      { length: 60 },
      (_, nth) => `fragment F${nth} on T { a { b { c { d { e { f { g { ...F${nth + 1} } } } } } } } }`,
    );
    expect(messageOf(() => guardNesting(fragments.join(" ")))).toBeNull();
    expect(messageOf(() => guardNesting([...fragments, ...fragments].join(" ")))).toBe(message);
    // The parser's to name.
    expect(messageOf(() => guardNesting('{ a "'))).toBeNull();
    expect(messageOf(() => guardNesting(getIntrospectionQuery()))).toBeNull();
  });
});

describe("rows of a role's bound", () => {
  const rowsOf = (query: string, variables?: Record<string, unknown>) => costOf(query, variables).rows;

  test.each<[string, number]>([
    ["{ customers(first: 20) { nodes { id } } }", 20],
    ["{ customers { nodes { id } } }", 50],
    ["{ customers(first: 20) { nodes { id } edges { cursor node { id } } again: nodes { name } } }", 20],
    ["{ customers(first: 20) { totalCount } }", 0],
    ["{ a: customers(first: 20) { nodes { id } } b: customers(first: 5) { nodes { id } } }", 25],
    ["{ customers(first: 20) { nodes { sales(first: 3) { nodes { id } } } } }", 20 + 20 * 3],
    [
      "{ customers(first: 20) { edges { node { a: sales(first: 3) { nodes { id } } b: sales { edges { cursor } } } } } }",
      20 + 20 * 13,
    ],
    [
      "{ customers(first: 2) { ...F ... { ...F } } } fragment F on CustomerConnection { nodes { sales(first: 3) { nodes { id } } } }",
      2 + 2 * 6,
    ],
    ["{ factSales { nodes { id } } }", 100],
    ["{ metrics { nodes { month } totals { orders } } }", 1000],
    ["{ metrics(first: 12) { nodes { month previous { orders yearAgo { orders } } } } }", 36],
    ["{ metrics(first: 12) { totals { orders } totalCount } }", 0],
    ['{ a: customer(id: "1") { id } b: customer(id: "2") { sales(first: 4) { nodes { id } } } }', 1 + 1 + 4],
    ["{ segments { customersConnection(first: 3) { nodes { id } } } }", 5 * 3],
    ["{ segments(scheme: DETAILED) { customersConnection(first: 3) { nodes { id } } } }", 10 * 3],
    ["{ customers(first: 2) { nodes { segment { customersConnection(first: 3) { nodes { id } } } } } }", 2 + 2 * 3],
    [
      "{ kpis { orders } revenueByMonth { month previous { orders } } revenueByCountry { country } segments { key } cohorts { retention { rate } } }",
      0,
    ],
  ])("%s: %i", (query, rows) => {
    expect(rowsOf(query)).toBe(rows);
  });

  test("are bounded where the role says so, and the largest page that fits is named", () => {
    const refuse = (query: string, mostRows: number | null) => {
      try {
        guardCost(operationOf(query), facts, mostRows);
        return null;
      } catch (error) {
        if (!(error instanceof Consumer360Error)) throw error;
        return { code: error.code, message: error.message, remedy: error.remedy };
      }
    };
    const list = "{ customers { nodes { id } } }";
    expect(refuse(list, null)).toBeNull();
    expect(refuse(list, 50)).toBeNull();
    expect(refuse(list, 49)).toEqual({
      code: "QUERY_TOO_COSTLY",
      message: "The query may bring an estimated 50 rows; the bound of your role is 49.",
      remedy: "Ask for `first: 49` at most, and go on with `after`.",
    });
    const nested = (first: number, lines: number) =>
      `{ customers(first: ${first}) { nodes { sales(first: ${lines}) { nodes { id } } } } }`;
    expect(refuse(nested(100, 10), 100)?.remedy).toContain("`first: 9` at most");
    expect(refuse(nested(9, 9), 100)).toBeNull();
    expect(refuse(nested(10, 10), 100)).not.toBeNull();
    const many = '{ a: customer(id: "1") { id } b: customer(id: "2") { id } }';
    expect(refuse(many, 1)?.remedy).toBe("Ask for fewer lists, or for each in a document of its own.");
    expect(refuse("{ kpis { orders } }", 1)).toBeNull();
  });
});
