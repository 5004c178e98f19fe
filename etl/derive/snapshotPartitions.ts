// A snapshot's part of the large derived tables: plain tables while they are filled, without an index, in the load's own transaction;
// indexed and attached once they are full. Attaching takes no lock that a reader would wait for.
import { keyColumnsOf, partitionedTables } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";
import { type DerivedTable, type DerivedTables, derivedEntities, storedTables } from "./derivedTables.ts";

const names = Object.keys(storedTables) as readonly DerivedTable[];
const partitioned = names.filter((name) => partitionedTables.includes(derivedEntities[name]));

const snapshotPartition = (table: string, snapshotId: number) => `${table}_s${snapshotId}`;

/** Where a load puts a snapshot's rows: its partitions, and the tables that have none. */
export function tablesOfSnapshot(snapshotId: number): DerivedTables {
  const own = partitioned.map((name) => [name, snapshotPartition(storedTables[name], snapshotId)]);
  return Object.freeze({ ...storedTables, ...Object.fromEntries(own) });
}

export async function createPartitions(run: Run, snapshotId: number): Promise<void> {
  for (const name of partitioned) {
    const partition = snapshotPartition(storedTables[name], snapshotId);
    // Nobody is granted the partition; should someone be, by mistake, it still shows nothing.
    await run(`CREATE TABLE ${partition} (
        LIKE ${storedTables[name]} INCLUDING CONSTRAINTS,
        CONSTRAINT ${partition}_snapshot CHECK (snapshot_id = ${snapshotId}));
      ALTER TABLE ${partition} ENABLE ROW LEVEL SECURITY`);
  }
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
