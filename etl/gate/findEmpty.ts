// The gate on emptiness: a snapshot in which nothing was sold, or nothing to a known customer, is seldom what was meant.
import type { Run } from "../record/loadSession.ts";
import type { Finding } from "./gates.ts";

export async function findEmpty(run: Run, snapshotId: number): Promise<Finding[]> {
  const [held] = await run(
    `SELECT coalesce(sum(sale_lines), 0) AS sales, count(*) FILTER (WHERE sale_lines > 0 AND NOT guest) AS identified
     FROM sales_order WHERE snapshot_id = ${snapshotId}`,
  );
  const empty = (message: string): Finding[] => [{ gate: "empty", count: 1, message, comparison: [] }];
  if (Number(held?.sales) === 0) return empty("no line is a sale");
  if (Number(held?.identified) === 0) return empty("no sale has a customer, so that there would be no customers");
  return [];
}
