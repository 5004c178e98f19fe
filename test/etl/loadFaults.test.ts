// Loads that die or are cut off: whatever happens before the commit, readers keep the snapshot they had, nothing stays behind in the
// data, the record tells the truth, and the next load works.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { gateNames } from "../../etl/gate/gates.ts";
import type { LoadProgress } from "../../etl/record/startClock.ts";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import { type LoadOutcome, startLoadProcess, transpileLoader } from "../support/loadProcess.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { loadersGone, readLoadRuns, readWarehouseState, type WarehouseState } from "../support/warehouseState.ts";
import { testFile } from "./loadTestFile.ts";

const sampleLines = 12_000;
const oldFile = testFile([
  { invoice: "1", price: 10 },
  { invoice: "2", price: 20, customer: "" },
]);

let folder: string;
let script: string;
let newFile: string;
let warehouse: TestWarehouse;
let before: WarehouseState;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-faults-"));
  script = await transpileLoader(join(folder, "loader"));
  newFile = join(folder, "new.csv");
  await writeFile(newFile, Buffer.concat([...generateSample({ ...defaultSample, lines: sampleLines })]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.loadText(oldFile);
  before = await readWarehouseState(warehouse.owner);
});
afterEach(() => warehouse?.close());

const settings = () => ({
  url: warehouse.url,
  paths: [newFile],
  currency: "GBP",
  maxRejects: 0.01,
  allow: gateNames,
  snapshotsKept: 2,
});
const dead = { status: "FAILED", snapshotId: null, errorCode: "INTERNAL", finished: true };

async function expectOldSnapshotWhole(): Promise<void> {
  const measures = ["grossRevenue", "lines"] as const;
  const { rows } = await warehouse.ask({ kind: "metrics", measures, dimensions: [] });
  expect(rows).toEqual([{ grossRevenue: "30", lines: 2 }]);
  const lines = await warehouse.ask({ kind: "lines", page: { first: 10 }, count: true });
  expect(lines.rows.map((line) => line.amount)).toEqual(["20", "10"]);
}

async function expectNothingLeft(): Promise<void> {
  await loadersGone(warehouse.owner);
  expect(await readWarehouseState(warehouse.owner)).toEqual(before);
  await expectOldSnapshotWhole();
}

/** The next load publishes the file that the dead one was loading; answers with the records of all loads before it. */
async function expectNextLoadWorks() {
  const report = await warehouse.load(newFile);
  expect(report).toMatchObject({ status: "PUBLISHED", account: { read: sampleLines, loaded: sampleLines } });
  const { rows } = await warehouse.ask({ kind: "metrics", measures: ["lines"], dimensions: [] });
  expect(rows).toEqual([{ lines: sampleLines }]);
  const runs = await readLoadRuns(warehouse.owner);
  expect(runs.at(-1)).toMatchObject({ status: "PUBLISHED", loadRunId: report.loadRunId, finished: true });
  return runs.slice(0, -1);
}

/** Waits until a statement of a load waits for a lock. */
async function statementWaits(): Promise<void> {
  for (let waiting = 0; waiting === 0; ) {
    const { rows } = await warehouse.owner.query(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'consumer360-load' AND wait_event_type = 'Lock'`,
    );
    waiting = rows[0].waiting;
  }
}

describe("a load that is killed", () => {
  test.each(["copy", "copy midway", "conform", "index", "derive", "publish"])("at %s leaves nothing", async (point) => {
    const load = startLoadProcess(script, settings(), point);
    await load.reached(point);
    await expectOldSnapshotWhole();
    await load.kill();
    await expectNothingLeft();
    expect(await expectNextLoadWorks()).toMatchObject([{ status: "PUBLISHED" }, dead]);
  });

  test.each(["conform", "index", "derive", "publish"])("in a statement of %s is dead or done", async (point) => {
    const load = startLoadProcess(script, settings());
    await load.reached(point);
    await load.kill();
    // Nobody waits for the dead load's connections to end: the next load has to. The dead one may just have committed.
    const { status } = await warehouse.load(newFile);
    const done = status === "UNCHANGED";
    expect(await readLoadRuns(warehouse.owner)).toMatchObject([
      { status: "PUBLISHED", snapshotId: 1 },
      done ? { status: "PUBLISHED", snapshotId: 2, errorCode: null } : dead,
      { status: done ? "UNCHANGED" : "PUBLISHED", snapshotId: 2 },
    ]);
    const { tables, partitions, rows } = await readWarehouseState(warehouse.owner);
    expect(tables).not.toContain("load_stage");
    expect(tables.filter((name) => name.startsWith("fact_sales_"))).toEqual(["fact_sales_g1", "fact_sales_g2"]);
    expect(partitions).toEqual(["fact_sales_g1", "fact_sales_g2"]);
    expect(rows).toMatchObject({ "fact_sales 1": 2, "fact_sales 2": sampleLines });
  });

  test("while it reads", async () => {
    const load = startLoadProcess(script, settings(), "read midway");
    await load.reached("read midway");
    await load.kill();
    await expectNothingLeft();
    expect(await expectNextLoadWorks()).toMatchObject([{ status: "PUBLISHED" }, dead]);
  });

  test("while a statement of it waits: the server notices", async () => {
    const holder = await warehouse.owner.connect();
    try {
      await holder.query("BEGIN; SELECT FROM published_snapshot FOR UPDATE");
      const load = startLoadProcess(script, settings());
      await statementWaits();
      await load.kill();
      await loadersGone(warehouse.owner);
    } finally {
      await holder.query("ROLLBACK");
      holder.release();
    }
    await expectNothingLeft();
    expect(await expectNextLoadWorks()).toMatchObject([{ status: "PUBLISHED" }, dead]);
  });

  test("after its commit has published, and the next load settles its record so", async () => {
    const load = startLoadProcess(script, settings(), "clean");
    await load.reached("clean");
    await load.kill();
    await loadersGone(warehouse.owner);
    expect(await readWarehouseState(warehouse.owner)).toMatchObject({ pointer: 2 });
    expect(await warehouse.load(newFile)).toMatchObject({ status: "UNCHANGED", snapshotId: 2 });
    expect(await readLoadRuns(warehouse.owner)).toMatchObject([
      { status: "PUBLISHED" },
      { status: "PUBLISHED", snapshotId: 2, errorCode: null, account: { loaded: sampleLines }, finished: true },
      { status: "UNCHANGED" },
    ]);
  });

  test("in the midst of its commit: the next load waits for the outcome before it settles the record", async () => {
    const { rows } = await warehouse.owner.query("SELECT snapshot_id FROM snapshot");
    const committing = new pg.Client({ connectionString: warehouse.url, application_name: "consumer360-load" });
    await committing.connect();
    const load = startLoadProcess(script, settings(), "publish");
    await load.reached("publish");
    // Stands for the dead load's connection: it holds what the load's transaction holds, and commits a moment later.
    const { rows: held } = await warehouse.owner.query(
      `SELECT l.classid::int, l.objid::int FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND a.xact_start IS NOT NULL AND a.pid <> pg_backend_pid()`,
    );
    expect(held).toHaveLength(1);
    await load.kill();
    await committing.query(`BEGIN; SELECT pg_advisory_xact_lock(${held[0].classid}, ${held[0].objid})`);
    await committing.query(
      `INSERT INTO snapshot SELECT (s).* FROM (
         SELECT jsonb_populate_record(s, jsonb_build_object('snapshot_id', 2, 'fingerprint', 'other', 'load_run_id', 2)) AS s
         FROM snapshot s WHERE snapshot_id = ${rows[0].snapshot_id}) made`,
    );
    const next = warehouse.load(newFile);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await committing.query("COMMIT");
    await committing.end();
    expect(await next).toMatchObject({ status: "PUBLISHED", snapshotId: 3 });
    expect((await readLoadRuns(warehouse.owner))[1]).toMatchObject({ status: "PUBLISHED", snapshotId: 2 });
  });
});

describe("a load whose connection is lost", () => {
  /** Ends the connection with the open transaction, or the one that keeps the record. */
  const cut = (connection: "work" | "records") =>
    warehouse.owner.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()
         AND application_name = 'consumer360-load' AND (xact_start IS NOT NULL) = $1`,
      [connection === "work"],
    );

  async function cutAt(point: string, connection: "work" | "records"): Promise<LoadOutcome> {
    const load = startLoadProcess(script, settings(), point);
    await load.reached(point);
    await cut(connection);
    await load.resume();
    return load.ended;
  }
  const failed = { ...dead, errorCode: "WAREHOUSE_UNAVAILABLE" };

  test.each(["copy midway", "conform", "derive", "publish"])(
    "at %s fails, says so, and leaves nothing",
    async (point) => {
      const outcome = await cutAt(point, "work");
      await expectNothingLeft();
      expect(outcome).toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
      expect(await readLoadRuns(warehouse.owner)).toMatchObject([{ status: "PUBLISHED" }, failed]);
      expect(await expectNextLoadWorks()).toMatchObject([{ status: "PUBLISHED" }, failed]);
    },
  );

  test("in a statement", async () => {
    const holder = await warehouse.owner.connect();
    await holder.query("BEGIN; LOCK TABLE sales_order IN EXCLUSIVE MODE");
    const load = warehouse.load(newFile).catch((cause: unknown) => cause);
    await statementWaits();
    await cut("work");
    const outcome = await load;
    await holder.query("ROLLBACK");
    holder.release();
    await expectNothingLeft();
    expect(outcome).toMatchObject({
      name: "Consumer360Error",
      code: "WAREHOUSE_UNAVAILABLE",
      remedy: expect.any(String),
    });
    expect(await expectNextLoadWorks()).toMatchObject([{ status: "PUBLISHED" }, failed]);
  });

  test.each(["conform", "derive"])("its record's at %s: it does not publish", async (point) => {
    const outcome = await cutAt(point, "records");
    await expectNothingLeft();
    expect(outcome).toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
    expect(await expectNextLoadWorks()).toMatchObject([{ status: "PUBLISHED" }, dead]);
  });
});

describe("a load whose commit gets no answer", () => {
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  afterEach(() => proxy?.close());

  /** Stands before the server and cuts the connection at the load's COMMIT: before it arrives, or before its answer does. */
  async function startProxy(cut: "before" | "after") {
    const target = new URL(warehouse.url);
    const sockets = new Set<Socket>();
    let isCut = false;
    const server = createServer((client) => {
      const upstream = connect(Number(target.port || 5432), target.hostname);
      let dropping = false;
      for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
        sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => other.destroy());
      }
      client.on("data", (bytes) => {
        const commits = !isCut && bytes.includes("COMMIT\0");
        if (commits) isCut = dropping = true;
        if (commits && cut === "before") upstream.destroy();
        else upstream.write(bytes);
      });
      upstream.on("data", (bytes) => {
        if (dropping) upstream.destroy();
        else client.write(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? String(address.port) : "";
    return {
      url: Object.assign(new URL(warehouse.url), { hostname: "127.0.0.1", port }).toString(),
      close() {
        for (const socket of sockets) socket.destroy();
        return new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  }

  test("because it never arrived: nothing is published, and the record says so", async () => {
    proxy = await startProxy("before");
    await expect(warehouse.load(newFile, { url: proxy.url })).rejects.toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
    await expectNothingLeft();
    expect(await expectNextLoadWorks()).toMatchObject([
      { status: "PUBLISHED" },
      { status: "FAILED", snapshotId: null },
    ]);
  });

  test("although it was done: the record says that the snapshot is published", async () => {
    proxy = await startProxy("after");
    const outcome: unknown = await warehouse.load(newFile, { url: proxy.url }).catch((cause: unknown) => cause);
    expect(await readWarehouseState(warehouse.owner)).toMatchObject({ pointer: 2 });
    expect(await warehouse.load(newFile)).toMatchObject({ status: "UNCHANGED", snapshotId: 2 });
    const published = { status: "PUBLISHED", snapshotId: 2, errorCode: null, account: { loaded: sampleLines } };
    expect((await readLoadRuns(warehouse.owner))[1]).toMatchObject(published);
    expect(outcome).toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
  });
});

describe("two loads at once", () => {
  const inProgress = { name: "Consumer360Error", code: "LOAD_IN_PROGRESS", remedy: expect.any(String) };

  test("the second is refused, the first goes on", async () => {
    const others: Promise<unknown>[] = [];
    const onProgress = ({ stage, done }: LoadProgress) => {
      // While it reads, a load has no claim yet: whoever comes first then is served. While it cleans, it is about to end.
      if (done !== undefined || stage === "read" || stage === "clean") return;
      others.push(warehouse.loadText(testFile([{ invoice: "3" }])).catch((cause: unknown) => cause));
    };
    const holder = await warehouse.owner.connect();
    await holder.query("BEGIN; SELECT FROM published_snapshot FOR UPDATE");
    const first = warehouse.load(newFile, { onProgress });
    await statementWaits();
    const outcomes = await Promise.all(others);
    await holder.query("ROLLBACK");
    holder.release();
    expect(outcomes).toHaveLength(7);
    for (const outcome of outcomes) expect(outcome).toMatchObject(inProgress);
    expect(await first).toMatchObject({ status: "PUBLISHED", snapshotId: 2 });
    expect(await readLoadRuns(warehouse.owner)).toHaveLength(2);
  });

  test("a load in another process counts, and ends with it", async () => {
    const load = startLoadProcess(script, settings(), "derive");
    await load.reached("derive");
    await expect(warehouse.load(newFile)).rejects.toMatchObject(inProgress);
    await expectOldSnapshotWhole();
    await load.kill();
    expect(await expectNextLoadWorks()).toMatchObject([{ status: "PUBLISHED" }, dead]);
  });
});
