// Answers that are given again: the same bytes as those that were asked for, to the same scope alone, charged, noted and refused alike; and
// what is never given again.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { makeApiKey } from "../../src/server/makeApiKey.ts";
import { type AccessRecords, type AuditRecord, openAccessRecords } from "../../src/warehouse/openAccessRecords.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type Asker, type CachedServer, openCachedServer, type Question } from "./cachedServer.ts";
import { makeDemoServer } from "./demoServer.ts";

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const demoPolicy = readFileSync(fileOf("policy/demo.yaml"), "utf8");

let warehouse: TestWarehouse;
let access: AccessRecords;
let cached: CachedServer;
let records: AuditRecord[];
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(fileOf("test/fixtures/shop.csv"));
  access = openAccessRecords(warehouse.url);
});
afterAll(async () => {
  await access?.close();
  await warehouse?.close();
});
beforeEach(async () => {
  records = [];
  cached = await open();
});
afterEach(() => cached.close());

const open = (options: Partial<Parameters<typeof openCachedServer>[1]> = {}) =>
  openCachedServer(warehouse, {
    policyText: demoPolicy,
    audit: { record: (record) => void records.push(record) },
    findKey: access.useKey,
    ...options,
  });
async function reopen(options: Parameters<typeof open>[0]): Promise<void> {
  await cached.close();
  cached = await open(options);
}

const analyst: Asker = { role: "analyst" };
const kpis: Question = { query: "{ kpis { grossRevenue orders } }" };
const marked = (body: string, isCached: boolean) => {
  expect(body).toContain(`,"cached":${isCached}}}}\n`);
  return body.replace(/,"cached":(true|false)}}}\n$/, "}}}\n");
};

/** The published requests, and one for each way into the graph that none of them takes. */
const triples = fileURLToPath(new URL("../graph/triples/", import.meta.url));
const questions: readonly Question[] = [
  ...readdirSync(triples).map((name) => ({ query: readFileSync(`${triples}${name}/request.graphql`, "utf8") })),
  { query: "{ me { role countries hiddenMembers notices scopeFingerprint } }" },
  { query: "{ dataset { snapshot publishedAt asOf currency } }" },
  { query: "{ catalog { measures { member dimensions } dimensions { member } } }" },
  { query: "query A($id: ID!) { customer(id: $id) { id name grossRevenue } }", variables: { id: "12001" } },
  { query: "{ churnRisk { nodes { id name } } }" },
  { query: "{ factSales(first: 3) { nodes { id amount } pageInfo { endCursor } totalCount } }" },
  {
    query:
      "{ partners: revenueByCountry { country orders } revenueByMonth { month orders } segments { key customers } }",
  },
];
const askers: readonly Asker[] = [
  { role: "admin" },
  { role: "executive" },
  { role: "analyst" },
  { role: "country_manager", countries: ["France"] },
  { role: "country_manager", countries: ["Germany", "France"] },
  { role: "country_manager" },
  { role: "crm" },
  { role: "partner" },
];

describe("what is given again", () => {
  test("is byte for byte what is asked for anew, for every published question and role, but for the mark", async () => {
    const plain = await makeDemoServer(warehouse);
    try {
      const given = { again: 0, anew: 0 };
      for (const asker of askers) {
        for (const question of questions) {
          const cold = await cached.ask(asker, question);
          const { hit } = cached.ways();
          const warm = await cached.ask(asker, question);
          const token = `Bearer ${await cached.tokenOf(asker)}`;
          const bare = await cached.server.app.inject({
            method: "POST",
            url: "/graphql",
            headers: { authorization: token },
            payload: question as object,
          });
          expect([warm.statusCode, warm.headers["content-type"]]).toEqual([
            cold.statusCode,
            cold.headers["content-type"],
          ]);
          if (cached.ways().hit === hit) {
            given.anew += 1;
            expect(warm.body).toBe(cold.body);
            expect(cold.json()).toHaveProperty("errors");
            continue;
          }
          given.again += 1;
          const uncached = await plain.askWith(token, question.query ?? "");
          expect(marked(warm.body, true)).toBe(marked(cold.body, false));
          expect(bare.body).toBe(warm.body);
          if (question.variables === undefined) expect(marked(uncached.body, false)).toBe(marked(cold.body, false));
        }
      }
      expect(given.again).toBeGreaterThan(80);
      // what a role may not ask for
      expect(given.anew).toBeGreaterThan(10);
    } finally {
      await plain.close();
    }
  });

  test("is never that of a number which JSON cannot hold", async () => {
    const query = "query ($least: Decimal) { customers(where: { grossRevenue: { gte: $least } }) { totalCount } }";
    const ask = async (least: string) => {
      const { server, tokenOf } = cached;
      const payload = `{"query": ${JSON.stringify(query)}, "variables": {"least": ${least}}}`;
      const headers = {
        authorization: `Bearer ${await tokenOf({ role: "admin" })}`,
        "content-type": "application/json",
      };
      return (await server.app.inject({ method: "POST", url: "/graphql", headers, payload })).json();
    };
    expect((await ask("null")).data.customers.totalCount).toBeGreaterThan(0);
    for (const beyond of ["1e400", "-1e400"])
      expect((await ask(beyond)).errors[0]).toMatchObject({
        message: "A number in the variables is too large to be read.",
        extensions: { code: "BAD_USER_INPUT" },
      });
  });

  test("needs no statement, whatever its JSON looks like, and by GET as well", async () => {
    const query = "query A($where: SalesFilter) { kpis(where: $where) { orders } }";
    const month = { gte: "2024-01", lt: "2024-04" };
    const cold = await cached.ask(analyst, { query, variables: { where: { month, country: { in: ["France"] } } } });
    const { statements } = cached;
    for (const reply of [
      await cached.ask(analyst, { variables: { where: { country: { in: ["France"] }, month } }, query }),
      await cached.get(analyst, { query, variables: { where: { month, country: { in: ["France"] } } } }),
      await cached.ask(analyst, {
        query,
        variables: { where: { month, country: { in: ["France"] } } },
        extensions: {},
      }),
    ]) {
      expect(marked(reply.body, true)).toBe(marked(cold.body, false));
    }
    expect(cached.statements).toBe(statements);
    expect(cached.ways()).toEqual({ hit: 3, shared: 0, miss: 1, uncached: 0 });
    const other = await cached.ask(analyst, { query, variables: { where: { country: { in: ["Germany"] }, month } } });
    expect(other.body).not.toBe(cold.body);
    expect(cached.ways().miss).toBe(2);
  });

  test("hangs on the operation's name, and on what the client takes", async () => {
    const query = "query A { kpis { orders } } query B { kpis { units } }";
    const names = ["A", "B", "A", "B"];
    const bodies = [];
    for (const operationName of names) bodies.push((await cached.ask(analyst, { query, operationName })).json().data);
    expect(bodies[2]).toEqual(bodies[0]);
    expect(bodies[3]).toEqual(bodies[1]);
    expect(bodies[0]).not.toEqual(bodies[1]);
    expect(cached.ways()).toMatchObject({ hit: 2, miss: 2 });
    const types = [];
    for (const accept of ["application/json", "application/graphql-response+json"]) {
      for (const _ of [1, 2]) types.push((await cached.ask(analyst, kpis, { accept })).headers["content-type"]);
    }
    expect(types.map((type) => String(type).split(";")[0])).toEqual([
      "application/json",
      "application/json",
      "application/graphql-response+json",
      "application/graphql-response+json",
    ]);
    expect((await cached.ask(analyst, kpis, { accept: "text/html" })).statusCode).toBe(406);
  });

  test("is refused in the forms in which nothing is answered, also where the answer is there", async () => {
    await cached.get(analyst, kpis);
    const { hit } = cached.ways();
    expect((await cached.get(analyst, kpis, { "apollo-require-preflight": "" })).statusCode).toBe(400);
    const text = await cached.ask(analyst, kpis, { "content-type": "text/plain" });
    expect([text.statusCode, text.body]).toEqual([400, expect.stringContaining("CSRF")]);
    expect((await cached.ask(analyst, { ...kpis, variables: "{}" })).statusCode).toBe(400);
    expect((await cached.ask(analyst, { ...kpis, extensions: [] })).statusCode).toBe(400);
    expect(cached.ways().hit).toBe(hit);
  });

  test("is recorded as what is asked for, under a name and a time of its own", async () => {
    const question = { query: "{ customers(first: 2) { nodes { id name } } }" };
    const askedBy = (subject: string) => cached.ask({ role: "crm", subject }, question);
    await askedBy("anna");
    await askedBy("bert");
    await cached.get({ role: "crm", subject: "carl" }, question);
    expect(cached.ways()).toMatchObject({ hit: 2, miss: 1 });
    const [cold, ...warm] = records;
    expect(cold).toMatchObject({ subject: "anna", personal: ["Customer.name", "customerLevel"], rows: 2, outcome: [] });
    expect(warm.map(({ subject }) => subject)).toEqual(["bert", "carl"]);
    for (const record of warm) {
      const { at, requestId, subject, durationMs } = record;
      expect(record).toEqual({ ...cold, at, requestId, subject, durationMs });
      expect(requestId).not.toBe(cold?.requestId);
    }
  });
});

describe("what is asked anew", () => {
  const expectAnew = async (asker: Asker, question: Question) => {
    const { entries } = cached.answers.figures();
    const bodies = [(await cached.ask(asker, question)).body, (await cached.ask(asker, question)).body];
    expect(cached.answers.figures().entries).toBe(entries);
    expect(cached.ways()).toMatchObject({ hit: 0 });
    return bodies;
  };

  test.each<[string, Asker, string]>([
    ["a refusal", { role: "executive" }, "{ customers { nodes { id } } }"],
    ["an error of a part", { role: "executive" }, `{ kpis { orders } customer(id: "12001") { id } }`],
    ["what is no document", analyst, "{ kpis {"],
    ["what the schema does not have", analyst, "{ nothing }"],
    ["what costs too much", analyst, `{ ${"a".repeat(3)}: factSales(first: 2000000000) { totalCount } }`],
  ])("%s", async (_, asker, query) => {
    const [body] = await expectAnew(asker, { query });
    expect(JSON.parse(body ?? "")).toHaveProperty("errors");
  });

  test.each<[string, Asker, string]>([
    ["loads, which are of the moment", { role: "admin" }, "{ kpis { orders } loadRuns { totalCount } }"],
    ["loads behind a fragment", { role: "admin" }, "{ ...A } fragment A on Query { loadRuns { nodes { id } } }"],
    ["loads that are left out now", { role: "admin" }, "{ kpis { orders } loadRuns @skip(if: true) { totalCount } }"],
    ["the account of a load", { role: "admin" }, "{ dataset { snapshot account { read } } }"],
    ["the schema", analyst, "{ __schema { queryType { name } } }"],
    ["nothing of the warehouse", analyst, "{ __typename }"],
  ])("%s", async (_, asker, query) => {
    const [body] = await expectAnew(asker, { query });
    expect(JSON.parse(body ?? "")).not.toHaveProperty("errors");
  });

  test("an answer from an older snapshot than the published one", async () => {
    const first = { query: "{ customers(first: 2) { nodes { id } pageInfo { endCursor } } }" };
    const { data } = (await cached.ask(analyst, first)).json();
    const query = `{ customers(first: 2, after: "${data.customers.pageInfo.endCursor}") { nodes { id } } dataset { snapshot } }`;
    await cached.ask(analyst, { query });
    const before = await cached.ask(analyst, { query });
    expect(cached.ways()).toMatchObject({ hit: 1, miss: 2 });
    await warehouse.load(fileOf("test/fixtures/shop.csv"), { again: true });
    await expect.poll(() => cached.answers.figures().entries).toBe(0);
    for (const _ of [1, 2]) {
      const after = await cached.ask(analyst, { query });
      expect(marked(after.body, false)).toBe(marked(before.body, true));
    }
    expect(cached.answers.figures()).toMatchObject({ entries: 0, outdated: 2 });
  });
});

describe("who asks", () => {
  test("gets what the own scope gets, whoever asked before", async () => {
    const bodies = new Map<string, string>();
    for (const round of [1, 2, 3]) {
      for (const asker of askers) {
        const { body } = await cached.ask(asker, { query: "{ me { role countries scopeFingerprint } }" });
        const { me } = JSON.parse(body).data;
        expect(JSON.parse(body).extensions.receipt.policy).toBe(me.scopeFingerprint);
        expect([me.role, me.countries]).toEqual([
          asker.role,
          asker.role === "country_manager" ? [...(asker.countries ?? [])].sort() : null,
        ]);
        const key = JSON.stringify(asker);
        if (round > 1) expect(marked(body, true)).toBe(bodies.get(key));
        else bodies.set(key, marked(body, false));
      }
    }
    expect(new Set(bodies.values()).size).toBe(askers.length);
    // two askers of one scope share an answer, whatever they are called
    const { miss } = cached.ways();
    await cached.ask(
      { role: "analyst", subject: "somebody else" },
      { query: "{ me { role countries scopeFingerprint } }" },
    );
    expect(cached.ways().miss).toBe(miss);
  });

  test("gets what a changed policy shows, from the next request on", async () => {
    const roleWith = (more: string) =>
      parsePolicy(`roles:\n  r: {countries: all, segments: all, customerLevel: true${more}}`, "test.yaml");
    const asker = { role: "r" };
    const query = "{ customers(first: 1) { nodes { id name } } me { mostRows } }";
    const seen = [];
    for (const more of ["", ", mask: [customerName]", ", countries: [France]", ", limits: {rows: 7}", ""]) {
      cached.policy = more.includes("countries")
        ? parsePolicy("roles:\n  r: {countries: [France], segments: all, customerLevel: true}", "test.yaml")
        : roleWith(more);
      for (const _ of [1, 2]) {
        const { data, extensions } = (await cached.ask(asker, { query })).json();
        seen.push([extensions.receipt.policy, extensions.receipt.cached, data.me.mostRows]);
      }
    }
    const fingerprints = seen.map(([fingerprint]) => fingerprint);
    expect(new Set(fingerprints).size).toBe(4);
    expect(fingerprints[8]).toBe(fingerprints[0]);
    expect(seen.map(([, isCached]) => isCached)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
      true,
      true,
    ]);
    expect(seen[6]?.[2]).toBe(7);
    cached.policy = parsePolicy("roles:\n  other: {countries: all, segments: all, customerLevel: true}", "test.yaml");
    expect((await cached.ask(asker, { query })).statusCode).toBe(403);
  });

  test("with a key that is revoked gets nothing more", async () => {
    const { text: key, ...made } = makeApiKey();
    await access.createKey({ ...made, name: "nightly", role: "analyst", claims: {}, expiresIn: null });
    const ask = () =>
      cached.server.app.inject({
        method: "POST",
        url: "/graphql",
        headers: { "x-api-key": key },
        payload: kpis as object,
      });
    expect([(await ask()).statusCode, (await ask()).json().extensions.receipt.cached]).toEqual([200, true]);
    await access.revokeKey("nightly");
    expect((await ask()).statusCode).toBe(401);
  });

  test("is held to the limits as with what is asked anew", async () => {
    const limits = (text: string) =>
      `roles:\n  r: {countries: all, segments: all, customerLevel: true, limits: {${text}}}\n  free: {countries: all, segments: all, customerLevel: true}`;
    await reopen({ policyText: limits("costPerMinute: 5") });
    const ask = (subject: string) => cached.ask({ role: "r", subject }, kpis);
    expect((await ask("anna")).statusCode).toBe(200);
    expect((await ask("anna")).json().extensions.receipt.cached).toBe(true);
    const refused = await ask("anna");
    expect([refused.statusCode, refused.json().errors[0].extensions.code]).toEqual([429, "RATE_LIMITED"]);
    expect(refused.headers["retry-after"]).toMatch(/^\d+$/);
    expect((await ask("bert")).json().extensions.receipt.cached).toBe(true);
    expect(records.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      [[], null],
      [[], null],
      [["RATE_LIMITED"], "limit of cost"],
      [[], null],
    ]);
    await reopen({ policyText: limits("requestsPerMinute: 2") });
    expect([(await ask("anna")).statusCode, (await ask("anna")).statusCode, (await ask("anna")).statusCode]).toEqual([
      200, 200, 429,
    ]);
  });
});

describe("memory", () => {
  test("is bounded in bytes: what was asked for longest ago makes room", async () => {
    await reopen({ bytes: 40_000 });
    const ask = (month: number) =>
      cached.ask(analyst, { query: `{ a${month}: kpis { grossRevenue orders units customers } }` });
    for (let month = 0; month < 60; month += 1) {
      await ask(month);
      // one that is asked for again and again stays
      await ask(0);
      expect(cached.answers.figures().bytes).toBeLessThanOrEqual(40_000);
    }
    const { entries, evicted, bytes } = cached.answers.figures();
    expect(entries + evicted).toBe(60);
    expect(evicted).toBeGreaterThan(20);
    expect(bytes).toBeGreaterThan(30_000);
    expect(cached.ways().hit).toBe(60);
  });

  test("is not taken by one answer alone", async () => {
    await reopen({ bytes: 40_000 });
    const large = { query: "{ factSales(first: 199) { nodes { id description amount country product } } }" };
    const [cold, again] = [await cached.ask(analyst, large), await cached.ask(analyst, large)];
    expect(cold.body.length).toBeGreaterThan(5_000);
    expect(again.body).toBe(cold.body);
    expect(cached.answers.figures()).toMatchObject({ entries: 0, evicted: 0 });
  });
});
