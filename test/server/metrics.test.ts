// What `/metrics` tells, and whom: counts and sizes, to operators alone.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type Asker, type CachedServer, openCachedServer } from "./cachedServer.ts";

const policyText = `roles:
  operator: {countries: all, segments: all, customerLevel: true, operator: true}
  analyst: {countries: all, segments: all, customerLevel: true}`;

let warehouse: TestWarehouse;
let cached: CachedServer;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)));
  cached = await openCachedServer(warehouse, { policyText });
});
afterAll(async () => {
  await cached?.close();
  await warehouse?.close();
});

async function read(asker: Asker | null) {
  const headers = asker === null ? {} : { authorization: `Bearer ${await cached.tokenOf(asker)}` };
  return cached.server.app.inject({ url: "/metrics", headers });
}

test("are counts and sizes, and nothing of who asked what", async () => {
  const question = { query: `{ customer(id: "12001") { id name } }` };
  for (const asker of [{ role: "analyst" }, { role: "analyst" }, { role: "operator" }])
    await cached.ask(asker, question);
  await cached.ask({ role: "operator" }, { query: "{ loadRuns { totalCount } }" });
  const reply = await read({ role: "operator" });
  expect([reply.statusCode, reply.headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
  expect(reply.headers["cache-control"]).toBe("no-store");
  const values = Object.fromEntries(
    reply.body
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split(" ")),
  );
  expect(values).toMatchObject({
    'consumer360_answers_total{cache="hit"}': "1",
    'consumer360_answers_total{cache="shared"}': "0",
    'consumer360_answers_total{cache="miss"}': "2",
    'consumer360_answers_total{cache="uncached"}': "1",
    consumer360_answer_cache_entries: "2",
    consumer360_answer_cache_bytes: String(cached.answers.figures().bytes),
    consumer360_answer_cache_limit_bytes: String(16 * 2 ** 20),
    'consumer360_answer_cache_dropped_total{why="room"}': "0",
    'consumer360_answer_cache_dropped_total{why="publish"}': "0",
  });
  expect(Number(values.process_resident_memory_bytes)).toBeGreaterThan(10_000_000);
  for (const line of reply.body.trimEnd().split("\n"))
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+(\{[a-z]+="[a-z]+"\})? \d+)$/);
  expect(reply.body).not.toMatch(/12001|analyst|operator/);
});

test("are for operators", async () => {
  const refused = await read({ role: "analyst" });
  expect([refused.statusCode, refused.json().errors[0].extensions.code]).toEqual([403, "FORBIDDEN"]);
  expect((await read({ role: "ghost" })).body).toBe(refused.body);
  const nobody = await read(null);
  expect([nobody.statusCode, nobody.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
});
