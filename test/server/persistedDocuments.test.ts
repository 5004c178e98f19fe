// Documents named by their hash, as Apollo's clients do it, and what a client may keep of an answer to GET.
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AuditRecord } from "../../src/warehouse/openAccessRecords.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type CachedServer, openCachedServer } from "./cachedServer.ts";

const policyText = `roles:
  a: {countries: all, segments: all, customerLevel: true}
  b: {countries: [France], segments: all, customerLevel: true}`;
const a = { role: "a" };
const b = { role: "b" };
const query = "query Sales($where: SalesFilter) { kpis(where: $where) { orders } }";
const sha256Hash = createHash("sha256").update(query).digest("hex");
const extensions = { persistedQuery: { version: 1, sha256Hash } };
const variables = { where: { country: { eq: "France" } } };

let warehouse: TestWarehouse;
let cached: CachedServer;
let records: AuditRecord[];
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)));
});
afterAll(() => warehouse?.close());
beforeEach(async () => {
  records = [];
  const audit = { record: (record: AuditRecord) => void records.push(record) };
  cached = await openCachedServer(warehouse, { policyText, audit });
});
afterEach(() => cached.close());

const codeOf = (reply: { json(): { errors?: { extensions: { code: string } }[] } }) =>
  reply.json().errors?.[0]?.extensions.code;

describe("a document that is named by its hash", () => {
  test("is asked for once, then answered by GET and by POST", async () => {
    const unknown = await cached.get(a, { extensions, variables });
    expect(unknown.statusCode).toBe(200);
    expect(unknown.json()).toEqual({
      errors: [{ message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
    });
    expect(unknown.headers["cache-control"]).toBe("no-store");
    expect(records[0]).toMatchObject({ outcome: ["PERSISTED_QUERY_NOT_FOUND"], document: null });
    const whole = await cached.get(a, { query, extensions, variables });
    expect(whole.json().data.kpis.orders).toBeGreaterThan(0);
    for (const reply of [
      await cached.get(a, { extensions, variables }),
      await cached.ask(a, { extensions, variables }),
      await cached.get(a, { query, variables }),
    ]) {
      expect(reply.json().data).toEqual(whole.json().data);
      expect(reply.json().extensions.receipt.cached).toBe(true);
    }
    const others = { where: { country: { eq: "Germany" } } };
    const cold = await cached.get(a, { extensions, variables: others, operationName: "Sales" });
    expect([cold.json().extensions.receipt.cached, typeof cold.json().data.kpis.orders]).toEqual([false, "number"]);
    expect(records.at(-1)?.document).toBe(records.at(-2)?.document);
  });

  test("is unknown to another scope until an asker of that has sent it", async () => {
    await cached.ask(a, { query, extensions });
    expect(codeOf(await cached.get(b, { extensions }))).toBe("PERSISTED_QUERY_NOT_FOUND");
    await cached.ask(b, { query, extensions });
    expect((await cached.get(b, { extensions })).json().data.kpis.orders).toBeGreaterThan(0);
  });

  test("is not kept where it is not answered, and refused where the hash is another's or of another kind", async () => {
    const wrong = "{ nothing }";
    const ofWrong = { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(wrong).digest("hex") } };
    expect(codeOf(await cached.ask(a, { query: wrong, extensions: ofWrong }))).toBe("GRAPHQL_VALIDATION_FAILED");
    expect(codeOf(await cached.ask(a, { extensions: ofWrong }))).toBe("PERSISTED_QUERY_NOT_FOUND");
    for (const bad of [
      { query: "{ kpis { orders } }", extensions },
      { query, extensions: { persistedQuery: { version: 2, sha256Hash } } },
      { query, extensions: { persistedQuery: { version: 1 } } },
      { query, extensions: { persistedQuery: "x" } },
    ]) {
      for (const reply of [await cached.ask(a, bad), await cached.get(a, bad)])
        expect([reply.statusCode, codeOf(reply)]).toEqual([400, "BAD_USER_INPUT"]);
    }
  });
});

describe("an answer to GET", () => {
  test("may be kept by its asker alone, who is told whether it still holds", async () => {
    const cold = await cached.get(a, { query });
    const { etag } = cold.headers;
    expect(etag).toMatch(/^W\/"[\w-]{43}"$/);
    expect(cold.headers).toMatchObject({
      "cache-control": "private, no-cache",
      vary: "Authorization, X-API-Key, Accept",
    });
    const warm = await cached.get(a, { query });
    expect(warm.headers).toMatchObject({ etag, "cache-control": "private, no-cache", vary: cold.headers.vary });
    for (const held of [etag, `"other", ${etag}`, String(etag).replace("W/", ""), "*"]) {
      const reply = await cached.get(a, { query }, { "if-none-match": String(held) });
      expect([reply.statusCode, reply.body, reply.headers.etag]).toEqual([304, "", etag]);
      expect(reply.headers["cache-control"]).toBe("private, no-cache");
    }
    expect(records.at(-1)).toMatchObject({ outcome: [], asked: { fields: ["kpis"] }, rows: records[0]?.rows });
    // what another scope holds is not this answer, nor is what another question was answered with
    const others = await cached.get(b, { query });
    expect((await cached.get(b, { query }, { "if-none-match": String(etag) })).statusCode).toBe(200);
    expect((await cached.get(a, { query }, { "if-none-match": String(others.headers.etag) })).statusCode).toBe(200);
    await warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)), { again: true });
    await expect.poll(() => cached.answers.figures().entries).toBe(0);
    expect((await cached.get(a, { query }, { "if-none-match": String(etag) })).statusCode).toBe(200);
  });

  test("that holds is not sent either where it had to be asked for", async () => {
    const { etag } = (await cached.get(a, { query })).headers;
    await cached.close();
    cached = await openCachedServer(warehouse, { policyText });
    expect((await cached.get(a, { query }, { "if-none-match": String(etag) })).statusCode).toBe(304);
    expect(cached.ways()).toMatchObject({ miss: 1, hit: 0 });
  });

  test("is not kept where it is refused, of the moment, or an answer to POST", async () => {
    for (const reply of [
      await cached.get(a, { query: "{ nothing }" }),
      await cached.get(a, { query: "{ loadRuns { totalCount } }" }),
      await cached.get(a, { query: "{ __typename }" }),
      await cached.ask(a, { query }),
      await cached.ask(a, { query }),
    ]) {
      expect([reply.headers["cache-control"], reply.headers.etag]).toEqual(["no-store", undefined]);
    }
  });
});
