// What bounds a reader's statement: a client that goes takes its statement with it, and one that needs too much room is refused as too
// costly instead of filling the disk.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { openReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile, { currency: "EUR" });
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

const one = { text: "SELECT 1 AS one", values: [] };
const long = { text: "SELECT pg_sleep(25)", values: [] };

describe("a client that goes", () => {
  const running = async () => {
    const { rows } = await warehouse.owner.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query = $1",
      [long.text],
    );
    return rows.length;
  };
  async function until(condition: () => Promise<boolean>, seconds: number): Promise<boolean> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) if (await condition()) return true;
    return false;
  }

  it("ends its statement, on the server too, and leaves the pool whole", async () => {
    const read = openReadWarehouse(warehouse.url, { maxConnections: 1 });
    try {
      const gone = new AbortController();
      const answer = read.read(long, adminScope, snapshot, gone.signal);
      const failed = expect(answer).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
      expect(await until(async () => (await running()) === 1, 10)).toBe(true);
      gone.abort();
      await failed;
      // the only connection of the pool was thrown away; the next statement has a new one at once
      expect(await read.read(one, adminScope, snapshot)).toEqual([{ one: 1 }]);
      if (process.platform === "linux") expect(await until(async () => (await running()) === 0, 10)).toBe(true);
    } finally {
      await read.close();
    }
  });

  it("before its statement takes no connection; after it, breaks none", async () => {
    const read = openReadWarehouse(warehouse.url, { maxConnections: 1 });
    try {
      const early = AbortSignal.abort();
      await expect(read.read(one, adminScope, snapshot, early)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
      await expect(read.readPublished(one, adminScope, early)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
      const late = new AbortController();
      expect(await read.read(one, adminScope, snapshot, late.signal)).toEqual([{ one: 1 }]);
      const pid = { text: "SELECT pg_backend_pid() AS pid", values: [] };
      const before = await read.read(pid, adminScope, snapshot, late.signal);
      late.abort();
      expect(await read.read(pid, adminScope, snapshot)).toEqual(before);
    } finally {
      await read.close();
    }
  });

  it("while it waits for a connection gives it back to the others", async () => {
    const read = openReadWarehouse(warehouse.url, { maxConnections: 1 });
    try {
      const slow = read.read({ text: "SELECT pg_sleep(0.3)", values: [] }, adminScope, snapshot);
      const gone = new AbortController();
      const waiting = expect(read.read(one, adminScope, snapshot, gone.signal)).rejects.toMatchObject({
        code: "BAD_USER_INPUT",
      });
      gone.abort();
      await Promise.all([slow, waiting]);
      expect(await read.read(one, adminScope, snapshot)).toEqual([{ one: 1 }]);
    } finally {
      await read.close();
    }
  });
});

describe("a statement that needs too much room", () => {
  it("is too costly", async () => {
    const name = `read_${randomBytes(5).toString("hex")}`;
    await warehouse.owner.query(`CREATE ROLE ${name} LOGIN NOINHERIT PASSWORD '${name}';
      GRANT consumer360_reader TO ${name};
      ALTER ROLE ${name} SET temp_file_limit = '1MB'; ALTER ROLE ${name} SET work_mem = '64kB'`);
    const url = Object.assign(new URL(warehouse.url), { username: name, password: name }).toString();
    const read = openReadWarehouse(url, { maxConnections: 1 });
    try {
      const sorted = {
        text: "SELECT max(n) FROM (SELECT n FROM generate_series(1, 400000) n ORDER BY n DESC OFFSET 1) s",
        values: [],
      };
      await expect(read.read(sorted, adminScope, snapshot)).rejects.toMatchObject({
        code: "QUERY_TOO_COSTLY",
        message: expect.stringContaining("room"),
        remedy: expect.any(String),
      });
      expect(await read.read(one, adminScope, snapshot)).toEqual([{ one: 1 }]);
    } finally {
      await read.close();
      await warehouse.owner.query(`DROP ROLE ${name}`);
    }
  });
});
