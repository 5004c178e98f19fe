// What a client reads of an error, through Apollo Server: a stable code, a message made for it, and nothing else.
import { ApolloServer } from "@apollo/server";
import { GraphQLError } from "graphql";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { makeFormatError } from "../../src/graph/formatError.ts";
import type { GraphContext } from "../../src/graph/GraphContext.ts";
import { graphPlugin, snapshotOfCursors } from "../../src/graph/graphPlugin.ts";
import { parseOptions } from "../../src/graph/guardCost.ts";
import { makeGraphContext, type Reads } from "../../src/graph/makeGraphContext.ts";
import { sealCursors } from "../../src/graph/sealCursors.ts";
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import { encodeCursor } from "../../src/query/cursor.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { testKeys } from "../graph/testKeys.ts";

const scope: Scope = { ...everything, role: "admin", fingerprint: "all" };

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

let logged: unknown[] = [];
let server: ApolloServer<GraphContext>;
beforeAll(async () => {
  server = new ApolloServer<GraphContext>({
    schema: await buildGraphSchema(),
    plugins: [graphPlugin()],
    parseOptions,
    formatError: makeFormatError((error) => logged.push(error)),
  });
});
beforeEach(() => {
  logged = [];
});

/** Answers from a query floor that fails with `failure` at its first step; given `facts`, it has a snapshot of them. */
async function answer(
  query: string,
  failure: unknown = new Error("unused"),
  variables: Record<string, unknown> = {},
  asker: Scope = scope,
) {
  const pinned: (number | undefined)[] = [];
  const fail = (): never => {
    throw failure;
  };
  const reads: Reads = {
    ask: async () => fail(),
    askRecords: async () => fail(),
    readAccount: async () => fail(),
    readSnapshot: async (_warehouse, snapshotId) => {
      pinned.push(snapshotId);
      if (failure === facts) return facts;
      return fail();
    },
  };
  const warehouse = { read: fail, readPublished: fail, close: async () => {} };
  const response = await server.executeOperation(
    { query, variables },
    { contextValue: makeGraphContext({ keys: testKeys, scope: asker, warehouse, reads }) },
  );
  if (response.body.kind !== "single") throw new Error("Not a single answer.");
  const { errors = [], data } = response.body.singleResult;
  return { status: response.http.status, errors, data, pinned, text: JSON.stringify(response.body.singleResult) };
}

const kpis = "{ kpis { orders } }";

describe("errors of ours", () => {
  test("keep their message; only what the asker can mend keeps its remedy", async () => {
    const bad = new Consumer360Error("BAD_USER_INPUT", "Wrong.", { remedy: "Mend it.", cause: new Error("why") });
    expect((await answer(kpis, bad)).errors).toEqual([
      {
        message: "Wrong.",
        path: ["kpis"],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: "BAD_USER_INPUT", remedy: "Mend it." },
      },
    ]);
    const forbidden = new Consumer360Error("FORBIDDEN", "No.", { remedy: "Ask." });
    expect((await answer(kpis, forbidden)).errors[0]?.extensions).toEqual({ code: "FORBIDDEN" });
    expect(logged).toEqual([]);
  });

  test("a warehouse that does not answer is said and logged", async () => {
    const gone = new Consumer360Error("WAREHOUSE_UNAVAILABLE", "The warehouse does not answer.");
    expect((await answer(kpis, gone)).errors[0]).toMatchObject({
      message: "The warehouse does not answer.",
      extensions: { code: "WAREHOUSE_UNAVAILABLE" },
    });
    expect(logged).toEqual([gone]);
  });

  test("what is meant for the command line is not shown as it is", async () => {
    const empty = new Consumer360Error("WAREHOUSE_NOT_READY", "x", {
      remedy: "Load a file: npx consumer360 load FILE.",
    });
    expect((await answer(kpis, empty)).errors[0]).toMatchObject({
      message: "Nothing has been published yet: there is no data to answer from.",
      extensions: { code: "WAREHOUSE_UNAVAILABLE" },
    });
    const other = await answer(kpis, new Consumer360Error("FILE_EMPTY", "/home/x/secret.csv is empty."));
    expect(other.errors[0]?.extensions).toEqual({ code: "INTERNAL" });
    expect(other.text).not.toContain("secret");
  });
});

describe("everything else", () => {
  test.each([
    new Error('column "secret" does not exist'),
    new TypeError("secret of undefined"),
    new GraphQLError("secret", { extensions: { code: "SECRET_CODE", more: "secret" } }),
  ])("is INTERNAL, neutral, and logged: %s", async (failure) => {
    const { errors, text } = await answer(kpis, failure);
    expect(errors[0]).toEqual({
      message: "Something went wrong on our side; the question was in order.",
      path: ["kpis"],
      locations: [{ line: 1, column: 3 }],
      extensions: { code: "INTERNAL" },
    });
    expect(text.toLowerCase()).not.toContain("secret");
    expect(logged).toHaveLength(1);
  });
});

describe("a document that is not right", () => {
  test.each([
    ["{ kpis { ", "GRAPHQL_PARSE_FAILED", "Syntax Error: Expected Name, found <EOF>."],
    [`{ ${"a ".repeat(10_001)} }`, "GRAPHQL_PARSE_FAILED", "10000 tokens"],
    ["{ kpi { orders } }", "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "kpi" on type "Query".'],
    ["{ kpis { order } }", "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "order" on type "Kpis".'],
    ["{ kpis(were: {}) { orders } }", "GRAPHQL_VALIDATION_FAILED", 'Unknown argument "were" on field "Query.kpis".'],
    ["{ kpis(where: { contry: {} }) { orders } }", "GRAPHQL_VALIDATION_FAILED", '"contry" is not defined'],
    ["{ segments(scheme: CLASIC) { key } }", "GRAPHQL_VALIDATION_FAILED", '"CLASIC" does not exist'],
    ["{ catalog { nodes { x } } }", "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "nodes" on type "Catalog".'],
    ["{ kpis }", "GRAPHQL_VALIDATION_FAILED", "must have a selection of subfields."],
    [
      '{ revenueByMonth(from: "2011-13") { month } }',
      "BAD_USER_INPUT",
      '`Month` is a month, YYYY-MM; "2011-13" is not.',
    ],
    ["query A { kpis { orders } } query B { kpis { orders } }", "BAD_USER_INPUT", "operation name"],
    ["", "BAD_USER_INPUT", "non-empty"],
  ])("%s", async (query, code, message) => {
    const { errors, status } = await answer(query);
    expect(errors[0]?.extensions).toEqual({ code });
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.message).not.toMatch(/did you mean/i);
    expect(status).toBe(400);
    expect(logged).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      "query ($m: Month) { revenueByMonth(from: $m) { month } }",
      { m: "x" },
      '`Month` is a month, YYYY-MM; "x" is not.',
    ],
    ["query ($n: Int) { customers(first: $n) { totalCount } }", { n: "x" }, 'Variable "$n" got invalid value "x"'],
    ["query ($s: SegmentKey) { kpis(where: { segment: { eq: $s } }) { orders } }", { s: "CHAMPION" }, '"CHAMPION"'],
    ["query ($n: Int!) { customers(first: $n) { totalCount } }", {}, 'Variable "$n" of required type "Int!"'],
  ])("a variable that does not fit: %s %j", async (query, variables, message) => {
    const { errors } = await answer(query, undefined, variables);
    expect(errors[0]?.extensions).toEqual({ code: "BAD_USER_INPUT" });
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.message).not.toMatch(/did you mean/i);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["{ metrics { nodes { grossProfit } } }", {}, 'Cannot query field "grossProfit" on type "MetricRow".'],
    ["{ metrics { nodes { previous { grossRevenu } } } }", {}, 'Cannot query field "grossRevenu" on type "MetricRow".'],
    ["{ metrics(orderBy: [{ member: MOTH }]) { totalCount } }", {}, 'Value "MOTH" does not exist in "Member" enum.'],
    [
      "query ($o: [MetricOrder!]) { metrics(orderBy: $o) { totalCount } }",
      { o: [{ member: "MOTH" }] },
      'Variable "$o" got invalid value "MOTH" at "o[0].member"; Value "MOTH" does not exist in "Member" enum.',
    ],
    [
      'query ($m: Measure!) { metrics(having: [{ measure: $m, gte: "1" }]) { totalCount } }',
      { m: "GROSS" },
      'Variable "$m" got invalid value "GROSS"; Value "GROSS" does not exist in "Measure" enum.',
    ],
  ])("a member that the model does not have: %s %j", async (query, variables, message) => {
    const { errors, status } = await answer(query, undefined, variables);
    expect(errors).toEqual([
      expect.objectContaining({
        message,
        extensions: {
          code: "BAD_USER_INPUT",
          remedy: "Ask `catalog` for the measures and dimensions that you may use.",
        },
      }),
    ]);
    expect(status).toBe(400);
    expect(logged).toEqual([]);
  });

  test("that costs too much is refused before anything is asked", async () => {
    const { errors, status, pinned } = await answer(
      "{ customers(first: 1000) { nodes { sales(first: 9999) { totalCount } } } }",
    );
    expect(errors).toEqual([
      {
        message: "The query may bring an estimated 10,001,001 objects; the bound is 200,000. Ask for smaller pages.",
        extensions: { code: "QUERY_TOO_COSTLY" },
      },
    ]);
    expect(status).toBe(400);
    expect(pinned).toEqual([]);
  });

  test.each(["mutation { x }", "subscription { x }", "mutation M($n: Int) { x(n: $n) { y } }"])(
    "that is no query is refused in our words: %s",
    async (query) => {
      const { errors, status } = await answer(query);
      expect(errors).toEqual([{ message: "This graph answers queries only.", extensions: { code: "BAD_USER_INPUT" } }]);
      expect(status).toBe(400);
      expect(logged).toEqual([]);
    },
  );

  test("or that nests too deep to be read gets our words, not the engine's", async () => {
    const levels = 4_900;
    for (const query of [
      `{ kpis(where: { country: { in: ${"[".repeat(levels)}${"]".repeat(levels)} } }) { orders } }`,
      `{ kpis { ${"... { ".repeat(3_300)} orders ${"} ".repeat(3_300)} } }`,
    ]) {
      const { errors, status, text } = await answer(query);
      expect([status, errors[0]?.extensions?.code]).toEqual([400, "GRAPHQL_PARSE_FAILED"]);
      expect(text).not.toMatch(/call stack|RangeError/);
    }
    expect(logged).toEqual([]);
  });

  test.each([
    ["query ($v: Month) { revenueByMonth(from: $v) { month } }", "`Month` is a month, YYYY-MM; a list is not."],
    ["query ($v: String) { kpis(where: { country: { eq: $v } }) { orders } }", "String cannot represent"],
    ["query ($v: [String!]) { kpis(where: { country: { in: $v } }) { orders } }", "String cannot represent"],
    ["query ($v: Int) { customers(first: $v) { totalCount } }", "Int cannot represent"],
    ["query ($v: SegmentKey) { kpis(where: { segment: { eq: $v } }) { orders } }", "cannot represent"],
  ])("nor do its variables: %s", async (query, message) => {
    const nested: unknown = JSON.parse("[".repeat(100_000) + "]".repeat(100_000));
    const { errors, status } = await answer(query, undefined, { v: nested });
    expect([status, errors[0]?.extensions?.code]).toEqual([400, "BAD_USER_INPUT"]);
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.message).not.toContain("call stack");
  });

  test.each([
    "query ($n: Int = 1) { customers(first: $n) { nodes { sales(first: 9999) { totalCount } } } }",
    "query ($n: Int = 1) { customers(first: 1000) { nodes { a: sales(first: $n) { totalCount } b: sales(first: 189) { totalCount } } } }",
  ])("where null is given for a variable with a default, what the resolver makes of it counts: %s", async (query) => {
    const codeFor = async (n: number | null) => (await answer(query, undefined, { n })).errors[0]?.extensions?.code;
    expect(await codeFor(null)).toBe("QUERY_TOO_COSTLY");
    expect(await codeFor(1)).toBe("INTERNAL");
    logged = [];
  });

  test("a list of months is weighed by the snapshot's own months; without a snapshot the fields say why", async () => {
    const ask = async (query: string) => (await answer(query, facts)).errors[0];
    const tooMuch = (count: number) =>
      `{ ${Array.from({ length: count }, (_, nth) => `a${nth}: cohorts(from: "1911-01", to: "2010-12") { retention { period } }`).join(" ")} }`;
    // 1,200 cohorts of 13 periods each.
    expect(await ask(tooMuch(12))).toMatchObject({
      message: "The query may bring an estimated 201,600 objects; the bound is 200,000. Ask for smaller pages.",
      extensions: { code: "QUERY_TOO_COSTLY" },
    });
    expect(await ask(tooMuch(2))).toBeUndefined();
    const { errors, status } = await answer(
      tooMuch(1),
      new Consumer360Error("WAREHOUSE_UNAVAILABLE", "The warehouse does not answer."),
    );
    expect([status, errors[0]?.path, errors[0]?.extensions?.code]).toEqual([
      undefined,
      ["a0"],
      "WAREHOUSE_UNAVAILABLE",
    ]);
  });

  test.each([
    ["{ customers(first: 1001) { totalCount } }", "`first` is 1001; it must be from 1 to 1,000."],
    ["{ churnRisk(first: 0) { totalCount } }", "`first` is 0; it must be from 1 to 1,000."],
    ["{ factSales(first: 10001) { totalCount } }", "`first` is 10001; it must be from 1 to 10,000."],
  ])("%s", async (query, message) => {
    const { errors } = await answer(query);
    expect(errors[0]).toMatchObject({ message, extensions: { code: "BAD_USER_INPUT" } });
  });
});

describe("cursors", () => {
  const of = (snapshotId: number, asker = scope) =>
    sealCursors(testKeys.cursors, asker).seal(encodeCursor(snapshotId, "question", ["1"]));

  test("answer the whole document from their snapshot, written out or as a variable", async () => {
    expect((await answer(`{ kpis { orders } customers(after: "${of(7)}") { totalCount } }`)).pinned).toEqual([7]);
    const query =
      "query ($c: String) { kpis { orders } ...F } fragment F on Query { customers(after: $c) { totalCount } }";
    expect((await answer(query, undefined, { c: of(8) })).pinned).toEqual([8]);
    expect((await answer(`query ($c: String = "${of(9)}") { customers(after: $c) { totalCount } }`)).pinned).toEqual([
      9,
    ]);
  });

  test.each([
    "customers(after: $c) @skip(if: true) { totalCount }",
    "customers(after: $c) @include(if: false) { totalCount }",
    "customers(after: $c) @skip(if: $yes) { totalCount }",
    "customers(after: $c) @include(if: $no) { totalCount }",
    "... @skip(if: $yes) { customers(after: $c) { totalCount } }",
    "...F @include(if: $no)",
    "x: customers @include(if: $no) { nodes { sales(after: $c) { totalCount } } }",
  ])("of what is left out pin nothing: %s", async (left) => {
    const query = `query ($c: String, $yes: Boolean!, $no: Boolean = false) { kpis { orders @include(if: $yes) currency @skip(if: $no) }
      ${left} z: customers(after: $c) @skip(if: true) { ...G } ...F @skip(if: true) }
      fragment F on Query { customers(after: $c) { totalCount } } fragment G on CustomerConnection { totalCount }`;
    expect((await answer(query, undefined, { c: of(7), yes: true })).pinned).toEqual([undefined]);
  });

  test("of what the role may not see pin nothing", async () => {
    const query = `{ kpis { orders } customers(after: "${of(7)}") { totalCount }
      segments { customersConnection(after: "${of(8)}") { nodes { sales(after: "${of(9)}") { totalCount } } } } }`;
    const executive = { ...scope, role: "executive", customerLevel: false, operator: false };
    expect((await answer(query, undefined, {}, executive)).pinned).toEqual([undefined]);
    expect((await answer(query)).errors[0]?.message).toContain("different snapshots");
  });

  test("that nobody has signed, or that were signed for another scope, pin nothing", async () => {
    const pinnedBy = async (after: string) => (await answer(`{ customers(after: "${after}") { totalCount } }`)).pinned;
    expect(await pinnedBy(of(7))).toEqual([7]);
    expect(await pinnedBy(encodeCursor(7, "question", ["1"]))).toEqual([undefined]);
    expect(await pinnedBy(of(7, { ...scope, fingerprint: "another" }))).toEqual([undefined]);
    expect(await pinnedBy(of(7).slice(0, -1))).toEqual([undefined]);
  });

  test("that are none of ours, or null, pin nothing", async () => {
    expect((await answer('{ customers(after: "x") { totalCount } }')).pinned).toEqual([undefined]);
    expect((await answer("{ customers(after: null) { totalCount } }")).pinned).toEqual([undefined]);
  });

  test("of an operation that is not answered pin nothing", async () => {
    expect(snapshotOfCursors([])).toBeNull();
    const query = `query A { kpis { orders } } query B { customers(after: "${of(7)}") { totalCount } }`;
    const response = await server.executeOperation(
      { query, operationName: "A" },
      {
        contextValue: {
          ...makeGraphContext({
            keys: testKeys,
            scope,
            warehouse: { read: never, readPublished: never, close: async () => {} },
          }),
          pinSnapshot: never,
        },
      },
    );
    expect(JSON.stringify(response.body)).not.toContain("pinned");
  });

  test("of two snapshots cannot be answered together", async () => {
    const { errors, status } = await answer(
      `{ a: customers(after: "${of(7)}") { totalCount } b: customers(after: "${of(8)}") { totalCount } }`,
    );
    expect(errors[0]).toMatchObject({
      message: "The `after` cursors of one document belong to different snapshots.",
      extensions: { code: "BAD_USER_INPUT" },
    });
    expect(status).toBe(400);
  });
});

function never(): never {
  throw new Error("pinned");
}

describe("what a document will cost", () => {
  const askWith = async (spend: NonNullable<GraphContext["spend"]>, query: string) => {
    const warehouse = { read: never, readPublished: never, close: async () => {} };
    const response = await server.executeOperation(
      { query },
      { contextValue: makeGraphContext({ keys: testKeys, scope, warehouse, spend }) },
    );
    return { status: response.http.status, text: JSON.stringify(response.body) };
  };

  test("is told once before anything is asked", async () => {
    const spent: number[] = [];
    await askWith(async ({ rows }) => void spent.push(rows), "{ me { role } a: customers(first: 7) { nodes { id } } }");
    await askWith(({ rows }) => void spent.push(rows), "{ __schema { queryType { name } } }");
    expect(spent).toEqual([7, 0]);
  });

  test("may be too much: then nothing is asked, and the request says why", async () => {
    const refuse = async () => {
      throw new Consumer360Error("RATE_LIMITED", "Too much within a minute.");
    };
    const { status, text } = await askWith(refuse, "{ kpis { orders } }");
    expect(text).toContain('"code":"RATE_LIMITED"');
    expect(text).toContain("Too much within a minute.");
    expect(text).not.toContain('"data":{');
    expect(status).toBe(429);
  });
});

test("a message that would echo a long text is cut, and its reason stays", () => {
  const long = "x".repeat(900_000);
  const formatted = [
    new GraphQLError(`Int cannot represent non-integer value: ${JSON.stringify(long)}`, {
      extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
    }),
    new GraphQLError("ours", { originalError: new Consumer360Error("BAD_USER_INPUT", `${long} is not a month.`) }),
  ].map((error) => makeFormatError(() => undefined)(error.toJSON(), error).message);
  for (const message of formatted) expect(message.length).toBeLessThanOrEqual(500);
  expect(formatted).toEqual([
    expect.stringMatching(/^Int cannot represent non-integer value: "x+ … x+"$/),
    expect.stringMatching(/^x+ … x+ is not a month\.$/),
  ]);
  const halved = new GraphQLError("🏪".repeat(400), { extensions: { code: "BAD_USER_INPUT" } });
  expect(makeFormatError(() => undefined)(halved.toJSON(), halved).message.isWellFormed()).toBe(true);
});
