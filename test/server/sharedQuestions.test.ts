// Equal questions at the same time, over real connections: asked of the warehouse once, never across scopes, whoever leaves meanwhile; and
// where there is no answer to share each goes its own way.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type Asker, type CachedServer, openCachedServer } from "./cachedServer.ts";

const policyText = `roles:
  a: {countries: all, segments: all, customerLevel: true}
  b: {countries: [France], segments: all, customerLevel: true}
  frugal: {countries: all, segments: all, customerLevel: true, limits: {costPerMinute: 2}}`;
const query = "{ kpis { grossRevenue orders } }";
const anna = { role: "a", subject: "anna" };
const bert = { role: "a", subject: "bert" };

let warehouse: TestWarehouse;
let cached: CachedServer;
let origin: string;
let release: () => void;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)));
});
afterAll(() => warehouse?.close());
beforeEach(async () => {
  cached = await openCachedServer(warehouse, { policyText });
  origin = await cached.server.listen();
  cached.hold = new Promise((resolve) => {
    release = resolve;
  });
});
afterEach(async () => {
  release();
  await cached.close();
});

async function ask(asker: Asker, { text = query, signal }: { text?: string; signal?: AbortSignal } = {}) {
  const reply = await fetch(`${origin}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${await cached.tokenOf(asker)}`, "content-type": "application/json" },
    body: JSON.stringify({ query: text }),
    ...(signal && { signal }),
  });
  return JSON.parse(await reply.text());
}
const isAsked = (statements: number) => expect.poll(() => cached.statements).toBe(statements);
/** Long enough for a request to have come to where it waits. */
const settled = () => sleep(150);

test("20 at once are one statement for each scope, and each gets its own scope's answer", async () => {
  const replies = Array.from({ length: 20 }, (_, nth) => ask({ role: nth % 2 ? "a" : "b", subject: `asker ${nth}` }));
  await isAsked(2);
  await settled();
  release();
  const answers = await Promise.all(replies);
  expect(cached.statements).toBe(2);
  expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(2);
  for (const [nth, { data, extensions }] of answers.entries()) {
    expect(data).toEqual(answers[nth % 2].data);
    expect(extensions.receipt.policy).toBe(answers[nth % 2].extensions.receipt.policy);
  }
  expect(cached.ways()).toEqual({ hit: 0, shared: 18, miss: 2, uncached: 0 });
});

test("who asked first may leave: the others get the answer, from the one statement", async () => {
  const leaving = new AbortController();
  const first = ask(anna, { signal: leaving.signal }).catch(() => "left");
  await isAsked(1);
  const second = ask(bert);
  await settled();
  leaving.abort();
  expect(await first).toBe("left");
  await settled();
  release();
  expect((await second).data.kpis.orders).toBeGreaterThan(0);
  expect(cached.statements).toBe(1);
  expect(cached.ways()).toMatchObject({ shared: 1, miss: 1 });
});

test("once all have left it is given up, and who comes then is answered anew", async () => {
  const leaving = new AbortController();
  const replies = [anna, bert].map((asker) => ask(asker, { signal: leaving.signal }).catch(() => "left"));
  await isAsked(1);
  await settled();
  leaving.abort();
  expect(await Promise.all(replies)).toEqual(["left", "left"]);
  await settled();
  const later = ask(anna);
  await isAsked(2);
  release();
  expect((await later).data.kpis.orders).toBeGreaterThan(0);
  expect(cached.ways()).toMatchObject({ shared: 0 });
});

test("an error is nobody else's: each asks for itself", async () => {
  let failing = true;
  cached.hold = new Promise((_, reject) => {
    release = () => failing && reject(new Error("broken"));
  });
  cached.hold.catch(() => {});
  const replies = [anna, bert, anna].map((asker) => ask(asker));
  await isAsked(1);
  await settled();
  release();
  failing = false;
  for (const { errors } of await Promise.all(replies)) expect(errors[0].extensions.code).toBe("INTERNAL");
  expect(cached.statements).toBe(3);
  expect(cached.answers.figures().entries).toBe(0);
});

test("what is of the moment is not waited for", async () => {
  const text = "{ __typename kpis { orders } __schema { queryType { name } } }";
  const replies = await Promise.all([ask(anna, { text }), ask(bert, { text })]);
  for (const { errors } of replies) expect(errors[0].extensions.code).toBe("BAD_USER_INPUT");
  const told = "{ __schema { queryType { name } } }";
  for (const { data } of await Promise.all([ask(anna, { text: told }), ask(bert, { text: told })]))
    expect(data.__schema.queryType.name).toBe("Query");
  expect(cached.ways()).toEqual({ hit: 0, shared: 0, miss: 0, uncached: 4 });
});

test("who shares an answer is charged for it, and refused where it is too much", async () => {
  const frugal = { role: "frugal", subject: "carl" };
  const replies = [ask(frugal), ask(frugal)];
  await isAsked(1);
  await settled();
  release();
  const codes = (await Promise.all(replies)).map(({ errors }) => errors?.[0].extensions.code ?? "answered");
  expect(codes.toSorted()).toEqual(["RATE_LIMITED", "answered"]);
  expect(cached.statements).toBe(1);
});
