// Askers who share a pool: one of them may flood it and another is answered meanwhile, turns go round, and who has gone waits no more.
import { afterAll, beforeAll, expect, test } from "vitest";
import { shareConnections } from "../../src/server/shareConnections.ts";
import { openReadWarehouse, type ReadWarehouse, type StoredRow } from "../../src/warehouse/openReadWarehouse.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

/** A warehouse whose statements end when they are told to; `started` names them in the order in which they began. */
function heldWarehouse() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const run = ({ text }: { text: string }) =>
    new Promise<StoredRow[]>((resolve) => {
      started.push(text);
      ends.set(text, () => resolve([]));
    });
  const held: ReadWarehouse = { read: run, readPublished: run, close: async () => undefined };
  const end = async (text: string) => {
    ends.get(text)?.();
    for (let nth = 0; nth < 20; nth += 1) await Promise.resolve();
  };
  return { held, started, end };
}
const statement = (text: string) => ({ text, values: [] });

test("of a real pool of three, one asker's flood leaves another a connection", async () => {
  const pool = openReadWarehouse(warehouse.url, { maxConnections: 3 });
  try {
    const of = shareConnections(pool, 3);
    const ended: string[] = [];
    const slow = Array.from({ length: 4 }, () =>
      of("flood")
        .readPublished(statement("SELECT pg_sleep(0.7)"), adminScope)
        .then(() => ended.push("slow")),
    );
    await of("other").readPublished(statement("SELECT 1 AS one"), adminScope);
    ended.push("quick");
    await Promise.all(slow);
    expect(ended).toEqual(["quick", "slow", "slow", "slow", "slow"]);
  } finally {
    await pool.close();
  }
});

test("nobody waits while there is a connection for him, and one asker leaves two to the others", async () => {
  const { held, started, end } = heldWarehouse();
  const of = shareConnections(held, 5);
  for (const text of ["a1", "a2", "a3", "a4"]) void of("a").readPublished(statement(text), adminScope);
  for (const text of ["b1", "b2"]) void of("b").readPublished(statement(text), adminScope);
  expect(started).toEqual(["a1", "a2", "a3", "b1", "b2"]);
  await end("b1");
  expect(started).toHaveLength(5);
  await end("a2");
  expect(started.slice(5)).toEqual(["a4"]);
});

test("who has fewer running goes first, and of those who have as many, who was served longer ago", async () => {
  const { held, started, end } = heldWarehouse();
  const of = shareConnections(held, 3);
  for (const text of ["a1", "a2", "a3", "b1", "b2", "c1", "c2", "d1"])
    void of(text.charAt(0)).readPublished(statement(text), adminScope);
  expect(started).toEqual(["a1", "b1", "c1"]);
  await end("c1");
  await end("b1");
  await end("d1");
  await end("c2");
  await end("a1");
  await end("a2");
  expect(started.slice(3)).toEqual(["d1", "b2", "c2", "a2", "a3"]);
});

test("with one connection, turns still go round", async () => {
  const { held, started, end } = heldWarehouse();
  const of = shareConnections(held, 1);
  for (const text of ["a1", "a2", "a3", "b1", "b2"]) void of(text.charAt(0)).readPublished(statement(text), adminScope);
  for (const text of ["a1", "b1", "a2", "b2", "a3"]) {
    expect(started.at(-1)).toBe(text);
    await end(text);
  }
});

test("a wait that is given up, before or during it, leaves the queue, and its turn goes to the next", async () => {
  const { held, started, end } = heldWarehouse();
  const of = shareConnections(held, 1);
  const gone = new AbortController();
  void of("a").readPublished(statement("a1"), adminScope);
  const waits = of("b").readPublished(statement("b1"), adminScope, gone.signal);
  void of("c").readPublished(statement("c1"), adminScope);
  gone.abort();
  await expect(waits).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  await expect(of("b").readPublished(statement("b2"), adminScope, gone.signal)).rejects.toThrow("given up");
  await end("a1");
  expect(started).toEqual(["a1", "c1"]);
});

test("a statement that fails gives its connection back", async () => {
  let calls = 0;
  const failing = async () => {
    calls += 1;
    throw new Error("broken");
  };
  const of = shareConnections({ read: failing, readPublished: failing, close: async () => undefined }, 1);
  for (let nth = 1; nth <= 3; nth += 1) {
    await expect(of("a").readPublished(statement("x"), adminScope)).rejects.toThrow("broken");
    expect(calls).toBe(nth);
  }
});

test("a statement that nobody waits for any more keeps its place until PostgreSQL has ended it", async () => {
  const { held, started, end } = heldWarehouse();
  const of = shareConnections(held, 1);
  const gone = new AbortController();
  void of("a").readPublished(statement("a1"), adminScope, gone.signal);
  void of("b").readPublished(statement("b1"), adminScope);
  gone.abort();
  await end("a1");
  expect(started).toEqual(["a1"]);
  await expect.poll(() => started, { timeout: 5000 }).toEqual(["a1", "b1"]);
});
