// What becomes of copied lines before they are lines of the warehouse: an invoice that a later file carries again supersedes the earlier
// one's, repeated lines go where the operator wants that, and the lines of an invoice are numbered.
import { type Decimal, toDecimal } from "../../src/kernel/decimal.ts";
import type { Run } from "../record/loadSession.ts";
import type { LineTable } from "./lineTable.ts";

/** How many lines, and the sum of their amounts in the file's currency, exact. */
export type Counted = Readonly<{ lines: number; amount: Decimal }>;

export const nothing: Counted = Object.freeze({ lines: 0, amount: toDecimal(0) });

/** The lines of an invoice that is one: whose they are and where. */
export const owner = "invoice, customer_key, guest, country";

/** Takes away the lines of every invoice that a later file of the same load carries too. */
export function dropSuperseded(run: Run, { name }: LineTable): Promise<Counted> {
  return countGone(
    run,
    `DELETE FROM ${name} l
     USING (SELECT invoice, max(file) AS file FROM ${name} GROUP BY invoice HAVING min(file) < max(file)) later
     WHERE l.invoice = later.invoice AND l.file < later.file
     RETURNING l.amount`,
  );
}

/** Of lines that are equal in everything that was read, within one invoice, keeps the first. */
export function dropDuplicates(run: Run, { name }: LineTable): Promise<Counted> {
  return countGone(
    run,
    `DELETE FROM ${name} l
     USING (
       SELECT ctid AS at, row_number() OVER (
         PARTITION BY ${owner}, ordered_at, product, quantity, unit_price, amount, description, category
         ORDER BY file, line) AS nth
       FROM ${name}
     ) repeated
     WHERE l.ctid = repeated.at AND repeated.nth > 1
     RETURNING l.amount`,
  );
}

/** `deletion`: a DELETE that returns amounts. */
export async function countGone(run: Run, deletion: string, values: readonly unknown[] = []): Promise<Counted> {
  const [gone] = await run(
    `WITH gone AS (${deletion}) SELECT count(*) AS lines, coalesce(sum(amount), 0)::text AS amount FROM gone`,
    values,
  );
  return Object.freeze({ lines: Number(gone?.lines), amount: toDecimal(String(gone?.amount)) });
}

/**
 * The judge numbers the rows of one invoice, customer and country. Where a file has more invoices than it can remember, and scatters some
 * over several runs, the numbers repeat, and where lines were dropped, some are missing: such invoices, seldom more than a few, are
 * numbered again over all their rows.
 */
export async function numberLines(run: Run, { name, isStage }: LineTable, wereDropped: boolean): Promise<void> {
  // Rows that were copied into an empty table lie in the order in which they came.
  const order = isStage ? "file, line" : "ctid";
  const [among, isAmiss] = wereDropped
    ? ["true", "count(*) <> max(line_no) OR count(*) <> count(DISTINCT line_no)"]
    : ["line_no = 1", "count(*) > 1"];
  await run(`UPDATE ${name} l SET line_no = renumbered.line_no
    FROM (
      SELECT ctid AS at, row_number() OVER (PARTITION BY ${owner} ORDER BY ${order})::integer AS line_no
      FROM ${name}
      WHERE invoice IN (SELECT invoice FROM ${name} WHERE ${among} GROUP BY ${owner} HAVING ${isAmiss})
    ) renumbered
    WHERE l.ctid = renumbered.at AND l.line_no <> renumbered.line_no`);
}
