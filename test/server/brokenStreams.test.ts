// Streams that end before their end, and clients that read slowly, not at all, or go away: what is broken shows, and nothing is held.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import type { ReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { openStreamedServer, readWhole, type StreamedServer } from "./streamedServer.ts";

const lines = 60_000;
const sampleOf = (count: number) => Buffer.concat([...generateSample({ ...defaultSample, lines: count, months: 6 })]);
/** Some 13 MB as JSON Lines: more than sockets keep for a reader who does not read. */
const document =
  "{ factSales { nodes { id invoice orderedAt orderDate product description kind lineType quantity unitPrice amount customerId country } } }";

let warehouse: TestWarehouse;
let served: StreamedServer | undefined;
/** Runs before each statement about rows, with how many came before it. */
let before: (nth: number) => Promise<void> = async () => undefined;
let statements = 0;

beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.loadText(sampleOf(lines));
}, 120_000);
afterAll(() => warehouse?.close());
afterEach(async () => {
  await served?.close();
  served = undefined;
  before = async () => undefined;
  statements = 0;
});

const watched = (): ReadWarehouse => ({
  ...warehouse.read,
  async read(...args) {
    statements += 1;
    await before(statements - 1);
    return warehouse.read.read(...args);
  },
});

async function open(streams?: { most: number; stallSeconds: number }): Promise<StreamedServer> {
  served = await openStreamedServer(watched(), streams && { streams });
  return served;
}

/** Sessions of readers in this database that are in a transaction. */
async function busySessions(): Promise<number> {
  const { rows } = await warehouse.owner.query(
    `SELECT 1 FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'consumer360-read' AND state <> 'idle'`,
  );
  return rows.length;
}

test("a stream of many pages is whole, and holds no transaction between them", async () => {
  const { stream, records, faults } = await open();
  const busy: number[] = [];
  before = async (nth) => {
    if (nth > 0) busy.push(await busySessions());
  };
  const { body, isWhole, trailers } = await stream("admin", "application/jsonl", document);
  const texts = body.split("\n").slice(0, -1);
  expect([texts.length, isWhole, trailers["consumer360-rows"]]).toEqual([lines + 1, true, String(lines)]);
  expect(new Set(texts.map((text) => (JSON.parse(text) as { id: string }).id)).size).toBe(lines + 1);
  expect(busy.length).toBeGreaterThan(9);
  expect(Math.max(...busy)).toBe(0);
  await expect.poll(() => records.length).toBe(1);
  expect([records[0], faults]).toMatchObject([{ rows: lines, outcome: [] }, []]);
});

test("what goes wrong in the middle breaks the response, and is recorded", async () => {
  const { stream, records, faults } = await open();
  before = async (nth) => {
    if (nth === 3) throw new Error("out of order");
  };
  for (const accept of ["text/csv", "application/jsonl"]) {
    statements = 0;
    const { status, isWhole, trailers, body } = await stream("admin", accept, document);
    expect([status, isWhole, trailers]).toEqual([200, false, {}]);
    expect(body).not.toContain('{"rows":');
    expect(body.length).toBeGreaterThan(0);
  }
  await expect.poll(() => records.length).toBe(2);
  expect(records.map(({ outcome }) => outcome)).toEqual([["INTERNAL"], ["INTERNAL"]]);
  expect(faults.join("")).toContain("out of order");
});

describe("a client", () => {
  test("that goes away frees everything at once", async () => {
    const { begin, records, faults } = await open({ most: 1, stallSeconds: 60 });
    const { sent, response } = await begin("admin", "application/jsonl", document);
    await new Promise((resolve) => response.once("data", resolve));
    response.on("error", () => undefined);
    sent.destroy();
    await expect.poll(() => records.length).toBe(1);
    await expect.poll(busySessions).toBe(0);
    const [{ rows, outcome } = { rows: 0, outcome: null }] = records;
    expect([rows > 0, rows < lines, outcome, faults]).toEqual([true, true, [], []]);
    // The place is free, and no page is read for nobody.
    const read = statements;
    await sleep(200);
    expect(statements).toBe(read);
    const next = await begin("admin", "text/csv", "{ factSales(first: 1) { nodes { id } } }");
    expect((await readWhole(next.response)).status).toBe(200);
  });

  test("that reads nothing holds no connection, and is cut off after a while", async () => {
    const { begin, records, ask } = await open({ most: 1, stallSeconds: 1 });
    const { response } = await begin("admin", "application/jsonl", document);
    response.on("error", () => undefined);
    await expect.poll(busySessions).toBe(0);
    expect(records).toEqual([]);
    expect(await ask("admin", "{ kpis { orders } }")).toBeTruthy();
    await expect.poll(() => records.map(({ reason }) => reason), { timeout: 10_000 }).toContain("reader stalled");
    expect(records.find(({ reason }) => reason !== null)).toMatchObject({
      asked: { fields: ["factSales"] },
      outcome: [],
    });
    const { isWhole, body } = await readWhole(response);
    expect([isWhole, body.length < 13_000_000]).toEqual([false, true]);
  });

  test("that reads slowly is not", async () => {
    const { begin } = await open({ most: 1, stallSeconds: 1 });
    const { response } = await begin("admin", "application/jsonl", document);
    let [taken, allowance] = [0, 1_000_000];
    response.on("data", (chunk: Buffer) => {
      taken += chunk.length;
      if (taken > allowance) response.pause();
    });
    for (; allowance < 8_000_000; allowance += 1_000_000) {
      response.resume();
      await sleep(300);
    }
    expect(taken).toBeGreaterThan(7_000_000);
    allowance = Number.POSITIVE_INFINITY;
    const { isWhole, body } = await readWhole(response);
    expect([isWhole, body.trimEnd().endsWith("}")]).toEqual([true, true]);
  });

  test("waits for the warehouse as long as it takes: that is no stalling", async () => {
    const { stream } = await open({ most: 1, stallSeconds: 1 });
    before = async (nth) => {
      if (nth === 2) await sleep(2500);
    };
    expect((await stream("admin", "text/csv", document)).isWhole).toBe(true);
  });
});

test("there are so many at once, and one asker leaves a place to the others", async () => {
  const { begin, stream, ask } = await open({ most: 2, stallSeconds: 60 });
  const small = "{ factSales(first: 1) { nodes { id } } }";
  const held = await begin("admin", "application/jsonl", document);
  const refused = await stream("admin", "text/csv", small);
  expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "5"]);
  expect(refused.body).toContain("RATE_LIMITED");
  expect(await ask("admin", small)).toBeTruthy();
  const other = await begin("analyst", "application/jsonl", document);
  expect((await stream("crm", "text/csv", small)).status).toBe(429);
  for (const { sent, response } of [held, other]) {
    response.on("error", () => undefined);
    sent.destroy();
  }
  await expect.poll(async () => (await stream("crm", "text/csv", small)).status).toBe(200);
});

test("a stream reads its own snapshot to the end, and is broken where that is cleaned away", async () => {
  const { begin, stream, records } = await open();
  let go: () => void = () => undefined;
  const published = new Promise<void>((resolve) => {
    go = resolve;
  });
  before = (nth) => (nth === 2 ? published : Promise.resolve());
  const whole = await begin("admin", "application/jsonl", document);
  const reading = readWhole(whole.response);
  await expect.poll(() => statements).toBeGreaterThan(2);
  await warehouse.load(shopFile);
  const { body: now } = await stream("analyst", "text/csv", "{ factSales { nodes { id } } }");
  expect(now.split("\r\n").length).toBeLessThan(1000);
  go();
  const { body, isWhole, headers } = await reading;
  const end = JSON.parse(body.trimEnd().split("\n").at(-1) ?? "") as unknown;
  expect([isWhole, end]).toMatchObject([true, { rows: lines, snapshot: headers["consumer360-snapshot"] }]);

  const cleaned = new Promise<void>((resolve) => {
    go = resolve;
  });
  await warehouse.loadText(sampleOf(30_000));
  statements = 0;
  before = (nth) => (nth === 2 ? cleaned : Promise.resolve());
  records.length = 0;
  const { response } = await begin("admin", "text/csv", document);
  const broken = readWhole(response);
  await expect.poll(() => statements).toBeGreaterThan(2);
  await warehouse.load(shopFile);
  await warehouse.loadText(sampleOf(1_000));
  await warehouse.loadText(sampleOf(2_000));
  go();
  expect((await broken).isWhole).toBe(false);
  await expect.poll(() => records.map(({ outcome }) => outcome)).toEqual([["SNAPSHOT_EXPIRED"]]);
}, 120_000);
