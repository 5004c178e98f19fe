// The audit's two ends: lines that always come, and a table that is written in batches, may fail, and holds nobody up.
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openAudit } from "../../src/server/openAudit.ts";
import type { AuditRecord } from "../../src/warehouse/openAccessRecords.ts";

const record: AuditRecord = {
  at: "2026-01-02T03:04:05.678Z",
  requestId: "req-1",
  subject: "anna",
  credential: "token",
  keyId: null,
  role: "crm",
  scopeFingerprint: "f",
  snapshotId: 7,
  document: "d",
  asked: { fields: ["customer", "kpis"], arguments: {}, more: 0 },
  personal: ["Customer.name", "customerLevel"],
  rows: 12,
  durationMs: 3.456,
  outcome: ["FORBIDDEN"],
  reason: null,
};

let lines: string;
let errors: string[];
let batches: number[];
beforeEach(() => {
  lines = "";
  errors = [];
  batches = [];
});
afterEach(() => {
  vi.useRealTimers();
});

type Write = (records: readonly AuditRecord[]) => Promise<void>;
const note: Write = async (records) => void batches.push(records.length);
const open = ({ table = note, production = false }: { table?: Write | null; production?: boolean } = {}) =>
  openAudit({
    production,
    table,
    log: { error: (message) => void errors.push(message) },
    stream: {
      write(text) {
        lines += text;
      },
    },
  });
const recordMany = (audit: ReturnType<typeof open>, count: number) => {
  for (let nth = 0; nth < count; nth += 1) audit.record(record);
};

describe("lines", () => {
  test("for people: who, as what, which fields, and what came of it", () => {
    const audit = open({ table: null });
    audit.record(record);
    const nobody = { ...record, subject: null, role: null, document: null, asked: null, personal: [], rows: 0 };
    audit.record({ ...nobody, outcome: ["UNAUTHENTICATED"], reason: "no credential" });
    audit.record({ ...nobody, outcome: [] });
    audit.record({ ...record, asked: null, personal: [], rows: 1, outcome: ["GRAPHQL_VALIDATION_FAILED"] });
    expect(lines.split("\n")).toEqual([
      "2026-01-02T03:04:05.678Z audit req-1 token anna as crm asked customer, kpis; 12 rows; 3.5 ms; personal: Customer.name, customerLevel; FORBIDDEN",
      "2026-01-02T03:04:05.678Z audit req-1 nobody known was refused before the question was read (no credential); 0 rows; 3.5 ms; UNAUTHENTICATED",
      "2026-01-02T03:04:05.678Z audit req-1 nobody known left before the question was read; 0 rows; 3.5 ms",
      "2026-01-02T03:04:05.678Z audit req-1 token anna as crm asked what is no query; 1 row; 3.5 ms; GRAPHQL_VALIDATION_FAILED",
      "",
    ]);
  });

  test.each([
    ["key", "key:pow", "key pow"],
    ["token", "key:pow", "token key:pow"],
    ["token", "x\n2026 audit forged", 'token "x\\n2026 audit forged"'],
    ["token", "\u001b[2J \u009b \u007f", 'token "\\u001b[2J \\u009b \\u007f"'],
    ["token", "\u202eadmin\u2066\u2028", 'token "\\u202eadmin\\u2066\\u2028"'],
  ] as const)("for people name the %s of %j", (credential, subject, shown) => {
    open({ table: null }).record({ ...record, credential, subject });
    expect(lines).toContain(`req-1 ${shown} as crm asked`);
    expect(lines.match(/\n/g)).toHaveLength(1);
  });

  test("for machines: the whole record in one JSON object", () => {
    open({ table: null, production: true }).record(record);
    expect(JSON.parse(lines)).toMatchObject({ level: 30, time: Date.parse(record.at), msg: "audit", audit: record });
    expect(lines.match(/\n/g)).toHaveLength(1);
  });
});

describe("the table", () => {
  test("is written to after a second, or as soon as a batch is full", async () => {
    vi.useFakeTimers();
    const audit = open();
    recordMany(audit, 3);
    await vi.advanceTimersByTimeAsync(999);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([3]);
    recordMany(audit, 450);
    await vi.advanceTimersByTimeAsync(0);
    expect(batches).toEqual([3, 200, 200, 50]);
  });

  test("has everything once the audit is closed", async () => {
    const audit = open({
      table: async (records) => {
        await sleep(5);
        await note(records);
      },
    });
    recordMany(audit, 201);
    recordMany(audit, 300);
    await audit.close();
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(501);
    await audit.close();
    expect(errors).toEqual([]);
  });

  test("that fails is an error that says how many records are missing there; the lines stand and later records are written", async () => {
    let isAway = true;
    const audit = open({
      table: async (records) => {
        if (isAway) throw new Error("The warehouse does not answer.");
        await note(records);
      },
    });
    recordMany(audit, 250);
    await expect.poll(() => errors).toHaveLength(2);
    expect(errors).toEqual([
      "200 records could not be written to the audit's table, and stand in the log alone: The warehouse does not answer.",
      "50 records could not be written to the audit's table, and stand in the log alone: The warehouse does not answer.",
    ]);
    expect(lines.match(/\n/g)).toHaveLength(250);
    isAway = false;
    audit.record(record);
    await audit.close();
    expect([batches, errors.length]).toEqual([[1], 2]);
  });

  test("that is away does not hold up the end", async () => {
    let tries = 0;
    const audit = open({
      table: async () => {
        tries += 1;
        await sleep(20);
        throw new Error("away");
      },
    });
    recordMany(audit, 2_000);
    await audit.close();
    expect(tries).toBeLessThanOrEqual(2);
    expect(errors.at(-1)).toMatch(/^(1,800|2,000) records could not be written/);
  });

  test("that is too slow loses what comes beyond its bound, and the log says how many", async () => {
    let go: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => {
      go = resolve;
    });
    const audit = open({
      table: async (records) => {
        await slow;
        await note(records);
      },
    });
    recordMany(audit, 200);
    recordMany(audit, 10_000);
    recordMany(audit, 37);
    go();
    await audit.close();
    expect(batches.reduce((sum, count) => sum + count, 0)).toBe(10_200);
    expect(errors).toEqual(["37 records came faster than the audit's table is written, and stand in the log alone."]);
    expect(lines.match(/\n/g)).toHaveLength(10_237);
  });

  test("holds 600 records a minute of requests without a valid credential, and the log says how many more there were", async () => {
    vi.useFakeTimers();
    const audit = open();
    const unknown = { ...record, subject: null };
    const rowsIn = () => batches.reduce((sum, count) => sum + count, 0);
    const expired = { ...record, outcome: ["UNAUTHENTICATED"], reason: "expired" };
    for (let nth = 0; nth < 450; nth += 1) for (const refused of [unknown, expired]) audit.record(refused);
    recordMany(audit, 100);
    await vi.advanceTimersByTimeAsync(59_999);
    expect([rowsIn(), errors]).toEqual([700, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(errors).toEqual([
      "300 records of requests without a valid credential, beyond 600 a minute, are not in the audit's table, only in the log.",
    ]);
    expect(lines.match(/\n/g)).toHaveLength(1_000);
    for (let nth = 0; nth < 601; nth += 1) audit.record(unknown);
    await audit.close();
    expect([rowsIn(), errors.slice(1)]).toEqual([
      1_300,
      [
        "1 record of requests without a valid credential, beyond 600 a minute, is not in the audit's table, only in the log.",
      ],
    ]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(errors).toHaveLength(2);
  });
});
