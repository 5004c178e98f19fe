// Computes what a snapshot stores beside its lines once more, from the lines and by the code that filled it, and compares: segments,
// rollups, the facts in the snapshot's row, and what products are called. The lines themselves are not checked: only the file tells them.
// One transaction that sees one state of the warehouse and is rolled back: it changes nothing and disturbs nobody.
import type pg from "pg";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { rollups as allRollups } from "../../src/model/rollups.ts";
import { lineReading } from "../../src/query/compile/lineSource.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import { DimProduct } from "../../src/warehouse/entities/DimProduct.ts";
import { ProductWording } from "../../src/warehouse/entities/ProductWording.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";
import { isLostConnection, unavailable } from "../../src/warehouse/lostConnection.ts";
import { snapshotLockClass } from "../../src/warehouse/openReadWarehouse.ts";
import { productNames, wordingsOf } from "../conform/describeProducts.ts";
import { deriveCells } from "../derive/deriveCells.ts";
import { type DerivedTable, derivedEntities, type Monetary, storedTables } from "../derive/derivedTables.ts";
import { deriveOrders } from "../derive/deriveOrders.ts";
import { deriveSegments } from "../derive/deriveSegments.ts";
import { placeOrders } from "../derive/placeOrders.ts";
import { connectForLoad, type Run } from "../record/loadSession.ts";
import { checkFacts, type FactCheck } from "./checkFacts.ts";
import { compareTables, type TableCheck } from "./compareTables.ts";
import { reconcileSums, type SumCheck } from "./reconcileSums.ts";

export type Verification = Readonly<{
  snapshotId: number;
  /** Lines of the snapshot, from which everything was computed, as they were counted now. */
  lines: number;
  /** Names of the rollups that hold the snapshot whole; the others are empty. */
  rollups: readonly string[];
  tables: readonly TableCheck[];
  sums: readonly SumCheck[];
  facts: readonly FactCheck[];
  isEqual: boolean;
  seconds: number;
}>;

export type VerifyOptions = Readonly<{
  url: string;
  /** The published one where it is not given. */
  snapshotId?: number | undefined;
  /** How many differences of each table to name. */
  named?: number | undefined;
}>;

/** Of an integer column. */
const largestId = 2_147_483_647;

const names = Object.keys(storedTables) as readonly DerivedTable[];
const recomputedTables = Object.freeze(
  Object.fromEntries(names.map((name) => [name, `verify_${storedTables[name]}`])) as Record<DerivedTable, string>,
);

/** Throws WAREHOUSE_NOT_READY where nothing is published, SNAPSHOT_EXPIRED where the snapshot is no longer kept. */
export async function verifyRollups({ url, snapshotId, named = 5 }: VerifyOptions): Promise<Verification> {
  const began = performance.now();
  const client = await connectForLoad(url);
  try {
    const id = snapshotId ?? (await publishedId(client));
    if (id > largestId) throw notKept(id);
    // held until the connection ends: who cleans leaves the snapshot for the next time
    const pinned = await client.query("SELECT pg_try_advisory_lock_shared($1, $2) AS held", [snapshotLockClass, id]);
    if (!pinned.rows[0]?.held) throw notKept(id);
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ;
      SET LOCAL datestyle = 'ISO, YMD';
      SET LOCAL timezone = 'UTC';
      SET LOCAL work_mem = '128MB';
      SET LOCAL jit = off`);
    const found = await verifySnapshot(client, id, named);
    await client.query("ROLLBACK");
    return Object.freeze({ ...found, seconds: Math.round(performance.now() - began) / 1000 });
  } catch (cause) {
    throw isLostConnection(cause) ? unavailable(cause) : cause;
  } finally {
    await client.end();
  }
}

async function verifySnapshot(client: pg.Client, id: number, named: number): Promise<Omit<Verification, "seconds">> {
  const run: Run = Object.assign(
    async (text: string, values: readonly unknown[] = []) => {
      const result = await client.query(text, values.length === 0 ? undefined : [...values]);
      return (Array.isArray(result) ? [] : result.rows) as Record<string, unknown>[];
    },
    { count: async (text: string) => (await client.query(text)).rowCount ?? 0 },
  );
  const [snapshot] = await run(
    "SELECT generation, as_of::text AS as_of, monetary, rollups, cuts_of FROM snapshot WHERE snapshot_id = $1",
    [id],
  );
  if (!snapshot) throw notKept(id);
  const moment: Moment = {
    snapshot: String(id),
    generation: String(snapshot.generation),
    asOf: `date '${snapshot.as_of}'`,
  };
  const lines = `(SELECT f.* FROM ${lineReading.table} f WHERE ${lineReading.rows(moment).join(" AND ")})`;
  const filled = snapshot.rollups as readonly string[];

  for (const name of names)
    await run(`CREATE TEMP TABLE ${recomputedTables[name]} (LIKE ${storedTables[name]}) ON COMMIT DROP`);
  const monetary = snapshot.monetary as Monetary;
  // Frozen cut-points are not what the lines make: they are taken as they are stored.
  const cutsOf = snapshot.cuts_of === null ? undefined : id;
  const derivation = { tables: recomputedTables, snapshotId: id, moment, monetary, cutsOf };
  await deriveOrders(run, lines, moment);
  const cuts = await deriveSegments(run, derivation);
  await placeOrders(run, derivation);
  const cells = await deriveCells(run, derivation);

  const tables: TableCheck[] = [];
  for (const name of names) {
    const rollup = allRollups.find((each) => tableName(each.entity) === storedTables[name]);
    if (rollup && !filled.includes(rollup.name)) await run(`TRUNCATE ${recomputedTables[name]}`);
    const compared = { entity: derivedEntities[name], stored: storedTables[name], recomputed: recomputedTables[name] };
    tables.push(await compareTables(run, { ...compared, snapshotId: id, named }));
  }
  tables.push(...(await compareProducts(run, { lines, snapshotId: id, named })));
  const sums = await reconcileSums(run, {
    rollups: allRollups.filter((rollup) => filled.includes(rollup.name)),
    lines,
    snapshotId: id,
    moment,
  });
  const recomputed = { cuts, rollups: cells.filled };
  const { lines: counted, facts } = await checkFacts(run, { lines, snapshotId: id, recomputed });
  const isEqual =
    tables.every((table) => table.missing + table.extra + table.different === 0) &&
    sums.every((sum) => sum.stored === sum.lines) &&
    facts.every((fact) => fact.stored === fact.recomputed);
  return { snapshotId: id, lines: counted, rollups: filled, tables, sums, facts, isEqual };
}

/** How often a product was called what, from the lines, and its name from that. */
async function compareProducts(
  run: Run,
  { lines, ...compared }: { lines: string; snapshotId: number; named: number },
): Promise<TableCheck[]> {
  const [wordings, products] = [`verify_${tableName(ProductWording)}`, `verify_${tableName(DimProduct)}`];
  await run(`CREATE TEMP TABLE ${wordings} ON COMMIT DROP AS ${wordingsOf(`${lines} f`, compared.snapshotId)}`);
  await run(`CREATE TEMP TABLE ${products} ON COMMIT DROP AS ${productNames(wordings, compared.snapshotId)}`);
  return [
    await compareTables(run, {
      entity: ProductWording,
      stored: tableName(ProductWording),
      recomputed: wordings,
      ...compared,
    }),
    await compareTables(run, { entity: DimProduct, stored: tableName(DimProduct), recomputed: products, ...compared }),
  ];
}

async function publishedId(client: pg.Client): Promise<number> {
  const { rows } = await client.query("SELECT snapshot_id FROM published_snapshot");
  if (rows.length === 0)
    throw new Consumer360Error("WAREHOUSE_NOT_READY", "Nothing has been published yet.", {
      remedy: "Load a file: npx consumer360 load FILE.",
    });
  return rows[0].snapshot_id;
}

function notKept(id: number): Consumer360Error {
  return new Consumer360Error("SNAPSHOT_EXPIRED", `Snapshot ${id} is not kept.`, {
    remedy: "Leave --snapshot out for the published one: npx consumer360 status names it.",
  });
}
