// One row per product: its description is the most frequent one among all its lines, ties by text; edge white space does not count.
import type { Run } from "../record/loadSession.ts";
import { stageTable } from "./stageTable.ts";

export async function describeProducts(run: Run, snapshotId: number): Promise<void> {
  await run(`INSERT INTO dim_product (product, snapshot_id, description, category)
    SELECT DISTINCT ON (product) product, ${snapshotId}, description, NULL
    FROM (
      SELECT product, nullif(btrim(description), '') AS description, sum(lines) AS lines
      FROM (SELECT product, description, count(*) AS lines FROM ${stageTable} GROUP BY 1, 2) raw
      GROUP BY 1, 2
    ) described
    ORDER BY product, description IS NULL, lines DESC, description`);
}
