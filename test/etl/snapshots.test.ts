// Publishing under readers: every answer belongs to one file, wholly, whatever is loaded and cleaned meanwhile; and old snapshots are
// taken away when nobody reads them.
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import { openReadWarehouse, type ReadWarehouse, snapshotLockClass } from "../../src/warehouse/openReadWarehouse.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readLoadRuns, readWarehouseState } from "../support/warehouseState.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

const customers = 60;
const linesPerCustomer = 20;
const guestLines = 100;

/** Every price in file `k` is k, so that a single line tells its file, and so does every sum whose quantity is known. */
function fileOf(k: number): string {
  const lines = Array.from({ length: customers * linesPerCustomer }, (_, index): TestLine => {
    const customer = index % customers;
    const line = Math.floor(index / customers);
    return {
      invoice: `${1000 + customer}-${line % (1 + (customer % 4))}`,
      product: `P${line}`,
      description: `of file ${k}`,
      customer: `C${1000 + customer}`,
      quantity: 1 + (customer % 5),
      price: k,
      at: `2024-0${1 + (customer % 6)}-1${line % 10} 10:00`,
      country: customer % 2 === 0 ? "France" : "Germany",
    };
  });
  const guests = Array.from({ length: guestLines }, (_, index) => ({
    invoice: `9-${index}`,
    customer: "",
    description: `of file ${k}`,
    price: k,
  }));
  return testFile([...lines, ...guests]);
}

const quantityOf = (customer: number) => linesPerCustomer * (1 + (customer % 5));
/** 60 customers, 12 of each quantity 1 to 5, 20 lines each, and the guests. */
const totalQuantity = 12 * (1 + 2 + 3 + 4 + 5) * linesPerCustomer + guestLines;

const kpis: MetricsRequest = { kind: "metrics", measures: ["grossRevenue", "lines", "customers"], dimensions: [] };
const byCustomer: MetricsRequest = {
  kind: "metrics",
  measures: ["grossRevenue", "orders"],
  dimensions: ["customer"],
  where: { customerType: { eq: "IDENTIFIED" } },
  orderBy: [{ member: "grossRevenue", direction: "DESC" }],
  page: { first: 25 },
  count: true,
};
const segments: MetricsRequest = { kind: "metrics", measures: ["grossRevenue", "customers"], dimensions: ["segment"] };

/** The questions, each with a check that its answer is whole, and the file that the answer is of. */
const questions: Readonly<Record<string, (asker: Asker) => Promise<number>>> = {
  async kpis(asker) {
    const { rows } = await ask(kpis, asker);
    const lines = customers * linesPerCustomer + guestLines;
    expect(rows).toMatchObject([{ lines, customers }]);
    return Number(rows[0]?.grossRevenue) / totalQuantity;
  },
  async customers(asker) {
    const { rows, totalCount } = await ask(byCustomer, asker);
    expect([rows.length, totalCount]).toEqual([25, customers]);
    return only(rows.map((row) => Number(row.grossRevenue) / quantityOf(Number(String(row.customer).slice(1)) - 1000)));
  },
  async lines(asker) {
    const { rows, totalCount } = await ask({ kind: "lines", page: { first: 200 }, count: true }, asker);
    expect([rows.length, totalCount]).toEqual([200, customers * linesPerCustomer + guestLines]);
    for (const row of rows) expect(row.segmentKey === "GUEST").toBe(row.customerId === null);
    return only(
      rows.flatMap((row) => [Number(row.unitPrice), Number(String(row.description).slice("of file ".length))]),
    );
  },
  async segments(asker) {
    const { rows } = await ask(segments, asker);
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.reduce((sum, row) => sum + Number(row.customers), 0)).toBe(customers);
    return rows.reduce((sum, row) => sum + Number(row.grossRevenue), 0) / totalQuantity;
  },
};

function only(values: readonly number[]): number {
  expect(new Set(values).size).toBe(1);
  return values[0] ?? Number.NaN;
}

let warehouse: TestWarehouse;
let read: ReadWarehouse;
const sessions: pg.Client[] = [];
beforeEach(async () => {
  warehouse = await makeTestWarehouse();
  read = openReadWarehouse(warehouse.url, { maxConnections: 12 });
});
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.end()));
  await read?.close();
  await warehouse?.close();
});

const load = (k: number) => warehouse.loadText(fileOf(k));
const derivedPartitions = (ids: readonly number[]) =>
  ["customer_cell", "customer_outlook", "sales_order"].flatMap((table) => ids.map((id) => `${table}_s${id}`));
const partitions = async () => (await readWarehouseState(warehouse.owner)).partitions;

async function openSession(...statements: string[]): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: warehouse.url });
  await session.connect();
  sessions.push(session);
  for (const statement of statements) await session.query(statement);
  return session;
}

type Asked = { question: string; snapshotId: number; file: number; milliseconds: number };

/** Asks one question without pause until it is told to stop; a snapshot that was cleaned meanwhile is the only error allowed. */
async function askWithoutPause(question: string, until: { stopped: boolean }, answers: Asked[]): Promise<void> {
  const questionOf = questions[question];
  while (!until.stopped) {
    const began = performance.now();
    const snapshot = await readSnapshot(read);
    try {
      const file = (await questionOf?.({ warehouse: read, snapshot, scope: adminScope })) ?? Number.NaN;
      answers.push({ question, snapshotId: snapshot.snapshotId, file, milliseconds: performance.now() - began });
    } catch (error) {
      if (!(error instanceof Consumer360Error) || error.code !== "SNAPSHOT_EXPIRED") throw error;
      expect((await readSnapshot(read)).snapshotId).toBeGreaterThan(snapshot.snapshotId);
    }
  }
}

/** Runs `work` while every question is asked by two clients without pause. */
async function underQuestions(work: () => Promise<void>): Promise<Asked[]> {
  const answers: Asked[] = [];
  const until = { stopped: false };
  const askers = Object.keys(questions).flatMap((question) => [question, question]);
  const asking = Promise.all(askers.map((question) => askWithoutPause(question, until, answers)));
  await Promise.race([work(), asking]).finally(() => {
    until.stopped = true;
  });
  await asking;
  return answers;
}

describe("readers", () => {
  test("who ask without pause through ten publishes get whole answers of one file, and never wait", async () => {
    const { snapshotId } = await load(1);
    const fileBySnapshot = new Map([[snapshotId, 1]]);
    const answers = await underQuestions(async () => {
      for (let k = 2; k <= 11; k++) fileBySnapshot.set((await load(k)).snapshotId, k);
    });
    const wrong = answers.filter(({ snapshotId, file }) => fileBySnapshot.get(snapshotId) !== file);
    expect(wrong).toEqual([]);
    expect(new Set(answers.map(({ file }) => file)).size).toBeGreaterThanOrEqual(10);
    for (const question of Object.keys(questions)) {
      expect(answers.filter((answer) => answer.question === question).length).toBeGreaterThan(10);
    }
    const slowest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
    expect(slowest).toBeLessThan(2_000);
  });

  test("do not wait while a detach waits for an old transaction", async () => {
    await load(1);
    await load(2);
    await openSession("BEGIN", "SELECT count(*) FROM fact_sales");
    const answers = await underQuestions(async () => {
      expect(await load(3)).toMatchObject({ status: "PUBLISHED" });
    });
    expect(await partitions()).toEqual(expect.arrayContaining(["fact_sales_g2", "fact_sales_g3"]));
    // The clean gives up on the old transaction after two seconds; a reader who queued behind it would have waited as long.
    const slowest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
    expect(slowest).toBeLessThan(1_500);
  });

  test("page on in the snapshot of their cursor while it is kept, then learn that it expired", async () => {
    await load(1);
    const snapshot = await readSnapshot(read);
    const asker: Asker = { warehouse: read, snapshot, scope: adminScope };
    const whole = await ask({ kind: "lines", page: { first: 50 } }, asker);
    const first = await ask({ kind: "lines", page: { first: 20 } }, asker);
    const after = first.cursors.at(-1);
    await load(2);
    const again = { ...asker, snapshot: await readSnapshot(read, snapshot.snapshotId) };
    const second = await ask({ kind: "lines", page: { first: 30, after } }, again);
    expect([...first.rows, ...second.rows]).toEqual(whole.rows);
    const current = { ...asker, snapshot: await readSnapshot(read) };
    const expired = { name: "Consumer360Error", code: "SNAPSHOT_EXPIRED" };
    await expect(ask({ kind: "lines", page: { first: 30, after } }, current)).rejects.toMatchObject(expired);
    await load(3);
    await expect(readSnapshot(read, snapshot.snapshotId)).rejects.toMatchObject(expired);
    for (const question of Object.values(questions)) await expect(question(asker)).rejects.toMatchObject(expired);
  });
});

describe("cleaning", () => {
  test.each([2, 3])("keeps %i snapshots, with nothing of the others", async (snapshotsKept) => {
    for (let k = 1; k <= 5; k++) await warehouse.loadText(fileOf(k), { snapshotsKept });
    const state = await readWarehouseState(warehouse.owner);
    const kept = [1, 2, 3, 4, 5].slice(-snapshotsKept);
    expect(state.pointer).toBe(5);
    expect(state.partitions).toEqual(kept.map((id) => `fact_sales_g${id}`));
    expect(state.tables.filter((name) => /^fact_sales_|^load_(?!run$)/.test(name))).toEqual(state.partitions);
    expect(state.tables.filter((name) => /_s[0-9]+$/.test(name))).toEqual(derivedPartitions(kept));
    expect(new Set(Object.keys(state.rows).map((key) => Number(key.split(" ")[1])))).toEqual(new Set(kept));
    expect(state.rows["fact_sales 5"]).toBe(customers * linesPerCustomer + guestLines);
  });

  test("leaves a snapshot that is being read, and takes it the next time", async () => {
    await load(1);
    const reader = await openSession("BEGIN", `SELECT pg_advisory_xact_lock_shared(${snapshotLockClass}, 1)`);
    const asker: Asker = { warehouse: read, snapshot: await readSnapshot(read), scope: adminScope };
    await load(2);
    await load(3);
    expect(await partitions()).toEqual(["fact_sales_g1", "fact_sales_g2", "fact_sales_g3"]);
    for (const question of Object.values(questions)) expect(await question(asker)).toBe(1);
    await reader.query("COMMIT");
    await load(4);
    expect(await partitions()).toEqual(["fact_sales_g3", "fact_sales_g4"]);
    expect(Object.keys((await readWarehouseState(warehouse.owner)).rows)).not.toContain("sales_order 1");
  });

  test("finishes a detach that was interrupted", async () => {
    await load(1);
    await load(2);
    const reader = await openSession("BEGIN", "SELECT count(*) FROM fact_sales");
    expect(await load(3)).toMatchObject({ status: "PUBLISHED" });
    expect(await partitions()).toContain("fact_sales_g1 (detach pending)");
    await reader.query("COMMIT");
    expect(await load(4)).toMatchObject({ status: "PUBLISHED" });
    expect(await partitions()).toEqual(["fact_sales_g3", "fact_sales_g4"]);
    const { tables } = await readWarehouseState(warehouse.owner);
    expect(tables.filter((name) => /^fact_sales_g[12]$/.test(name))).toEqual([]);
  });

  test("finishes an interrupted detach first, whatever else is unused", async () => {
    for (let k = 1; k <= 3; k++) await load(k);
    const lock = `SELECT pg_advisory_xact_lock_shared(${snapshotLockClass}, 2)`;
    const reader = await openSession("BEGIN", lock, "SELECT count(*) FROM fact_sales");
    for (let k = 4; k <= 5; k++) await load(k);
    expect(await partitions()).toEqual(expect.arrayContaining(["fact_sales_g2", "fact_sales_g3 (detach pending)"]));
    await reader.query("COMMIT");
    expect(await load(6)).toMatchObject({ status: "PUBLISHED" });
    expect(await partitions()).toEqual(["fact_sales_g5", "fact_sales_g6"]);
  });

  test("that fails does not make a failure of a load that has published", async () => {
    await load(1);
    await load(2);
    await warehouse.owner.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
       CREATE TRIGGER refuse BEFORE DELETE ON rfm_segments FOR EACH STATEMENT EXECUTE FUNCTION refuse()`,
    );
    const outcome: unknown = await load(3).catch((cause: unknown) => cause);
    const lines = customers * linesPerCustomer + guestLines;
    const published = { status: "PUBLISHED", snapshotId: 3, account: { loaded: lines } };
    expect((await readWarehouseState(warehouse.owner)).pointer).toBe(3);
    expect((await readLoadRuns(warehouse.owner)).at(-1)).toMatchObject(published);
    expect(outcome).toMatchObject(published);
    await warehouse.owner.query("DROP FUNCTION refuse CASCADE");
    await load(4);
    expect(await partitions()).toEqual(["fact_sales_g3", "fact_sales_g4"]);
  });

  test.each(["sales_order", "customer_cell", "customer_outlook"])(
    "finishes an interrupted detach of %s",
    async (table) => {
      await load(1);
      await load(2);
      const reader = await openSession("BEGIN", `SELECT count(*) FROM ${table}`);
      const { warnings } = await load(3);
      expect(warnings.map(({ code }) => code)).not.toContain("NOT_CLEANED");
      const pending = async () =>
        (await warehouse.owner.query("SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhdetachpending"))
          .rows;
      expect(await pending()).toEqual([{ name: `${table}_s1` }]);
      // What its snapshot holds stands in the way of nothing else.
      expect(await partitions()).toEqual(["fact_sales_g2", "fact_sales_g3"]);
      await reader.query("COMMIT");
      expect(await load(4)).toMatchObject({ status: "PUBLISHED" });
      expect(await pending()).toEqual([]);
      const { tables } = await readWarehouseState(warehouse.owner);
      expect(tables.filter((name) => /_s[0-9]+$/.test(name))).toEqual(derivedPartitions([3, 4]));
    },
  );

  test("takes away a partition that was detached and never dropped", async () => {
    await load(1);
    await load(2);
    await load(3);
    await warehouse.owner.query(
      "CREATE TABLE fact_sales_g1 (LIKE fact_sales); CREATE TABLE customer_cell_s1 (LIKE customer_cell)",
    );
    await load(4);
    const { tables } = await readWarehouseState(warehouse.owner);
    expect(tables).not.toContain("fact_sales_g1");
    expect(tables).not.toContain("customer_cell_s1");
  });
});
