// What becomes of corrected rows, which are added to their invoice instead of replacing it: exactly once each, and only where what they
// are missing from is still there. A row that was loaded before, or stands in the file twice, is a duplicate; one whose invoice has come
// again since is superseded; lines of the invoice that are older than the load which rejected the row are withdrawn, as that load would have;
// rows of a load that is no part of what is published are refused, and the whole load with them.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { correctionColumns } from "../layouts/correctionColumns.ts";
import type { Run } from "../record/loadSession.ts";
import { type Lineage, readLineage } from "./readLineage.ts";
import { type Counted, countGone, owner } from "./settleLines.ts";

export type Corrections = Readonly<{
  /** The table that the rows were copied into: as a stage, and `reject_load`, `reject_file`, `reject_line`, never null. */
  stage: string;
  /** The lines that are there. */
  partition: string;
  /** The snapshot that is added to; null where there is none, or where everything would be replaced. */
  base: Readonly<{ snapshotId: number; generation: number }> | null;
}>;

/** The rejected row that a staged one was. */
const origin = "reject_load, reject_file, reject_line";
const isOrigin = "r.load_run_id = s.reject_load AND r.file = s.reject_file AND r.line = s.reject_line";

/** Takes out of the stage what is not to be loaded, and numbers the rest after the lines that their invoice has. */
export async function settleCorrections(
  run: Run,
  { stage, partition, base }: Corrections,
): Promise<Readonly<{ duplicate: Counted; superseded: Counted }>> {
  if (base === null) {
    throw outdated(
      "Corrected rows are added to what is published, and there is nothing to add them to, or it would be replaced.",
      "Load them with --append; or mend the file that they come from and load that.",
    );
  }
  const lineage = await readLineage(run, base);
  await refuseUnknown(run, stage);
  await refuseOutdated(run, stage, lineage, base.snapshotId);

  const duplicate = await dropSettled(run, stage, lineage);
  await findLines(run, { stage, partition, base: base.snapshotId });
  await refuseAmbiguous(run, stage, lineage);
  const superseded = await dropSuperseded(run, stage);
  await refuseEarlierFiles(run, stage);
  await findOutlived(run, stage);
  await numberAfter(run, stage);
  return { duplicate, superseded };
}

/** Says which load has loaded the rows; part of its transaction, while the stage is there. */
export async function markSettled(
  run: Run,
  { stage, loadRunId }: Readonly<{ stage: string; loadRunId: number }>,
): Promise<void> {
  await run(`UPDATE rejected_row r SET settled_in = $1 FROM ${stage} s WHERE ${isOrigin}`, [loadRunId]);
}

async function refuseUnknown(run: Run, stage: string): Promise<void> {
  const [unknown] = await run(
    `SELECT ${origin}, EXISTS (SELECT FROM load_run l WHERE l.load_run_id = s.reject_load) AS is_load
     FROM ${stage} s
     WHERE NOT EXISTS (SELECT FROM rejected_row r WHERE ${isOrigin})
     ORDER BY file, line LIMIT 1`,
  );
  if (!unknown) return;
  const { reject_load: load, reject_file: file, reject_line: line, is_load: isLoad } = unknown;
  if (isLoad !== true) {
    throw new Consumer360Error("LOAD_UNKNOWN", `There is no load ${load}, which corrected rows name as theirs.`, {
      remedy: "Leave the columns reject_load, reject_file and reject_line as they were exported from this warehouse.",
    });
  }
  throw new Consumer360Error("CORRECTION_UNKNOWN", `Load ${load} rejected no row at line ${line} of ${file}.`, {
    remedy: "Leave the columns reject_load, reject_file and reject_line as they were exported.",
  });
}

/** Loads that published nothing, and those whose lines are no longer what is published. */
async function refuseOutdated(run: Run, stage: string, { snapshots }: Lineage, base: number): Promise<void> {
  const loads = await run(
    `SELECT l.load_run_id, l.snapshot_id, l.status
     FROM load_run l WHERE l.load_run_id IN (SELECT reject_load FROM ${stage}) ORDER BY 1`,
  );
  for (const { load_run_id: load, snapshot_id: snapshot, status } of loads) {
    if (status !== "PUBLISHED" || snapshot === null) {
      throw outdated(
        `Load ${load} published nothing, so there is nothing that its corrected rows are missing from.`,
        "Mend the whole file of that load and load it again.",
      );
    }
    if (!snapshots.has(Number(snapshot))) {
      throw outdated(
        `Load ${load} published snapshot ${snapshot}, of which nothing is left in snapshot ${base}: it was replaced or rolled back.`,
        "Export the rejected rows of the loads that are published now, or mend the whole file and load it again.",
      );
    }
  }
}

/** What was settled by a load that has been rolled back is open again. */
async function dropSettled(run: Run, stage: string, { snapshots }: Lineage): Promise<Counted> {
  return countGone(
    run,
    `DELETE FROM ${stage} d USING (
       SELECT s.ctid AS at,
         row_number() OVER (PARTITION BY ${origin} ORDER BY s.file, s.line) > 1
           OR EXISTS (
             SELECT FROM rejected_row r JOIN load_run l ON l.load_run_id = r.settled_in
             WHERE ${isOrigin} AND l.status = 'PUBLISHED' AND l.snapshot_id = ANY ($1)) AS is_known
       FROM ${stage} s
     ) judged
     WHERE d.ctid = judged.at AND judged.is_known
     RETURNING d.amount`,
    [[...snapshots]],
  );
}

/** What the invoices of the corrected rows have now. Lives as long as the transaction. */
const linesTable = "load_corrected";

/** The stored orders know every invoice's customers and days, by which the key of the lines finds them. */
async function findLines(
  run: Run,
  { stage, partition, base }: Readonly<{ stage: string; partition: string; base: number }>,
): Promise<void> {
  await run(`CREATE TEMP TABLE ${linesTable} ON COMMIT DROP AS
    SELECT f.invoice, f.customer_key, f.guest, f.country, f.born, max(f.line_no) AS line_no
    FROM (SELECT DISTINCT invoice FROM ${stage}) s
    JOIN sales_order o ON o.invoice = s.invoice AND o.snapshot_id = ${base}
    JOIN ${partition} f ON f.customer_key = o.customer_key AND f.guest = o.guest
      AND f.ordered_at >= o.ordered_on AND f.ordered_at < o.ordered_on + 1
      AND f.invoice = o.invoice AND f.country = o.country
      AND f.born <= ${base} AND f.died > ${base}
    GROUP BY f.invoice, f.customer_key, f.guest, f.country, f.born`);
  await run(`ANALYZE ${linesTable}`);
}

/**
 * For each load and invoice of the stage, whether the invoice has come again since. Whoever brings an invoice again withdraws all its lines,
 * so none of before is left; and what has been born since, corrected rows of the same load or an earlier one aside, came with it.
 */
const comeAgain = (stage: string) => `(
  SELECT s.reject_load, s.invoice, array_agg(DISTINCT n.born) AS born
  FROM (SELECT DISTINCT reject_load, invoice FROM ${stage}) s
  JOIN load_run l ON l.load_run_id = s.reject_load
  JOIN ${linesTable} n ON n.invoice = s.invoice
  WHERE NOT EXISTS (SELECT FROM ${linesTable} o WHERE o.invoice = s.invoice AND o.born <= l.snapshot_id)
    AND NOT EXISTS (
      SELECT FROM load_run c JOIN rejected_row r ON r.settled_in = c.load_run_id
      WHERE c.status = 'PUBLISHED' AND c.mode = 'APPEND' AND c.snapshot_id = n.born AND r.load_run_id <= s.reject_load)
  GROUP BY s.reject_load, s.invoice
)`;

/** After a rollback, lines that come back are born anew: whether an invoice has come again since cannot be told then. */
async function refuseAmbiguous(run: Run, stage: string, { restoring }: Lineage): Promise<void> {
  const [ambiguous] = await run(
    `SELECT reject_load, invoice FROM ${comeAgain(stage)} again WHERE born && $1 ORDER BY 1, 2 LIMIT 1`,
    [[...restoring]],
  );
  if (!ambiguous) return;
  throw outdated(
    `The warehouse has been rolled back since load ${ambiguous.reject_load}, and whether invoice ${ambiguous.invoice} has come again cannot be told.`,
    "Mend the whole file of that load and load it again with --append.",
  );
}

/**
 * Of a load of several files: whether the lines that an invoice has came with the file that the row was rejected from, or with a later one
 * that superseded it, its lines do not tell. Only the last file's surely did not come again.
 */
async function refuseEarlierFiles(run: Run, stage: string): Promise<void> {
  const [row] = await run(
    `SELECT s.reject_load, s.reject_file, s.invoice
     FROM ${stage} s JOIN load_run l ON l.load_run_id = s.reject_load
     WHERE l.files -> -1 ->> 'name' <> s.reject_file
       AND l.files -> 0 -> 'header' ->> 0 IS DISTINCT FROM '${correctionColumns[0]}'
       AND EXISTS (SELECT FROM ${linesTable} n WHERE n.invoice = s.invoice AND n.born = l.snapshot_id)
     ORDER BY s.file, s.line LIMIT 1`,
  );
  if (!row) return;
  throw outdated(
    `Load ${row.reject_load} read several files, and whether invoice ${row.invoice} of ${row.reject_file} came again in a later one cannot be told.`,
    `Mend the whole of ${row.reject_file} and load it again with --append.`,
  );
}

/** Of an invoice that several loads rejected rows of, or several files of one load, the last one's count. */
async function dropSuperseded(run: Run, stage: string): Promise<Counted> {
  return countGone(
    run,
    `DELETE FROM ${stage} d USING (
       SELECT s.ctid AS at, again.invoice IS NOT NULL
         OR rank() OVER (PARTITION BY s.invoice ORDER BY s.reject_load DESC, f.nth DESC NULLS LAST) > 1 AS is_former
       FROM ${stage} s
       JOIN load_run l ON l.load_run_id = s.reject_load
       LEFT JOIN LATERAL (
         SELECT nth FROM jsonb_array_elements(l.files) WITH ORDINALITY files (file, nth)
         WHERE file ->> 'name' = s.reject_file LIMIT 1
       ) f ON true
       LEFT JOIN ${comeAgain(stage)} again ON again.reject_load = s.reject_load AND again.invoice = s.invoice
     ) judged
     WHERE d.ctid = judged.at AND judged.is_former
     RETURNING d.amount`,
  );
}

/** Invoices whose lines of before a snapshot are withdrawn. Lives as long as the transaction. */
export const outlivedTable = "load_outlived";

/**
 * Lines from before the load that rejected the rows are there still only where it rejected the whole invoice: else they were withdrawn
 * by what it loaded of it. What was rejected once more names the load that rejected it first.
 */
async function findOutlived(run: Run, stage: string): Promise<void> {
  await run(`CREATE TEMP TABLE ${outlivedTable} ON COMMIT DROP AS
    SELECT s.invoice, max(l.snapshot_id) AS before
    FROM ${stage} s JOIN load_run l ON l.load_run_id = s.reject_load
    WHERE l.files -> 0 -> 'header' ->> 0 IS DISTINCT FROM '${correctionColumns[0]}'
    GROUP BY s.invoice`);
  await run(`DELETE FROM ${linesTable} n USING ${outlivedTable} o WHERE o.invoice = n.invoice AND n.born < o.before`);
}

async function numberAfter(run: Run, stage: string): Promise<void> {
  await run(`UPDATE ${stage} d SET line_no = numbered.line_no
    FROM (
      SELECT s.ctid AS at,
        (coalesce(there.line_no, 0) + row_number() OVER (PARTITION BY ${owner} ORDER BY s.file, s.line))::integer AS line_no
      FROM ${stage} s
      LEFT JOIN (SELECT ${owner}, max(line_no) AS line_no FROM ${linesTable} GROUP BY ${owner}) there
        USING (${owner})
    ) numbered
    WHERE d.ctid = numbered.at`);
}

const outdated = (message: string, remedy: string) => new Consumer360Error("CORRECTION_OUTDATED", message, { remedy });
