// A snapshot's part of the large derived tables: plain tables that are filled as they are made, without an index, in the load's own
// transaction; indexed and attached once they are full. Attaching takes no lock that a reader would wait for.
import { columnsOf, keyColumnsOf, partitionedTables } from "../../src/warehouse/entityTables.ts";
import { fillPartition } from "../conform/fillPartition.ts";
import type { Run } from "../record/loadSession.ts";
import {
  type Derivation,
  type DerivedTable,
  type DerivedTables,
  derivedEntities,
  storedTables,
} from "./derivedTables.ts";

const names = Object.keys(storedTables) as readonly DerivedTable[];
const partitioned = names.filter((name) => partitionedTables.includes(derivedEntities[name]));

const snapshotPartition = (table: string, snapshotId: number) => `${table}_s${snapshotId}`;

/** Where a load puts a snapshot's rows: its partitions, and the tables that have none. */
export function tablesOfSnapshot(snapshotId: number): DerivedTables {
  const own = partitioned.map((name) => [name, snapshotPartition(storedTables[name], snapshotId)]);
  return Object.freeze({ ...storedTables, ...Object.fromEntries(own) });
}

/**
 * Puts the rows of a query, whose columns are named as the table's, into one of the tables: first of all, where it is a partition, for that
 * is made here.
 */
export async function fillTable(
  run: Run,
  { tables, snapshotId }: Pick<Derivation, "tables" | "snapshotId">,
  table: DerivedTable,
  rows: string,
): Promise<void> {
  const entity = derivedEntities[table];
  const name = tables[table];
  if (name === snapshotPartition(storedTables[table], snapshotId))
    return fillPartition(run, { entity, name, rows, key: { column: "snapshot_id", value: snapshotId } });
  const columns = columnsOf(entity);
  await run(`INSERT INTO ${name} (${columns.join(", ")})
    SELECT ${columns.map((column) => `r.${column}`).join(", ")} FROM (${rows}) r`);
}

/** By the constraint on the snapshot the server knows that the rows belong there, without reading them. */
export async function attachPartitions(run: Run, snapshotId: number): Promise<void> {
  for (const name of partitioned) {
    const entity = derivedEntities[name];
    const partition = snapshotPartition(storedTables[name], snapshotId);
    await run(
      `ALTER TABLE ${partition} ADD CONSTRAINT ${partition}_pkey PRIMARY KEY (${keyColumnsOf(entity).join(", ")})`,
    );
    await run(`ALTER TABLE ${storedTables[name]} ATTACH PARTITION ${partition} FOR VALUES IN (${snapshotId})`);
  }
}
