// Answers that are given again while snapshots are published: none is ever of one snapshot and labelled as another's, none crosses scopes,
// and nobody waits long for what is new, whether it was announced or not.
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rollBack } from "../../etl/rollBack.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type Asker, type CachedServer, openCachedServer } from "./cachedServer.ts";

const policyText = `roles:
  all: {countries: all, segments: all, customerLevel: true}
  manager: {countries: $claims.countries, segments: all, customerLevel: true}`;

let warehouse: TestWarehouse;
let cached: CachedServer;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());
afterEach(() => cached?.close());

const countries = ["France", "Germany", "Spain"];
/** What each country sells in the nth file: a number that no other file and no other set of countries comes to. */
const priceOf = (nth: number, country: string) => nth * 1000 + 10 ** countries.indexOf(country);
const fileOf = (nth: number) =>
  [
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
    ...countries.map(
      (country, at) => `${500000 + at},85123A,HEART,1,1/13/2024 8:26,${priceOf(nth, country)},${12001 + at},${country}`,
    ),
    "",
  ].join("\n");

const askers: readonly Asker[] = [
  { role: "all" },
  ...[["France"], ["Germany"], ["Spain"], ["France", "Spain"]].map((some) => ({ role: "manager", countries: some })),
];
const query = "{ kpis { grossRevenue } dataset { snapshot } me { role countries scopeFingerprint } }";

/** Which file a snapshot was made of. */
const files = new Map<string, number>();
let loaded = 0;
async function publish(): Promise<string> {
  loaded += 1;
  const { snapshotId } = await warehouse.loadText(fileOf(loaded), { snapshotsKept: 50 });
  files.set(String(snapshotId), loaded);
  return String(snapshotId);
}

type Seen = Readonly<{ snapshot: string; cached: boolean }>;

async function askOnce(asker: Asker): Promise<Seen & { revenue: string }> {
  const reply = await cached.ask(asker, { query });
  const { data, extensions, errors } = reply.json();
  expect(errors).toBeUndefined();
  const { receipt } = extensions;
  expect(receipt.snapshot).toBe(data.dataset.snapshot);
  expect(receipt.policy).toBe(data.me.scopeFingerprint);
  expect([data.me.role, data.me.countries]).toEqual([asker.role, asker.countries ?? null]);
  return { snapshot: receipt.snapshot, cached: receipt.cached, revenue: data.kpis.grossRevenue };
}

const revenueOf = (asker: Asker, nth: number) =>
  String((asker.countries ?? countries).reduce((sum, country) => sum + priceOf(nth, country), 0));

test("50 clients never see a figure of one snapshot under another's name, nor of another scope", async () => {
  await publish();
  let current = await publish();
  cached = await openCachedServer(warehouse, { policyText });
  const seen: (Seen & { revenue: string; asker: Asker })[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 5, maxLength: 7 }), async (steps) => {
      let isOver = false;
      const clients = Array.from({ length: 50 }, async (_, nth) => {
        const asker = askers[nth % askers.length] as Asker;
        while (!isOver) {
          seen.push({ ...(await askOnce(asker)), asker });
          await sleep(nth % 7);
        }
      });
      try {
        for (const step of steps) {
          const others = [...files.keys()].filter((snapshot) => snapshot !== current);
          const former = others[step % (others.length * 2)];
          if (former !== undefined) await rollBack({ url: warehouse.url, to: Number(former) });
          current = former ?? (await publish());
          await sleep(30);
        }
      } finally {
        isOver = true;
        await Promise.all(clients);
      }
    }),
    { numRuns: 2, endOnFailure: true },
  );
  for (const { asker, snapshot, revenue } of seen) {
    expect([asker, snapshot, revenue]).toEqual([asker, snapshot, revenueOf(asker, files.get(snapshot) ?? 0)]);
  }
  const again = seen.filter(({ cached: isCached }) => isCached);
  expect(new Set(again.map(({ snapshot }) => snapshot)).size).toBeGreaterThan(4);
  expect(again.length).toBeGreaterThan(seen.length / 2);
}, 240_000);

test("what is published, and what is rolled back, is there at once where it was announced", async () => {
  const first = await publish();
  cached = await openCachedServer(warehouse, { policyText });
  const asker = askers[1] as Asker;
  await askOnce(asker);
  expect(await askOnce(asker)).toMatchObject({ snapshot: first, cached: true });
  const expectSoon = async (snapshot: string) => {
    const began = performance.now();
    await expect.poll(async () => (await askOnce(asker)).snapshot, { interval: 5 }).toBe(snapshot);
    return performance.now() - began;
  };
  const second = await publish();
  const waits = [await expectSoon(second)];
  await rollBack({ url: warehouse.url });
  waits.push(await expectSoon(first));
  // well before anybody would have looked
  expect(Math.min(...waits)).toBeLessThan(400);
});

test("without an announcement it is there within a second, and from the first who sees it on", async () => {
  const first = await publish();
  cached = await openCachedServer(warehouse, { policyText, hears: false });
  const [asker, other] = askers as [Asker, Asker];
  await askOnce(asker);
  expect(await askOnce(asker)).toMatchObject({ snapshot: first, cached: true });
  const second = await publish();
  const published = performance.now();
  // asked of the warehouse, which says what is new; whoever asks next is not told the old
  expect((await askOnce(other)).snapshot).toBe(second);
  expect((await askOnce(asker)).snapshot).toBe(second);
  expect(performance.now() - published).toBeLessThan(900);

  const third = await publish();
  const again = performance.now();
  await expect.poll(async () => (await askOnce(asker)).snapshot, { interval: 20 }).toBe(third);
  expect(performance.now() - again).toBeLessThan(1500);
});

test("while the warehouse does not answer nothing is given again", async () => {
  await publish();
  cached = await openCachedServer(warehouse, { policyText, hears: false });
  const asker = askers[0] as Asker;
  await askOnce(asker);
  await warehouse.owner.query("ALTER TABLE published_snapshot RENAME TO elsewhere");
  try {
    await sleep(1100);
    const reply = await cached.ask(asker, { query });
    expect(reply.json().data).toBeNull();
  } finally {
    await warehouse.owner.query("ALTER TABLE elsewhere RENAME TO published_snapshot");
  }
  await sleep(1100);
  expect((await askOnce(asker)).cached).toBe(true);
});
