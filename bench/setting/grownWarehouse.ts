// Warehouses of generated lines, of as many customers and months as is said, each loaded once a run, in databases of their own.
import pg from "pg";
import { loadByProduct, type ProductLoad } from "../load/loadByProduct.ts";
import { type SampleSize, sampleFile } from "./benchFiles.ts";
import { ensureSpace } from "./ensureSpace.ts";
import type { Bench } from "./openBench.ts";

export type GrownWarehouse = Readonly<{
  database: string;
  rows: number;
  customers: number;
  months: number;
  load: ProductLoad;
  /** Of the database. */
  megabytes: number;
}>;

/** Of half a million lines when nothing else is said: one for every 75. */
const usualCustomers = 6_667;
const usualMonths = 24;

const made = new WeakMap<Bench, Map<string, Promise<GrownWarehouse | string>>>();

/** Or why it cannot be made, where the disk has no room. */
export function grownWarehouse(bench: Bench, size: SampleSize): Promise<GrownWarehouse | string> {
  const whole = { customers: usualCustomers, months: usualMonths, ...size };
  const all = made.get(bench) ?? new Map<string, Promise<GrownWarehouse | string>>();
  made.set(bench, all);
  const database = `bench_grown_${whole.rows}_${whole.customers}_${whole.months}`;
  const there = all.get(database) ?? make(bench, database, whole);
  all.set(database, there);
  return there;
}

async function make(bench: Bench, database: string, size: Required<SampleSize>): Promise<GrownWarehouse | string> {
  const noSpace = await ensureSpace(size.rows, bench.folder, bench.say);
  if (noSpace !== null) return noSpace;
  const file = await sampleFile(bench, size);
  const url = await bench.server.freshDatabase(database);
  bench.say(`Growth: loading ${file.name}`);
  const load = await loadByProduct(bench, url, file);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("VACUUM (ANALYZE)");
    const { rows } = await client.query("SELECT pg_database_size(current_database()) AS bytes");
    await bench.server.settle();
    return Object.freeze({ ...size, database, load, megabytes: Number(rows[0]?.bytes) / 1e6 });
  } finally {
    await client.end();
  }
}
