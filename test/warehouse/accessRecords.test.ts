// What is kept about access: keys, the audit and the servers' secret, on a real warehouse; and that readers reach none of it.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeIdentify } from "../../src/server/identify.ts";
import { makeApiKey } from "../../src/server/makeApiKey.ts";
import { ownerTables, tableName } from "../../src/warehouse/entityTables.ts";
import {
  type AccessRecords,
  type AuditRecord,
  type NewKey,
  openAccessRecords,
} from "../../src/warehouse/openAccessRecords.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
let records: AccessRecords;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  records = openAccessRecords(warehouse.url);
});
afterAll(async () => {
  await records?.close();
  await warehouse?.close();
});

const newKey = (name: string, change: Partial<NewKey> = {}) => {
  const { text, ...made } = makeApiKey();
  return { text, key: { ...made, name, role: "crm", claims: {}, expiresIn: null, ...change } satisfies NewKey };
};
const wrongHash = "f".repeat(64);
const column = async (name: string, keyId: string) =>
  (await warehouse.owner.query(`SELECT ${name} AS found FROM api_key WHERE key_id = $1`, [keyId])).rows[0]?.found;

describe("keys", () => {
  it("are kept without their secret, and found by their id", async () => {
    const { text, key } = newKey("nightly", { claims: { countries: ["O'Brien", `";--\\`] }, expiresIn: 3600 });
    const created = await records.createKey(key);
    expect(created).toMatchObject({ keyId: key.keyId, name: "nightly", role: "crm", lastUsedAt: null, state: "live" });
    expect(created?.claims).toEqual({ countries: ["O'Brien", `";--\\`] });
    const lasts = Date.parse(created?.expiresAt ?? "") - Date.parse(created?.createdAt ?? "");
    expect(lasts).toBe(3_600_000);
    const { rows } = await warehouse.owner.query("SELECT api_key::text AS stored FROM api_key");
    expect(rows.map((row) => row.stored).join()).toContain(key.secretHash);
    expect(rows.map((row) => row.stored).join()).not.toContain(text.slice(-64));

    expect(await records.useKey(key.keyId, key.secretHash)).toMatchObject({ ...created, secretHash: key.secretHash });
    expect(await records.useKey("0000000000", key.secretHash)).toBeNull();
  });

  it("have a name of their own until they are revoked", async () => {
    const first = newKey("report");
    const second = newKey("report");
    expect(await records.createKey(first.key)).not.toBeNull();
    expect(await records.createKey(second.key)).toBeNull();
    expect(await records.revokeKey("report")).toBe(true);
    expect(await records.revokeKey("report")).toBe(false);
    expect(await records.revokeKey("never there'; DROP TABLE api_key; --")).toBe(false);
    expect(await records.createKey(second.key)).not.toBeNull();
    const named = (await records.listKeys()).filter(({ name }) => name === "report");
    expect(named.map(({ keyId, state }) => [keyId, state])).toEqual([
      [first.key.keyId, "revoked"],
      [second.key.keyId, "live"],
    ]);
  });

  it("of two made at once under one name, one is made", async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => records.createKey(newKey("race").key)));
    expect(made.filter((key) => key !== null)).toHaveLength(1);
  });

  it("note their use at most once a minute, and only where the secret was right", async () => {
    const { key } = newKey("used");
    await records.createKey(key);
    await records.useKey(key.keyId, wrongHash);
    expect(await column("last_used_at", key.keyId)).toBeNull();
    await records.useKey(key.keyId, key.secretHash);
    const first = await column("last_used_at", key.keyId);
    expect(first).toBeInstanceOf(Date);
    await Promise.all(Array.from({ length: 5 }, () => records.useKey(key.keyId, key.secretHash)));
    expect(await column("last_used_at", key.keyId)).toEqual(first);
    await warehouse.owner.query("UPDATE api_key SET last_used_at = now() - interval '61 seconds' WHERE key_id = $1", [
      key.keyId,
    ]);
    await records.useKey(key.keyId, key.secretHash);
    expect((await column("last_used_at", key.keyId)) >= first).toBe(true);
    expect((await records.listKeys()).find(({ name }) => name === "used")?.lastUsedAt).toMatch(/^\d{4}-.*Z$/);
  });

  it("are found while the audit waits for its table", async () => {
    const { key } = newKey("beside");
    await records.createKey(key);
    const client = await warehouse.owner.connect();
    const entry = { at: "2026-01-02T03:04:05.678Z", personal: [], rows: 0, durationMs: 1, outcome: ["held up"] };
    let written: Promise<unknown> = Promise.resolve();
    try {
      await client.query("BEGIN; LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE");
      written = Promise.all(Array.from({ length: 4 }, () => records.writeAudit([entry as unknown as AuditRecord])));
      expect(await records.useKey(key.keyId, key.secretHash)).toMatchObject({ name: "beside", state: "live" });
    } finally {
      await client.query("ROLLBACK");
      client.release();
      await written;
      await warehouse.owner.query("TRUNCATE audit_entry RESTART IDENTITY");
    }
  });

  it("that are revoked or expired are refused at the next request, and note no use", async () => {
    const identify = makeIdentify({
      auth: { secret: null, jwksUrl: null, issuer: null, audience: null, clockSkew: 30, roleClaim: "role" },
      findKey: records.useKey,
    });
    const revoked = newKey("gone", { claims: { countries: ["France"] } });
    const expired = newKey("late", { expiresIn: 3600 });
    for (const { key } of [revoked, expired]) await records.createKey(key);
    expect(await identify({ "x-api-key": revoked.text })).toEqual({
      principal: { role: "crm", claims: { countries: ["France"] } },
      subject: "key:gone",
      credential: "key",
      keyId: revoked.key.keyId,
    });
    await records.revokeKey("gone");
    await warehouse.owner.query("UPDATE api_key SET expires_at = now() WHERE key_id = $1", [expired.key.keyId]);
    await expect(identify({ "x-api-key": revoked.text })).rejects.toMatchObject({
      message: "The API key has been revoked.",
      reason: "key revoked",
      asker: { subject: "key:gone", keyId: revoked.key.keyId },
    });
    await expect(identify({ "x-api-key": expired.text })).rejects.toMatchObject({
      message: "The API key has expired.",
      reason: "key expired",
      asker: { subject: "key:late", keyId: expired.key.keyId },
    });
    expect(await column("last_used_at", expired.key.keyId)).toBeNull();
    const wrong = `${revoked.text.slice(0, 16)}${"a".repeat(64)}`;
    await expect(identify({ "x-api-key": wrong })).rejects.toMatchObject({ reason: "unknown key", asker: null });
  });
});

describe("the audit", () => {
  const record = (change: Partial<AuditRecord> = {}): AuditRecord => ({
    at: "2026-01-02T03:04:05.678Z",
    requestId: "req-1",
    subject: "ann",
    credential: "token",
    keyId: null,
    role: "admin",
    scopeFingerprint: "f",
    snapshotId: 7,
    document: "a".repeat(64),
    asked: { "customer.id": "[text]", first: 5 },
    personal: ["Customer.name"],
    rows: 3,
    durationMs: 1.25,
    outcome: [],
    reason: null,
    ...change,
  });
  const nobody = { subject: null, credential: null, role: null, scopeFingerprint: null, snapshotId: null };

  it("takes many records at once, in their order, as they are", async () => {
    await records.writeAudit([]);
    await records.writeAudit([
      record(),
      record({
        ...nobody,
        document: null,
        asked: null,
        requestId: null,
        outcome: ["UNAUTHENTICATED"],
      }),
      record({ rows: 2 ** 40, personal: [], asked: ["'; DROP TABLE audit_entry; --"] }),
    ]);
    const { rows } = await warehouse.owner.query("SELECT * FROM audit_entry ORDER BY audit_id");
    expect(rows).toEqual([
      {
        audit_id: "1",
        at: new Date("2026-01-02T03:04:05.678Z"),
        request_id: "req-1",
        subject: "ann",
        credential: "token",
        key_id: null,
        role: "admin",
        scope_fingerprint: "f",
        snapshot_id: 7,
        document: "a".repeat(64),
        asked: { "customer.id": "[text]", first: 5 },
        personal: ["Customer.name"],
        rows: "3",
        duration_ms: "1.25",
        outcome: [],
        reason: null,
      },
      expect.objectContaining({
        subject: null,
        role: null,
        asked: null,
        request_id: null,
        outcome: ["UNAUTHENTICATED"],
      }),
      expect.objectContaining({ rows: "1099511627776", personal: [], asked: ["'; DROP TABLE audit_entry; --"] }),
    ]);
  });

  it("is read back as it was written, the last records in their order", async () => {
    await warehouse.owner.query("TRUNCATE audit_entry RESTART IDENTITY");
    const written = ["2026-01-01T23:59:59.999Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.120Z"].map(
      (at, nth) => record({ at, rows: 2 ** 40 + nth, requestId: `req-${nth}` }),
    );
    const key = record({
      at: "2026-01-04T00:00:00.000Z",
      subject: "key:pow",
      credential: "key",
      keyId: "c0ffee0000",
      outcome: ["UNAUTHENTICATED"],
      reason: "key revoked",
    });
    await records.writeAudit([...written, key]);
    expect(await records.readAudit({ most: 50 })).toEqual([...written, key]);
    expect(await records.readAudit({ most: 2 })).toEqual([written[2], key]);
    expect(await records.readAudit({ most: 2, subject: "ann" })).toEqual(written.slice(1));
    expect(await records.readAudit({ most: 50, since: "2026-01-02T00:00:00.000Z" })).toEqual([
      ...written.slice(1),
      key,
    ]);
    expect(await records.readAudit({ most: 50, subject: "nobody", since: "2026-01-02T00:00:00.000Z" })).toEqual([]);
  });

  it("loses no record to a text that PostgreSQL cannot hold", async () => {
    await records.writeAudit([
      record({ subject: "a\0b", role: "lone \ud800", asked: { "k\0": ["\0", "ok"] }, outcome: ["odd"] }),
    ]);
    const { rows } = await warehouse.owner.query("SELECT * FROM audit_entry WHERE outcome = '{odd}'");
    expect(rows[0]).toMatchObject({
      subject: "a\uFFFDb",
      role: "lone \uFFFD",
      asked: { "k\uFFFD": ["\uFFFD", "ok"] },
    });
  });
});

describe("the servers' secret", () => {
  it("is made once, also where several servers start at the same time", async () => {
    const servers = Array.from({ length: 5 }, () => openAccessRecords(warehouse.url));
    try {
      const secrets = await Promise.all(servers.map((server) => server.serverSecret()));
      expect(new Set(secrets.map((secret) => secret.toString("hex"))).size).toBe(1);
      expect(secrets[0]).toHaveLength(32);
      expect(await records.serverSecret()).toEqual(secrets[0]);
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });

  it("is another in another warehouse", async () => {
    const other = await makeTestWarehouse();
    const others = openAccessRecords(other.url);
    try {
      expect(await others.serverSecret()).not.toEqual(await records.serverSecret());
    } finally {
      await others.close();
      await other.close();
    }
  });
});

it("says so where the warehouse is away", async () => {
  const nowhere = openAccessRecords("postgresql://u:hunter2@127.0.0.1:1/d");
  const error: unknown = await nowhere.listKeys().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "WAREHOUSE_UNAVAILABLE", message: expect.not.stringContaining("hunter2") });
  await nowhere.close();
});

describe("a reader", () => {
  const operator = { ...adminScope, operator: true };
  beforeAll(async () => {
    const line = (customer: string) =>
      `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,a,1,2024-01-05,1,${customer},X\n`;
    for (const customer of ["c", "d"]) await warehouse.loadText(line(customer));
  });

  it.each(ownerTables.map(tableName))("sees nothing of %s, operators included, and changes nothing", async (table) => {
    expect((await warehouse.owner.query(`SELECT count(*)::int AS rows FROM ${table}`)).rows[0].rows).toBeGreaterThan(0);
    const denied = /permission denied|read-only transaction/;
    for (const text of [`SELECT * FROM ${table}`, `SELECT count(*) FROM ${table}`, `DELETE FROM ${table}`]) {
      await expect(warehouse.read.readPublished({ text, values: [] }, operator)).rejects.toThrow(denied);
    }
  });

  it.each(ownerTables.map(tableName))("granted %s by mistake, still sees no row of it", async (table) => {
    await warehouse.owner.query(`GRANT SELECT ON ${table} TO consumer360_reader`);
    try {
      const text = `SELECT * FROM ${table}`;
      expect(await warehouse.read.readPublished({ text, values: [] }, operator)).toEqual([]);
    } finally {
      await warehouse.owner.query(`REVOKE SELECT ON ${table} FROM consumer360_reader`);
    }
  });
});
