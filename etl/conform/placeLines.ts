// Copied lines become lines of `fact_sales`: a partition of their own that is indexed and attached once it is filled, so that readers
// neither wait nor see it before the load commits; or, in an append, more lines of the partition that is there.
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { columnsOf, keyColumnsOf } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";
import { fillPartition } from "./fillPartition.ts";
import { type LineTable, partitionOf } from "./lineTable.ts";

const columns = columnsOf(FactSale).join(", ");
const key = keyColumnsOf(FactSale);
/** Of lines that come together, the rest of the key is the same. */
const order = key.filter((column) => column !== "generation" && column !== "born").join(", ");

/** A stage's lines into a partition of their own, not attached yet. */
export function makePartition(run: Run, { name, generation }: LineTable): Promise<void> {
  return fillPartition(run, {
    entity: FactSale,
    name: partitionOf(generation),
    rows: `SELECT ${columns} FROM ${name}`,
    key: { column: "generation", value: generation },
  });
}

/** A table that rows were copied into keeps no defaults, as the table's other partitions have none. */
export async function settleColumns(run: Run, { name }: LineTable): Promise<void> {
  const given = ["generation", "born", "died"].map((column) => `ALTER ${column} DROP DEFAULT`);
  await run(`ALTER TABLE ${name} ${given.join(", ")}`);
}

/** Indexes the partition and makes it part of the table; takes no lock that a reader would wait for. */
export async function attachPartition(run: Run, generation: number): Promise<void> {
  const partition = partitionOf(generation);
  await run(`ALTER TABLE ${partition} ADD CONSTRAINT ${partition}_pkey PRIMARY KEY (${key.join(", ")})`);
  await run(`ANALYZE ${partition}`);
  await run(`ALTER TABLE fact_sales ATTACH PARTITION ${partition} FOR VALUES IN (${generation})`);
}

/** A stage's lines into the partition that is there, in the order of its key, which finds its pages in memory. */
export async function addLines(run: Run, { name, generation }: LineTable): Promise<void> {
  await run(`INSERT INTO ${partitionOf(generation)} (${columns}) SELECT ${columns} FROM ${name} ORDER BY ${order}`);
}
