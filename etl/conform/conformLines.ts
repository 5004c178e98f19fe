// Staged rows become lines of `fact_sales`: classified, keyed, numbered, in a partition of their own that is filled before it is
// indexed and attached, so that readers neither wait nor see it before the load commits.

import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { columnsOf } from "../../src/warehouse/entityTables.ts";
import type { LayoutMarks } from "../layouts/layout.ts";
import type { Run } from "../record/loadSession.ts";
import { lineKindCase, lineTypeCase } from "./classifyLine.ts";
import { stageTable } from "./stageTable.ts";

const renumberedTable = "load_renumbered";

const forever = 2_147_483_647;

export const partitionOf = (generation: number) => `fact_sales_g${generation}`;

/** Makes and fills the partition of a new generation, not attached yet; returns how many lines it holds. */
export async function conformLines(run: Run, snapshotId: number, marks: LayoutMarks): Promise<number> {
  const generation = snapshotId;
  const partition = partitionOf(generation);
  // The judge numbers a run of rows of one invoice, customer and country. Where a file scatters them over several runs, the
  // numbers repeat: the lines of such invoices, seldom more than a few, are numbered again over all their rows.
  const scattered = await run.count(`CREATE TEMP TABLE ${renumberedTable} ON COMMIT DROP AS
    SELECT line, row_number() OVER (PARTITION BY invoice, customer_key, guest, country ORDER BY line)::integer AS line_no
    FROM ${stageTable}
    WHERE invoice IN (
      SELECT invoice FROM ${stageTable} WHERE line_no = 1 GROUP BY invoice, customer_key, guest, country HAVING count(*) > 1)`);
  const [lineNo, renumbered] =
    scattered === 0
      ? ["s.line_no", ""]
      : ["coalesce(r.line_no, s.line_no)", `LEFT JOIN ${renumberedTable} r USING (line)`];
  // CREATE TABLE AS writes through a small ring of buffers, where INSERT would push everything else out of memory first.
  const text = (expression: string) => `(${expression})::text COLLATE "C"`;
  const filled = await run.count(`CREATE TABLE ${partition} AS
    SELECT customer_key, guest, ordered_at, invoice, country,
      ${lineNo} AS line_no, ${generation}::integer AS generation, ${snapshotId}::integer AS born,
      ${forever}::integer AS died, product, quantity, unit_price, quantity * unit_price AS amount,
      ${text(lineKindCase(marks))} AS kind, ${text(lineTypeCase(marks))} AS line_type
    FROM ${stageTable} s ${renumbered}`);
  // Nobody is granted the partition; should someone be, by mistake, it still shows nothing.
  await run(`ALTER TABLE ${partition} ENABLE ROW LEVEL SECURITY,
    ADD CONSTRAINT ${partition}_generation CHECK (generation = ${generation}),
    ${columnsOf(FactSale)
      .map((column) => `ALTER ${column} SET NOT NULL`)
      .join(", ")}`);
  return filled;
}

/** Indexes the partition and makes it part of the table; takes no lock that a reader would wait for. */
export async function attachLines(run: Run, generation: number): Promise<void> {
  const partition = partitionOf(generation);
  await run(`ALTER TABLE ${partition} ADD CONSTRAINT ${partition}_pkey
    PRIMARY KEY (customer_key, guest, ordered_at, invoice, country, line_no, generation, born)`);
  await run(`ANALYZE ${partition}`);
  await run(`ALTER TABLE fact_sales ATTACH PARTITION ${partition} FOR VALUES IN (${generation})`);
}
