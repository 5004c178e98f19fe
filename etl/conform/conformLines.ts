// Staged rows become lines of `fact_sales`: classified, keyed, numbered, in a partition of their own that is filled before it is
// indexed and attached, so that readers neither wait nor see it before the load commits.

import type { LayoutMarks } from "../layouts/onlineRetail.ts";
import type { Run } from "../record/loadSession.ts";
import { lineKindCase, lineTypeCase } from "./classifyLine.ts";
import { stageTable } from "./stageTable.ts";

const forever = 2_147_483_647;

export const partitionOf = (generation: number) => `fact_sales_g${generation}`;

/** Fills and attaches the partition of a new generation; returns how many lines it holds. */
export async function conformLines(run: Run, snapshotId: number, marks: LayoutMarks): Promise<number> {
  const generation = snapshotId;
  const partition = partitionOf(generation);
  // The judge numbers a run of rows of one invoice, customer and country. Where a file scatters them over several runs, the
  // numbers repeat and are made again over all rows.
  const [scattered] = await run(`SELECT EXISTS (
      SELECT FROM ${stageTable} WHERE position = 1 GROUP BY invoice, customer, country HAVING count(*) > 1
    ) AS scattered`);
  const lineNo = scattered?.scattered
    ? "row_number() OVER (PARTITION BY invoice, customer, country ORDER BY line)"
    : "position";
  await run(`CREATE TABLE ${partition} (
      LIKE fact_sales, CONSTRAINT ${partition}_generation CHECK (generation = ${generation}))`);
  // Nobody is granted the partition; should someone be, by mistake, it still shows nothing.
  await run(`ALTER TABLE ${partition} ENABLE ROW LEVEL SECURITY`);
  const filled = await run.count(`INSERT INTO ${partition} (
      customer_key, guest, ordered_at, invoice, country, line_no, generation, born, died,
      product, quantity, unit_price, amount, kind, line_type)
    SELECT coalesce(customer, invoice), customer IS NULL, ordered_at, invoice, country, ${lineNo},
      ${generation}, ${snapshotId}, ${forever},
      product, quantity, unit_price, quantity * unit_price, ${lineKindCase(marks)}, ${lineTypeCase(marks)}
    FROM ${stageTable}`);
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
