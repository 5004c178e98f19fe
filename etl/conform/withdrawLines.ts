// What an append does to the lines that are there: invoices that come again are withdrawn whole. A line is never changed, only ended: readers
// of the former snapshot go on seeing it.
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { columnsOf } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";
import { forever, type LineTable, partitionOf } from "./lineTable.ts";
import { outlivedTable } from "./settleCorrections.ts";

/** Invoices that the new lines carry. Lives as long as the transaction, as do the others. */
export const touchedTable = "load_touched";
export const withdrawnTable = "load_withdrawn";
/** Of what is there, the orders of touched invoices: their key, without figures. */
export const againTable = "load_again";

type Append = Readonly<{ table: LineTable; base: number }>;

/** The lines, at `base`, of the invoices that are touched. */
const touchedLines = (columns: string, { table, base }: Append) => `SELECT ${columns}
    FROM ${againTable} o
    JOIN ${partitionOf(table.generation)} f ON f.customer_key = o.customer_key AND f.guest = o.guest
      AND f.ordered_at >= o.ordered_on AND f.ordered_at < o.ordered_on + 1
      AND f.invoice = o.invoice AND f.country = o.country
      AND f.born <= ${base} AND f.died > ${base}`;

/** Whether a touched line gives way: all do in an append, and among corrected rows those that the load which rejected them would have withdrawn. */
const givesWay = ({ isCorrection }: LineTable) =>
  isCorrection ? `EXISTS (SELECT FROM ${outlivedTable} o WHERE o.invoice = f.invoice AND f.born < o.before)` : "true";

/** The lines, at `base`, that corrected rows are added to. */
export const keptLines = (columns: string, append: Append) =>
  `${touchedLines(columns, append)} AND NOT ${givesWay(append.table)}`;

/** Keeps what was withdrawn in a table, for whoever counts it. `base`: the snapshot that is added to. */
export async function withdrawLines(run: Run, { table, base }: Append): Promise<void> {
  const { name, generation, snapshotId } = table;
  const partition = partitionOf(generation);
  await run(`CREATE TEMP TABLE ${touchedTable} ON COMMIT DROP AS SELECT DISTINCT invoice FROM ${name}`);
  await run(`ANALYZE ${touchedTable}`);
  // The stored orders know every invoice's customers and days, by which the key of the lines finds them. In a table of their own, so that
  // the server knows how many they are: mostly few, and none in an append of new invoices.
  await run(`CREATE TEMP TABLE ${againTable} ON COMMIT DROP AS
    SELECT o.customer_key, o.guest, o.invoice, o.country, o.ordered_on
    FROM sales_order o WHERE o.snapshot_id = ${base} AND o.invoice IN (SELECT invoice FROM ${touchedTable})`);
  await run(`ANALYZE ${againTable}`);
  const withdrawn = await run.count(`CREATE TEMP TABLE ${withdrawnTable} ON COMMIT DROP AS
    ${touchedLines("f.ctid AS at, f.kind, f.amount, f.product, f.description, f.category", { table, base })}
      AND ${givesWay(table)}`);
  if (withdrawn > 0) {
    await run(`ANALYZE ${withdrawnTable}`);
    // By it the cleaning finds what no snapshot sees any more.
    await run(`CREATE INDEX IF NOT EXISTS ${partition}_died ON ${partition} (died) WHERE died < ${forever}`);
    await run(`UPDATE ${partition} f SET died = ${snapshotId}
      FROM ${withdrawnTable} w WHERE f.ctid = w.at AND f.died = ${forever}`);
  }
  if (await wasRolledBack(run, base)) await returnToBase(run, { table, base });
}

/** Whether the lines have been added to since `base`: it has been published once more, in place of what came after it. */
async function wasRolledBack(run: Run, base: number): Promise<boolean> {
  const [later] = await run(
    `SELECT EXISTS (SELECT FROM load_run WHERE snapshot_id > $1 AND status = 'PUBLISHED' AND mode = 'APPEND') AS found`,
    [base],
  );
  return later?.found === true;
}

/** What later snapshots brought ends here, and what they withdrew comes back. */
async function returnToBase(run: Run, { table, base }: Append): Promise<void> {
  const { generation, snapshotId } = table;
  const partition = partitionOf(generation);
  await run(`UPDATE ${partition} SET died = ${snapshotId} WHERE born > ${base} AND died = ${forever}`);
  const columns = columnsOf(FactSale);
  const again = columns.map((column) => (column === "born" ? snapshotId : column === "died" ? forever : `f.${column}`));
  await run(`INSERT INTO ${partition} (${columns.join(", ")})
    SELECT ${again.join(", ")} FROM ${partition} f
    WHERE f.born <= ${base} AND f.died > ${base} AND f.died < ${snapshotId}
      AND NOT (EXISTS (SELECT FROM ${touchedTable} t WHERE t.invoice = f.invoice) AND ${givesWay(table)})`);
}
