// The audit over the whole way of a request: one record for each, whatever becomes of it, with who asked and what came of it, and without
// a word that could name a person.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeApiKey } from "../../src/server/makeApiKey.ts";
import { openAudit } from "../../src/server/openAudit.ts";
import { signToken } from "../../src/server/signToken.ts";
import { useAuditedServer } from "./auditedServer.ts";
import { testAuth } from "./demoServer.ts";

const audited = useAuditedServer();
const { ask, only, post, tokenOf } = audited;

describe("an answered question", () => {
  test("is recorded with who asked, under which scope, at which snapshot, and how much was read", async () => {
    const reply = await ask("admin", "query Anna($n: Int) { customers(first: $n) { nodes { id name } } }", { n: 3 });
    const { receipt } = reply.json().extensions;
    const record = only();
    expect(record).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: expect.stringMatching(/^req-[0-9a-f]{16}$/),
      subject: "admin@shop",
      credential: "token",
      keyId: null,
      role: "admin",
      scopeFingerprint: receipt.policy,
      snapshotId: Number(receipt.snapshot),
      document: expect.stringMatching(/^[0-9a-f]{64}$/),
      asked: { fields: ["customers"], arguments: { customers: [{ first: 3 }] }, more: 0 },
      personal: ["Customer.name", "customerLevel"],
      rows: 3,
      durationMs: expect.any(Number),
      outcome: [],
      reason: null,
    });
    expect(record.durationMs).toBeGreaterThan(0);
  });

  test("by GET, by a masked role and by introspection, is recorded too", async () => {
    const authorization = await tokenOf("masked");
    const headers = { authorization, "apollo-require-preflight": "1" };
    await audited.server.app.inject({
      url: `/graphql?query=${encodeURIComponent("{ customer(id: 12001) { id name } }")}`,
      headers,
    });
    expect(only()).toMatchObject({ personal: ["customerLevel"], outcome: [], rows: 1 });
    audited.records = [];
    await ask("figures", "{ __schema { queryType { name } } }");
    expect(only()).toMatchObject({
      asked: { fields: ["__schema"] },
      personal: [],
      rows: 0,
      outcome: [],
      snapshotId: null,
    });
  });

  test("with a key names the key, and never its secret", async () => {
    const { text: key, ...made } = makeApiKey();
    await audited.access.createKey({ ...made, name: "nightly", role: "figures", claims: {}, expiresIn: null });
    const asked = { query: "{ kpis { orders } }" };
    expect((await post(null, asked, { "x-api-key": key })).statusCode).toBe(200);
    expect((await post(null, asked, { authorization: `Bearer ${key}` })).statusCode).toBe(200);
    await audited.access.revokeKey("nightly");
    expect((await post(null, asked, { "x-api-key": key })).statusCode).toBe(401);
    expect(
      audited.records.map(({ subject, credential, role, outcome, reason }) => [
        subject,
        credential,
        role,
        outcome,
        reason,
      ]),
    ).toEqual([
      ["key:nightly", "key", "figures", [], null],
      ["key:nightly", "key", "figures", [], null],
      ["key:nightly", "key", "figures", ["UNAUTHENTICATED"], "key revoked"],
    ]);
    expect(new Set(audited.records.map(({ keyId }) => keyId))).toEqual(new Set([made.keyId]));
    audited.records = [];
    await post(null, asked, { "x-api-key": makeApiKey().text });
    expect(only()).toMatchObject({ subject: null, keyId: null, reason: "unknown key" });
    expect(JSON.stringify(audited.records)).not.toContain(key.split("_")[2]);
  });
});

describe("what was refused is recorded with its code", () => {
  const anonymous = {
    subject: null,
    credential: null,
    role: null,
    scopeFingerprint: null,
    document: null,
    asked: null,
  };
  const nothing = { rows: 0, personal: [], snapshotId: null };

  test("no token, or a bad one", async () => {
    await post(null, { query: "{ kpis { orders } }" });
    expect(only()).toMatchObject({
      ...anonymous,
      ...nothing,
      outcome: ["UNAUTHENTICATED"],
      reason: "no credential",
    });
    audited.records = [];
    await post(null, { query: "{ kpis { orders } }" }, { authorization: "Bearer eyJhbGciOiJub25lIn0.e30.AAAA" });
    expect(only()).toMatchObject({ ...anonymous, ...nothing, outcome: ["UNAUTHENTICATED"], reason: "signature" });
  });

  test("a token that has expired, with whom it was for", async () => {
    const subject = "anna@shop";
    const authorization = `Bearer ${await signToken(testAuth.secret, { role: "admin", subject, expiresIn: -3600 })}`;
    await post(null, { query: "{ kpis { orders } }" }, { authorization });
    expect(only()).toMatchObject({
      ...anonymous,
      ...nothing,
      subject,
      credential: "token",
      role: "admin",
      outcome: ["UNAUTHENTICATED"],
      reason: "expired",
    });
  });

  test("a role that the policy does not have", async () => {
    await ask("ghost", "{ kpis { orders } }");
    expect(only()).toMatchObject({
      subject: "ghost@shop",
      role: "ghost",
      scopeFingerprint: null,
      asked: null,
      outcome: ["FORBIDDEN"],
      reason: "no such role",
    });
  });

  test("too many requests, and too much at once", async () => {
    await ask("limited", "{ me { role } }");
    await ask("limited", "{ me { role } }");
    expect(audited.records[1]).toMatchObject({
      role: "limited",
      ...nothing,
      document: null,
      outcome: ["RATE_LIMITED"],
      reason: "limit of requests",
    });
    audited.records = [];
    await ask("frugal", "{ me { role countries segments } customers { nodes { name } } }");
    expect(only()).toMatchObject({
      ...nothing,
      outcome: ["QUERY_TOO_COSTLY"],
      reason: "limit of cost",
      asked: { fields: ["me", "customers"] },
    });
  });

  test("a field that the scope does not have, beside one that it has", async () => {
    await ask("figures", "{ me { role } customer(id: 12001) { name } }");
    expect(only()).toMatchObject({
      outcome: ["FORBIDDEN"],
      personal: [],
      asked: { fields: ["me", "customer"], arguments: { customer: [{ id: "[text]" }] } },
    });
  });

  test.each<[string, unknown, string, boolean]>([
    ["a body that is not JSON", "{{{", "BAD_USER_INPUT", false],
    ["a body without a question", {}, "BAD_USER_INPUT", false],
    ["several questions at once", [{ query: "{ me { role } }" }], "BAD_USER_INPUT", false],
    ["a text that is no document", { query: "{ customer(id: 12346" }, "GRAPHQL_PARSE_FAILED", false],
    ["a document that is not valid", { query: "{ customer(id: 12346) { anna } }" }, "GRAPHQL_VALIDATION_FAILED", true],
    ["a mutation", { query: "mutation { anna }" }, "BAD_USER_INPUT", true],
    ["too much nesting", { query: `{ kpis(x: ${"[".repeat(4_000)}` }, "QUERY_TOO_COSTLY", false],
  ])("%s", async (_, payload, code, hasHash) => {
    await post("admin", payload);
    const record = only();
    expect(record).toMatchObject({ subject: "admin@shop", role: "admin", asked: null, ...nothing, outcome: [code] });
    expect(record.document === null).toBe(!hasHash);
    expect(JSON.stringify(record)).not.toMatch(/anna|12346/);
  });

  test("a body that is too large, and another method", async () => {
    await post("admin", { query: `{ me { role } } #${"x".repeat(1 << 20)}` });
    await audited.server.app.inject({ method: "DELETE", url: "/graphql" });
    expect(audited.records.map(({ role, outcome }) => [role, outcome])).toEqual([
      ["admin", ["BAD_USER_INPUT"]],
      [null, ["BAD_USER_INPUT"]],
    ]);
  });

  test("what else the server answers is no question, and is not recorded", async () => {
    for (const url of ["/", "/health/live", "/nothing"]) await audited.server.app.inject(url);
    expect(audited.records).toEqual([]);
  });
});

test("with the table, what was recorded is there once the audit is closed", async () => {
  await audited.server.close();
  const errors: string[] = [];
  const audit = openAudit({
    production: true,
    table: audited.access.writeAudit,
    log: { error: (message) => void errors.push(message) },
    stream: { write: () => undefined },
  });
  audited.server = await audited.open(audit);
  await ask("admin", "{ customer(id: 12001) { name } }");
  await ask("figures", "{ customer(id: 12001) { name } }");
  await post(null, { query: "{ me { role } }" });
  await audited.server.close();
  await audit.close();
  const { rows } = await audited.warehouse.owner.query(
    "SELECT subject, credential, role, asked, personal, rows::int, outcome, length(document) AS hash FROM audit_entry ORDER BY audit_id",
  );
  const asked = { fields: ["customer"], arguments: { customer: [{ id: "[text]" }] }, more: 0 };
  expect([rows, errors]).toEqual([
    [
      {
        subject: "admin@shop",
        credential: "token",
        role: "admin",
        asked,
        personal: ["Customer.name", "customerLevel"],
        rows: 1,
        outcome: [],
        hash: 64,
      },
      {
        subject: "figures@shop",
        credential: "token",
        role: "figures",
        asked,
        personal: [],
        rows: 0,
        outcome: ["FORBIDDEN"],
        hash: 64,
      },
      {
        subject: null,
        credential: null,
        role: null,
        asked: null,
        personal: [],
        rows: 0,
        outcome: ["UNAUTHENTICATED"],
        hash: null,
      },
    ],
    [],
  ]);
});

test("no id and no text of an asker is in a record, answered or refused, inline or as a variable", async () => {
  const templates: [string, string][] = [
    ["$v: ID!", "customer(id: VALUE) { name }"],
    ["$v: String!", "customers(after: VALUE) { totalCount }"],
    ["$v: ID!", "metrics(where: { customerId: { in: [VALUE] } }) { totalCount }"],
    ["$v: String!", "kpis(where: { country: { eq: VALUE } }) { orders }"],
    ["$v: String!", "factSales(where: { product: { in: [VALUE] } }) { totalCount }"],
    ["$v: String!", "kpis(where: { month: { eq: VALUE } }) { orders }"],
    ["$v: String!", "nobody(name: VALUE) { name }"],
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...templates),
      fc.constantFrom("admin", "figures"),
      fc.string({ unit: "grapheme", maxLength: 10 }),
      fc.integer({ min: 10_000_000_000, max: 99_999_999_999 }),
      fc.boolean(),
      async ([declared, field], role, text, id, inline) => {
        audited.records = [];
        const value = `${text}#${id}`;
        const query = inline
          ? `query A${id} { a${id}: ${field.replace("VALUE", JSON.stringify(value))} }`
          : `query A${id}(${declared}) { a${id}: ${field.replace("VALUE", "$v")} }`;
        await ask(role, query, inline ? {} : { v: value });
        expect(JSON.stringify(only())).not.toContain(String(id));
      },
    ),
    { numRuns: 80 },
  );
});
