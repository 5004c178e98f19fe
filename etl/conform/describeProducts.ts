// What a product is called: its most frequent description among all its lines, ties by text, and its category alike. How often it is
// called what is kept beside, so that an append need not read every line again.
import type { Run } from "../record/loadSession.ts";
import { gatheredTable } from "./gatherLines.ts";
import { withdrawnTable } from "./withdrawLines.ts";

const counted = (lines: string, count: string) =>
  `SELECT product, description, category, ${count} AS lines FROM ${lines} GROUP BY product, description, category`;

const gathered = counted(gatheredTable, "sum(lines)");

const worded = (snapshotId: number, counts: string) =>
  `SELECT product, ${snapshotId}::integer AS snapshot_id,
      md5(coalesce(description, '') || chr(31) || coalesce(category, '')) AS wording, description, category,
      lines::bigint AS lines
    FROM (${counts}) counts`;

/** Lives as long as the transaction. */
const wordingsTable = "load_wordings";

/** How often each product is called what in these lines, as rows of `product_wording`. */
export const wordingsOf = (lines: string, snapshotId: number) => worded(snapshotId, counted(lines, "count(*)"));

/** Of the lines that were gathered. `base`: the snapshot that they are added to; null where they are all there is. */
export async function describeProducts(run: Run, snapshotId: number, base: number | null): Promise<void> {
  const wordings =
    base === null
      ? worded(snapshotId, gathered)
      : worded(
          snapshotId,
          `SELECT product, description, category, sum(lines) AS lines
           FROM (
             SELECT product, description, category, lines FROM product_wording WHERE snapshot_id = ${base}
             UNION ALL ${gathered}
             UNION ALL ${counted(withdrawnTable, "-count(*)")}
           ) each_way
           GROUP BY product, description, category HAVING sum(lines) > 0`,
        );
  // In a table of their own first: of a snapshot that is not in the statistics of the stored ones yet, the server takes it that there is a
  // row or none, and would go through all wordings once for each product.
  await run(`CREATE TEMP TABLE ${wordingsTable} ON COMMIT DROP AS ${wordings}`);
  await run(`ANALYZE ${wordingsTable}`);
  const columns = "product, snapshot_id, wording, description, category, lines";
  await run(`INSERT INTO product_wording (${columns}) SELECT ${columns} FROM ${wordingsTable}`);
  await run(`INSERT INTO dim_product (product, snapshot_id, description, category)
    ${productNames(wordingsTable, snapshotId)}`);
  await run("ANALYZE dim_product (product, snapshot_id)");
}

/** What each product of a snapshot is called by these wordings, as rows of `dim_product`. */
export function productNames(wordings: string, snapshotId: number): string {
  const said = (column: string) => `SELECT DISTINCT ON (product) product, ${column}
      FROM (
        SELECT product, ${column}, sum(lines) AS lines FROM ${wordings}
        WHERE snapshot_id = ${snapshotId} AND ${column} IS NOT NULL GROUP BY product, ${column}
      ) said
      ORDER BY product, lines DESC, ${column}`;
  return `SELECT p.product, ${snapshotId}::integer AS snapshot_id, d.description, c.category
    FROM (SELECT DISTINCT product FROM ${wordings} WHERE snapshot_id = ${snapshotId}) p
    LEFT JOIN (${said("description")}) d ON d.product = p.product
    LEFT JOIN (${said("category")}) c ON c.product = p.product`;
}

/** Products of a snapshot that are called by more than one description. */
export async function countRenamed(run: Run, snapshotId: number): Promise<number> {
  const [renamed] = await run(`SELECT count(*) AS products FROM (
      SELECT product FROM product_wording WHERE snapshot_id = ${snapshotId}
      GROUP BY product HAVING count(DISTINCT description) > 1
    ) renamed`);
  return Number(renamed?.products);
}
