// The warehouse that answers are measured on: the usual file, loaded once a run by the product, with the views that the peer is shown.
import pg from "pg";
import { loadByProduct } from "../load/loadByProduct.ts";
import { peerViews } from "../peers/peerViews.ts";
import { usualFile } from "./benchFiles.ts";
import type { Bench } from "./openBench.ts";

export type ServedWarehouse = Readonly<{
  database: string;
  /** As results name what is in it. */
  name: string;
  rows: number;
  snapshot: Readonly<{ snapshotId: number; generation: number }>;
  /** What the scoped asker of the comparisons sees: the countries with the most lines after the first. */
  countries: readonly string[];
  /** Customers of theirs, in no order that means anything. */
  customers: readonly string[];
}>;

const database = "bench_answers";
const countriesSeen = 4;
const customersAsked = 200;

const made = new WeakMap<Bench, Promise<ServedWarehouse>>();

export function servedWarehouse(bench: Bench): Promise<ServedWarehouse> {
  const there = made.get(bench) ?? make(bench);
  made.set(bench, there);
  return there;
}

async function make(bench: Bench): Promise<ServedWarehouse> {
  const file = await usualFile(bench);
  const url = await bench.server.freshDatabase(database);
  bench.say(`Answers: loading ${file.name}`);
  const { rows } = await loadByProduct(bench, url, file);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(peerViews);
    await client.query("VACUUM (ANALYZE)");
    const published = await client.query(
      "SELECT snapshot_id, generation FROM snapshot ORDER BY snapshot_id DESC LIMIT 1",
    );
    const countries = await client.query(
      "SELECT country FROM fact_sales GROUP BY country ORDER BY count(*) DESC, country OFFSET 1 LIMIT $1",
      [countriesSeen],
    );
    const seen = countries.rows.map(({ country }) => String(country));
    const customers = await client.query(
      `SELECT customer_key FROM rfm_segments
       WHERE countries && $1::text[] AND classic <> 'UNSCORED' ORDER BY md5(customer_key) LIMIT $2`,
      [seen, customersAsked],
    );
    return Object.freeze({
      database,
      name: file.name,
      rows,
      snapshot: {
        snapshotId: Number(published.rows[0]?.snapshot_id),
        generation: Number(published.rows[0]?.generation),
      },
      countries: seen,
      customers: customers.rows.map(({ customer_key }) => String(customer_key)),
    });
  } finally {
    await client.end();
  }
}
