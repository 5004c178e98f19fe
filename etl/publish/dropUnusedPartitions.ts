// Takes partitions away that no kept snapshot needs, of the lines and of what is derived from them, without making a reader wait: a partition
// is detached concurrently before it is dropped.
import type pg from "pg";
import { partitionedTables, tableName } from "../../src/warehouse/entityTables.ts";
import { withinTimeLimits } from "./withinTimeLimits.ts";

/** A partition's name is the table's with a mark and the number that its rows have in the column; `snapshot` knows which numbers are used. */
type Family = Readonly<{ table: string; mark: "g" | "s"; column: "generation" | "snapshot_id" }>;

const families: readonly Family[] = [
  { table: "fact_sales", mark: "g", column: "generation" },
  ...partitionedTables.map((entity) => ({ table: tableName(entity), mark: "s", column: "snapshot_id" }) as const),
];

/** What cannot be had within the time-out is left for later. */
export async function dropUnusedPartitions(client: pg.Client): Promise<void> {
  for (const family of families) await withinTimeLimits(client, () => dropUnused(client, family));
}

async function dropUnused(client: pg.Client, { table, mark, column }: Family): Promise<void> {
  const number = `substring(c.relname FROM '^${table}_${mark}([0-9]+)$')::int`;
  const attached = await client.query<{ name: string; pending: boolean }>(
    `SELECT c.relname AS name, i.inhdetachpending AS pending
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = '${table}'::regclass AND ${number} NOT IN (SELECT ${column} FROM snapshot)
     ORDER BY i.inhdetachpending DESC, c.oid`,
  );
  const detached = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND ${number} IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid)`,
  );
  for (const { name, pending } of attached.rows) {
    await client.query(`ALTER TABLE ${table} DETACH PARTITION ${name} ${pending ? "FINALIZE" : "CONCURRENTLY"}`);
    await client.query(`DROP TABLE ${name}`);
  }
  for (const { name } of detached.rows) await client.query(`DROP TABLE ${name}`);
}
