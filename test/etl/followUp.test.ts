// What is computed after a publish: pairs as counted here by hand, order by order, in whatever chunks; once for each snapshot that is kept;
// gone with its snapshot; left to whoever is at it.
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { derivePairs } from "../../etl/followUp/derivePairs.ts";
import { followUp } from "../../etl/followUp/followUp.ts";
import { leastTogether, mostPairs } from "../../src/model/productPairs.ts";
import { drawOf } from "../access/nonInterferenceDocuments.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeEach(async () => {
  warehouse = await makeTestWarehouse();
});
afterEach(() => warehouse?.close());

/** Orders of some of 70 goods, guests' among them, and lines that are no sale or no goods. */
function orders(count: number): TestLine[] {
  const draw = drawOf(5);
  return Array.from({ length: count }, (_, nth): TestLine[] => {
    const invoice = `${1000 + nth}`;
    const customer = draw(4) === 0 ? "" : `C${draw(20)}`;
    const size = 1 + draw(nth % 10 === 0 ? 70 : 12);
    const goods = Array.from({ length: size }, () => ({
      invoice,
      customer,
      product: `P${Math.min(draw(70), draw(70))}`,
    }));
    return [
      ...goods,
      { invoice, customer, product: "POST" },
      { invoice: `C${invoice}`, customer, product: "P1", quantity: -1 },
      { invoice: `9${invoice}`, customer, product: "P2", price: 0 },
    ];
  }).flat();
}

function countedByHand(lines: readonly TestLine[]): string[] {
  const baskets = new Map<string, Set<string>>();
  for (const { invoice, product = "", quantity = 1, price = 1 } of lines) {
    if (product === "POST" || invoice.startsWith("C") || Number(quantity) < 0 || Number(price) === 0) continue;
    baskets.set(invoice, (baskets.get(invoice) ?? new Set()).add(product));
  }
  const orderCount = new Map<string, number>();
  const met = new Map<string, Map<string, number>>();
  for (const basket of baskets.values())
    for (const one of basket) {
      orderCount.set(one, (orderCount.get(one) ?? 0) + 1);
      for (const two of basket) {
        if (one === two) continue;
        const others = met.get(one) ?? new Map<string, number>();
        met.set(one, others.set(two, (others.get(two) ?? 0) + 1));
      }
    }
  return [...met]
    .flatMap(([product, others]) =>
      [...others]
        .filter(([, together]) => together >= leastTogether)
        .toSorted(
          ([a, x], [b, y]) => y - x || Number(orderCount.get(a)) - Number(orderCount.get(b)) || (a < b ? -1 : 1),
        )
        .slice(0, mostPairs)
        .map(([other, together]) =>
          [product, other, together, orderCount.get(product), orderCount.get(other), baskets.size].join(" "),
        ),
    )
    .toSorted();
}

const stored = async (snapshotId: number) =>
  (
    await warehouse.owner.query(
      `SELECT concat_ws(' ', product, other, together, product_orders, other_orders, all_orders) AS pair
       FROM product_pair WHERE snapshot_id = $1`,
      [snapshotId],
    )
  ).rows
    .map(({ pair }) => String(pair))
    .toSorted();

test("pairs are what is counted order by order", async () => {
  const lines = orders(300);
  const { snapshotId } = await warehouse.loadText(testFile(lines));
  await followUp({ url: warehouse.url });
  const wanted = countedByHand(lines);
  expect(wanted.length).toBeGreaterThan(500);
  // some product has more than are kept
  const perProduct = new Map<string | undefined, number>();
  for (const pair of wanted) perProduct.set(pair.split(" ")[0], (perProduct.get(pair.split(" ")[0]) ?? 0) + 1);
  expect(Math.max(...perProduct.values())).toBe(mostPairs);
  expect(await stored(snapshotId)).toEqual(wanted);

  // the same where the table of counters holds three products at a time
  await warehouse.owner.query("TRUNCATE product_pair");
  const client = await warehouse.owner.connect();
  await client.query("BEGIN");
  const run = Object.assign(
    async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows,
    {
      count: async () => 0,
    },
  );
  await derivePairs(run, { snapshotId, generation: snapshotId }, 3 * 70);
  await client.query("COMMIT");
  client.release();
  expect(await stored(snapshotId)).toEqual(wanted);
});

test("each part is done once; what is missing of snapshots that are kept is made up for; it goes with its snapshot", async () => {
  const first = testFile(orders(120));
  const second = testFile([{ invoice: "5000", product: "P1", customer: "C1" }]);
  await warehouse.loadText(first);
  await warehouse.loadText(second, { append: true });
  const done = await followUp({ url: warehouse.url });
  expect(done?.map(({ snapshotId, name }) => `${snapshotId} ${name}`)).toEqual([
    "2 standings",
    "2 pairs",
    "1 standings",
  ]);
  expect(await followUp({ url: warehouse.url })).toEqual([]);

  await warehouse.loadText(testFile([{ invoice: "5001", product: "P1", customer: "C1" }]), { append: true });
  const counts = await warehouse.owner.query(
    `SELECT (SELECT array_agg(DISTINCT snapshot_id) FROM customer_standing) AS standings,
       (SELECT array_agg(DISTINCT snapshot_id) FROM product_pair) AS pairs,
       (SELECT array_agg(DISTINCT snapshot_id) FROM follow_up) AS parts`,
  );
  expect(counts.rows).toEqual([{ standings: [2], pairs: [2], parts: [2] }]);
});

test("where customers stand adds up to the orders", async () => {
  const { snapshotId } = await warehouse.loadText(testFile(orders(60)));
  await followUp({ url: warehouse.url });
  const sums = (table: string, segment: string, orders: string) =>
    warehouse.owner.query(
      `SELECT ${segment} AS segment, sum(gross_revenue) AS gross, sum(returns_value) AS returned, ${orders}::int AS orders
       FROM ${table} WHERE snapshot_id = ${snapshotId} GROUP BY 1 ORDER BY 1`,
    );
  const standings = (await sums("customer_standing", "classic", "sum(orders)")).rows;
  expect(standings).toEqual((await sums("sales_order", "segment", "count(*) FILTER (WHERE sale_lines > 0)")).rows);
  expect(standings.length).toBeGreaterThan(2);
});

test("whoever finds another at it leaves it alone, and one that is stopped leaves nothing half done", async () => {
  await warehouse.loadText(testFile(orders(120)));
  const other = new pg.Client({ connectionString: warehouse.url });
  await other.connect();
  await other.query("SELECT pg_advisory_lock(361, 2)");
  expect(await followUp({ url: warehouse.url })).toBeNull();
  await other.query("SELECT pg_advisory_unlock(361, 2)");
  await other.end();

  // stopped while it connects, nothing is begun
  const early = new AbortController();
  const connecting = followUp({ url: warehouse.url, signal: early.signal });
  early.abort();
  expect(await connecting).toEqual([]);
  expect((await warehouse.owner.query("SELECT count(*)::int AS done FROM follow_up")).rows).toEqual([{ done: 0 }]);

  // stopped in the middle of the pairs, which wait here for a lock: the standings before them stay, of the pairs there is nothing
  const blocking = await warehouse.owner.connect();
  await blocking.query("BEGIN; LOCK TABLE product_pair IN ACCESS EXCLUSIVE MODE");
  const stopping = new AbortController();
  const stopped = followUp({ url: warehouse.url, signal: stopping.signal });
  await vi.waitFor(
    async () => {
      const { rows: waiting } = await blocking.query(
        "SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND relation = 'product_pair'::regclass",
      );
      expect(waiting).toEqual([{ waiting: 1 }]);
    },
    { timeout: 20_000 },
  );
  stopping.abort();
  await stopped;
  await blocking.query("ROLLBACK");
  blocking.release();
  const { rows: parts } = await warehouse.owner.query("SELECT DISTINCT name FROM follow_up");
  expect(parts).toEqual([{ name: "standings" }]);
  const { rows } = await warehouse.owner.query(
    `SELECT count(*)::int AS parts FROM product_pair p WHERE NOT EXISTS (
       SELECT FROM follow_up f WHERE f.snapshot_id = p.snapshot_id AND f.name = 'pairs')`,
  );
  expect(rows).toEqual([{ parts: 0 }]);
  // The server sees a moment later that a connection is gone, and until then its lock is held.
  await vi.waitFor(async () => expect(await followUp({ url: warehouse.url })).toEqual([]), { timeout: 20_000 });
  expect((await warehouse.owner.query("SELECT DISTINCT name FROM follow_up ORDER BY name")).rows).toEqual([
    { name: "pairs" },
    { name: "standings" },
  ]);
});
