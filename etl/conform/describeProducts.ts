// One row per product: its description is the most frequent one among all its lines, ties by text; edge white space does not count.
import type { Run } from "../record/loadSession.ts";
import { stageTable } from "./stageTable.ts";

/** What Unicode calls white space, as for every other column. */
const whiteSpace =
  "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

export async function describeProducts(run: Run, snapshotId: number): Promise<void> {
  await run(`INSERT INTO dim_product (product, snapshot_id, description, category)
    SELECT DISTINCT ON (product) product, ${snapshotId}, description, NULL
    FROM (
      SELECT product, nullif(btrim(description, '${whiteSpace}'), '') AS description, sum(lines) AS lines
      FROM (SELECT product, description, count(*) AS lines FROM ${stageTable} GROUP BY 1, 2) raw
      GROUP BY 1, 2
    ) described
    ORDER BY product, description IS NULL, lines DESC, description`);
}
