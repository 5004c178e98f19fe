// A partition that is made and filled at once, not attached yet: CREATE TABLE AS writes through a small ring of buffers, where INSERT would
// push everything else out of memory first, and it may be planned in parallel.
import { checksOf, columnTexts } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";

type Partition = Readonly<{
  entity: new () => object;
  name: string;
  /** A query whose columns are named as the entity's. */
  rows: string;
  /** What all rows have in common: by this constraint the server attaches them without reading them. */
  key: Readonly<{ column: string; value: number }>;
}>;

export async function fillPartition(run: Run, { entity, name, rows, key }: Partition): Promise<void> {
  const columns = columnTexts(entity);
  await run(`CREATE TABLE ${name} AS
    SELECT ${columns.map((column) => `r.${column.name}::${column.type} AS ${column.name}`).join(", ")}
    FROM (${rows}) r`);
  // Nobody is granted the partition; should someone be, by mistake, it still shows nothing.
  const settled = [
    "ENABLE ROW LEVEL SECURITY",
    `ADD CONSTRAINT ${name}_${key.column} CHECK (${key.column} = ${key.value})`,
    ...checksOf(entity).map((check) => `ADD CONSTRAINT ${check.name} CHECK (${check.expression})`),
    ...columns.filter((column) => !column.isNullable).map((column) => `ALTER ${column.name} SET NOT NULL`),
  ];
  await run(`ALTER TABLE ${name} ${settled.join(",\n    ")}`);
}
