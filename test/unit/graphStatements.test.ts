// How many statements one request has under way, and that none is begun for a client who has gone.
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { makeGraphContext } from "../../src/graph/makeGraphContext.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import { testKeys } from "../graph/testKeys.ts";

const scope: Scope = { ...everything, role: "admin", fingerprint: "all" };

const published = {
  snapshot_id: 1,
  generation: 1,
  load_run_id: 1,
  published_at: "2012-01-01T00:00:00.000Z",
  as_of: "2011-12-10",
  data_from: "2010-12-01",
  data_through: "2011-12-09",
  currency: "GBP",
  account: "{}",
  recency_cuts: [],
  frequency_cuts: [],
  monetary_cuts: [],
  rollup_keys: [],
};

/** A warehouse whose statements end when they are told to. */
function stage() {
  const running: { end: () => void; fail: () => void }[] = [];
  const seen = { begun: 0, most: 0, published: 0 };
  const warehouse = {
    async read() {
      seen.begun += 1;
      await new Promise<void>((resolve, reject) => {
        running.push({ end: resolve, fail: () => reject(new Error("failed")) });
        seen.most = Math.max(seen.most, running.length);
      });
      return [];
    },
    async readPublished() {
      seen.published += 1;
      return [published];
    },
    close: async () => {},
  };
  return { running, seen, warehouse };
}

const turns = async () => {
  for (let nth = 0; nth < 5; nth += 1) await turn();
};

const question = (nth: number) =>
  ({ kind: "metrics", measures: ["orders"], dimensions: [], where: { country: { eq: `Land ${nth}` } } }) as const;

test("at most three statements are under way, and all come to their turn", async () => {
  const { running, seen, warehouse } = stage();
  const { ask } = makeGraphContext({ keys: testKeys, scope, warehouse });
  const answers = Promise.allSettled(Array.from({ length: 10 }, (_, nth) => ask(question(nth))));
  for (let nth = 0; nth < 10; nth += 1) {
    await turns();
    expect(running.length).toBe(Math.min(3, 10 - nth));
    const next = running.shift();
    // One that fails makes room as well.
    if (nth % 3 === 0) next?.fail();
    else next?.end();
  }
  const states = (await answers).map(({ status }) => status);
  expect([states.length, states.filter((status) => status === "rejected").length]).toEqual([10, 4]);
  expect(seen).toEqual({ begun: 10, most: 3, published: 1 });
});

test("a question of two statements takes two places", async () => {
  const { running, warehouse } = stage();
  const { ask } = makeGraphContext({ keys: testKeys, scope, warehouse });
  const page = { first: 10 };
  const answers = [1, 2].map((nth) => ask({ ...question(nth), dimensions: ["country"], page, count: true }));
  await turns();
  expect(running.length).toBe(3);
  for (let nth = 0; nth < 4; nth += 1) {
    running.shift()?.end();
    await turns();
  }
  await Promise.all(answers);
});

test("once the client has gone nothing more is begun", async () => {
  const { running, seen, warehouse } = stage();
  const gone = new AbortController();
  const context = Object.assign(makeGraphContext({ keys: testKeys, scope, warehouse }), { signal: gone.signal });
  const answers = Promise.allSettled(Array.from({ length: 10 }, (_, nth) => context.ask(question(nth))));
  await turns();
  gone.abort();
  for (const { end } of running) end();
  await turns();
  expect(seen.begun).toBe(3);
  const refused = (await answers).filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(7);
  expect(refused[0]).toMatchObject({ reason: { code: "BAD_USER_INPUT" } });
  await expect(context.account()).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  expect(seen).toEqual({ begun: 3, most: 3, published: 1 });
});

test("the rows of the load are read once", async () => {
  const { seen, warehouse } = stage();
  const context = makeGraphContext({ keys: testKeys, scope, warehouse });
  await Promise.all([context.account(), context.account()]);
  expect(seen.published).toBe(2);
});
