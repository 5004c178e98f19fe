// What is bought together: for each product those that are most often in the same orders. Counted here, a table of whole numbers at a time:
// the server would sort every meeting of two products, which are some hundred for each line. However many products and lines there are, the
// table stays as large as it is, and what does not fit is counted in another pass over the orders.
import { leastSupport, leastTogether, mostPairs } from "../../src/model/productPairs.ts";
import { ProductPair } from "../../src/warehouse/entities/ProductPair.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";
import { partitionOf } from "../conform/lineTable.ts";
import type { Run } from "../record/loadSession.ts";
import type { FollowedSnapshot } from "./followedSnapshot.ts";

/** Counters of one pass: 64 MB. A warehouse with more products than this has a pass for each one. */
const countersAtOnce = 16 * 1024 * 1024;
const ordersAtOnce = 1_000;
const pairsAtOnce = 5_000;

const table = tableName(ProductPair);

/** Products in the order of their codes; who is in too few orders to be in a pair is not among them. */
type Products = Readonly<{ codes: readonly string[]; orders: readonly number[] }>;

type Pair = Readonly<{ product: number; other: number; together: number }>;

export async function derivePairs(
  run: Run,
  { snapshotId, generation }: FollowedSnapshot,
  counters = countersAtOnce,
): Promise<void> {
  const { allOrders, least } = await gatherBaskets(run, { snapshotId, generation });
  const found = await run("SELECT product, orders FROM pair_products ORDER BY product_no");
  const products: Products = {
    codes: found.map(({ product }) => String(product)),
    orders: found.map(({ orders }) => Number(orders)),
  };
  const count = products.codes.length;
  const inPass = Math.max(1, Math.min(count, Math.floor(counters / Math.max(1, count))));
  const counted = new Uint32Array(inPass * count);
  for (let from = 0; from < count; from += inPass) {
    const to = Math.min(from + inPass, count);
    counted.fill(0);
    await countMeetings(run, { from, to, count, table: counted });
    let batch: Pair[] = [];
    for (let product = from; product < to; product++) {
      const row = counted.subarray((product - from) * count, (product - from + 1) * count);
      batch.push(...mostFrequent(product, row, least, products));
      if (batch.length < pairsAtOnce) continue;
      await insertPairs(run, batch, { snapshotId, allOrders, products });
      batch = [];
    }
    await insertPairs(run, batch, { snapshotId, allOrders, products });
  }
  await run(`ANALYZE ${table}`);
}

/** Orders with the numbers of their products: goods that were sold, guests' orders too. */
async function gatherBaskets(
  run: Run,
  { snapshotId, generation }: FollowedSnapshot,
): Promise<{ allOrders: number; least: number }> {
  await run(`CREATE TEMP TABLE pair_lines ON COMMIT DROP AS
    SELECT f.invoice, f.product FROM ${partitionOf(generation)} f
    WHERE f.born <= ${snapshotId} AND f.died > ${snapshotId} AND f.kind = 'SALE' AND f.line_type = 'PRODUCT'
    GROUP BY 1, 2`);
  await run("ANALYZE pair_lines");
  const [counted] = await run("SELECT count(DISTINCT invoice)::int AS orders FROM pair_lines");
  const allOrders = Number(counted?.orders);
  const least = Math.max(leastTogether, Math.ceil(leastSupport * allOrders));
  await run(`CREATE TEMP TABLE pair_products ON COMMIT DROP AS
    SELECT (row_number() OVER (ORDER BY product))::int - 1 AS product_no, product, count(*)::int AS orders
    FROM pair_lines GROUP BY product HAVING count(*) >= ${least}`);
  await run("ANALYZE pair_products");
  await run(`CREATE TEMP TABLE pair_baskets ON COMMIT DROP AS
    SELECT array_agg(p.product_no) AS products
    FROM pair_lines l JOIN pair_products p USING (product)
    GROUP BY l.invoice HAVING count(*) > 1`);
  return { allOrders, least };
}

/** Counts how often each product of the pass meets each other one. */
async function countMeetings(
  run: Run,
  { from, to, count, table }: Readonly<{ from: number; to: number; count: number; table: Uint32Array }>,
): Promise<void> {
  await run("DECLARE pair_orders NO SCROLL CURSOR FOR SELECT products FROM pair_baskets");
  for (;;) {
    const orders = await run(`FETCH ${ordersAtOnce} FROM pair_orders`);
    if (orders.length === 0) break;
    for (const { products } of orders as { products: number[] }[])
      for (const product of products) {
        if (product < from || product >= to) continue;
        const row = (product - from) * count;
        for (const other of products) table[row + other] = (table[row + other] as number) + 1;
      }
  }
  await run("CLOSE pair_orders");
}

/** A product meets itself in each of its orders: that is no pair. */
function mostFrequent(product: number, row: Uint32Array, least: number, { orders }: Products): Pair[] {
  const met: Pair[] = [];
  row.forEach((together, other) => {
    if (together >= least && other !== product) met.push({ product, other, together });
  });
  // The rarer one of two that are level says more; numbers are in the order of codes.
  const rank = (a: Pair, b: Pair) =>
    b.together - a.together || (orders[a.other] as number) - (orders[b.other] as number) || a.other - b.other;
  return met.toSorted(rank).slice(0, mostPairs);
}

async function insertPairs(
  run: Run,
  pairs: readonly Pair[],
  { snapshotId, allOrders, products }: Readonly<{ snapshotId: number; allOrders: number; products: Products }>,
): Promise<void> {
  const { codes, orders } = products;
  await run(
    `INSERT INTO ${table} (snapshot_id, product, other, together, product_orders, other_orders, all_orders)
     SELECT $1::int, product, other, together, product_orders, other_orders, $2::int
     FROM unnest($3::text[], $4::text[], $5::int[], $6::int[], $7::int[])
       AS pair (product, other, together, product_orders, other_orders)`,
    [
      snapshotId,
      allOrders,
      pairs.map(({ product }) => codes[product]),
      pairs.map(({ other }) => codes[other]),
      pairs.map(({ together }) => together),
      pairs.map(({ product }) => orders[product]),
      pairs.map(({ other }) => orders[other]),
    ],
  );
}
