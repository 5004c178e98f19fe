// The gates on closed months: what has been reported should not change unnoticed. A whole load is compared month by month; in an append,
// only what became of the invoices that were there: those that come late are news, no change, and a warning says how many months have some.
import { salesCellRollup } from "../../src/model/rollups.ts";
import { againTable, touchedTable } from "../conform/withdrawLines.ts";
import { ordersTable } from "../derive/deriveOrders.ts";
import type { LoadWarning } from "../record/loadRecord.ts";
import type { Run } from "../record/loadSession.ts";
import { type Finding, percent } from "./gates.ts";

/** A snapshot, with the names of the rollups that hold it whole. */
export type Compared = Readonly<{ snapshotId: number; rollups: readonly string[] }>;

type Comparison = Readonly<{
  /** The snapshot that was published before. */
  former: Compared;
  /** The day that it looked back from. */
  formerAsOf: string;
  next: Compared;
  append: boolean;
  tolerance: number;
}>;

type ClosedMonth = Readonly<{
  month: string;
  formerLines: number;
  lines: number | null;
  formerRevenue: string;
  revenue: string | null;
  formerReturns: string;
  returns: string | null;
  lateInvoices: number;
}>;

export async function compareMonths(
  run: Run,
  { former, formerAsOf, next, append, tolerance }: Comparison,
): Promise<{ findings: Finding[]; warnings: LoadWarning[] }> {
  const closedMonths = (rows: string, month: string, columns: string) =>
    `SELECT (${month})::date AS month, ${columns} FROM ${rows} o
      WHERE ${month} + interval '1 month' <= date '${formerAsOf}' GROUP BY 1`;
  const monthOfOrder = "date_trunc('month', ordered_on)";
  const sums = "sum(lines) AS lines, sum(gross_revenue) AS revenue, sum(returns_value) AS returns";
  // The cells' sums have been held against the lines by another gate.
  const monthsOf = ({ snapshotId: id, rollups }: Compared) =>
    rollups.includes(salesCellRollup.name)
      ? closedMonths(`(SELECT * FROM sales_cell WHERE snapshot_id = ${id} AND grain = 'month')`, "period", sums)
      : closedMonths(`(SELECT * FROM sales_order WHERE snapshot_id = ${id})`, monthOfOrder, sums);
  // Of what an append brought, the invoices that were not there.
  const late = append
    ? `(SELECT o.* FROM ${touchedTable} t JOIN ${ordersTable} o USING (invoice)
        WHERE NOT EXISTS (SELECT FROM ${againTable} a WHERE a.invoice = t.invoice))`
    : `(SELECT * FROM sales_order WHERE false)`;
  const rows = await run(`SELECT to_char(coalesce(f.month, n.month), 'YYYY-MM') AS month,
      coalesce(f.lines, 0) AS "formerLines", nullif(n.lines - coalesce(l.lines, 0), 0) AS lines,
      trim_scale(coalesce(f.revenue, 0))::text AS "formerRevenue",
      trim_scale(n.revenue - coalesce(l.revenue, 0))::text AS revenue,
      trim_scale(coalesce(f.returns, 0))::text AS "formerReturns",
      trim_scale(n.returns - coalesce(l.returns, 0))::text AS returns,
      coalesce(l.invoices, 0) AS "lateInvoices"
    FROM (${monthsOf(former)}) f
    FULL JOIN (${monthsOf(next)}) n ON n.month = f.month
    LEFT JOIN (${closedMonths(late, monthOfOrder, `${sums}, count(DISTINCT invoice) AS invoices`)}) l ON l.month = n.month
    ORDER BY 1`);
  const months = rows.map((row): ClosedMonth => {
    const lines = row.lines === null ? null : Number(row.lines);
    return {
      ...(row as ClosedMonth),
      formerLines: Number(row.formerLines),
      lines,
      lateInvoices: Number(row.lateInvoices),
    };
  });
  const closed = months.filter(({ formerLines }) => formerLines > 0);
  const dropped = closed.filter(({ lines }) => !lines);
  const moved = closed.filter(
    ({ lines, formerLines, revenue, formerRevenue, returns, formerReturns }) =>
      lines &&
      (movesBeyond(tolerance * formerLines, formerLines, lines) ||
        movesBeyond(tolerance * Number(formerRevenue), Number(formerRevenue), Number(revenue ?? 0)) ||
        // few in most months: what they move is the net revenue
        movesBeyond(tolerance * Number(formerRevenue), Number(formerReturns), Number(returns ?? 0))),
  );
  const arrived = months.filter(({ lateInvoices }) => lateInvoices > 0);
  return {
    findings: [
      ...found("dropped-months", dropped, (count) => `${countMonths(count)} that had been closed would be gone`),
      ...found(
        "moved-months",
        moved,
        (count) => `${countMonths(count)} that had been closed would move by more than ${percent(tolerance)}`,
      ),
    ],
    warnings:
      arrived.length === 0
        ? []
        : [
            {
              code: "LATE_INVOICES",
              count: arrived.reduce((sum, { lateInvoices }) => sum + lateInvoices, 0),
              message: `New invoices in months that had been closed: ${arrived.map(({ month }) => month).join(", ")}.`,
            },
          ],
  };
}

/** A comparison for people, not a figure: floating point will do. */
const movesBeyond = (most: number, before: number, after: number) => Math.abs(after - before) > most + 1e-9;

const countMonths = (count: number) => (count === 1 ? "a month" : `${count} months`);

function found(gate: Finding["gate"], months: readonly ClosedMonth[], message: (count: number) => string): Finding[] {
  if (months.length === 0) return [];
  const comparison = months.map(
    ({ month, formerLines, lines, formerRevenue, revenue, formerReturns, returns }) =>
      `${month}: ${formerLines} lines, gross revenue ${formerRevenue}, returns ${formerReturns} → ${lines ? `${lines} lines, ${revenue ?? "0"}, ${returns ?? "0"}` : "nothing"}`,
  );
  return [{ gate, count: months.length, message: message(months.length), comparison }];
}
