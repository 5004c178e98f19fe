// The gates on closed months: what has been reported should not change unnoticed. A whole load is compared month by month; in an append,
// only what became of the invoices that were there: those that come late are news, no change, and a warning says how many months have some.
import type { LoadWarning } from "../record/loadRecord.ts";
import type { Run } from "../record/loadSession.ts";
import { type Finding, percent } from "./gates.ts";

type Comparison = Readonly<{
  /** The snapshot that was published before, and the day that it looked back from. */
  former: number;
  formerAsOf: string;
  snapshotId: number;
  append: boolean;
  tolerance: number;
}>;

type ClosedMonth = Readonly<{
  month: string;
  formerLines: number;
  lines: number | null;
  formerRevenue: string;
  revenue: string | null;
  lateLines: number;
}>;

export async function compareMonths(
  run: Run,
  { former, formerAsOf, snapshotId, append, tolerance }: Comparison,
): Promise<{ findings: Finding[]; warnings: LoadWarning[] }> {
  const wasThere = "was.invoice IS NOT NULL";
  const andFormer = `LEFT JOIN (SELECT DISTINCT invoice FROM sales_order WHERE snapshot_id = ${former}) was USING (invoice)`;
  const byMonth = (
    id: number,
    figures: string,
    beside = "",
  ) => `SELECT date_trunc('month', ordered_on)::date AS month, ${figures}
      FROM sales_order ${beside} WHERE snapshot_id = ${id}
        AND date_trunc('month', ordered_on) + interval '1 month' <= date '${formerAsOf}' GROUP BY 1`;
  const kept = append ? ` FILTER (WHERE ${wasThere})` : "";
  const late = append ? `count(*) FILTER (WHERE NOT ${wasThere})` : "0";
  const rows = await run(`SELECT to_char(coalesce(f.month, n.month), 'YYYY-MM') AS month,
      coalesce(f.lines, 0) AS "formerLines", n.lines, coalesce(f.revenue, 0)::text AS "formerRevenue", n.revenue::text,
      coalesce(n.late, 0) AS "lateLines"
    FROM (${byMonth(former, "sum(lines) AS lines, sum(gross_revenue) AS revenue")}) f
    FULL JOIN (${byMonth(
      snapshotId,
      `sum(lines)${kept} AS lines, sum(gross_revenue)${kept} AS revenue, ${late} AS late`,
      append ? andFormer : "",
    )}) n ON n.month = f.month
    ORDER BY 1`);
  const months = rows.map((row): ClosedMonth => {
    const lines = row.lines === null ? null : Number(row.lines);
    return { ...(row as ClosedMonth), formerLines: Number(row.formerLines), lines, lateLines: Number(row.lateLines) };
  });
  const closed = months.filter(({ formerLines }) => formerLines > 0);
  const dropped = closed.filter(({ lines }) => !lines);
  const moved = closed.filter(
    ({ lines, formerLines, revenue, formerRevenue }) =>
      lines &&
      (movesBeyond(formerLines, lines, tolerance) ||
        movesBeyond(Number(formerRevenue), Number(revenue ?? 0), tolerance)),
  );
  const arrived = months.filter(({ lateLines }) => lateLines > 0);
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
              count: arrived.reduce((sum, { lateLines }) => sum + lateLines, 0),
              message: `New invoices in months that had been closed: ${arrived.map(({ month }) => month).join(", ")}.`,
            },
          ],
  };
}

/** A comparison for people, not a figure: floating point will do. */
const movesBeyond = (before: number, after: number, tolerance: number) =>
  Math.abs(after - before) > tolerance * Math.abs(before) + 1e-9;

const countMonths = (count: number) => (count === 1 ? "a month" : `${count} months`);

function found(gate: Finding["gate"], months: readonly ClosedMonth[], message: (count: number) => string): Finding[] {
  if (months.length === 0) return [];
  const comparison = months.map(
    ({ month, formerLines, lines, formerRevenue, revenue }) =>
      `${month}: ${formerLines} lines, gross revenue ${formerRevenue} → ${lines ? `${lines} lines, ${revenue ?? "0"}` : "nothing"}`,
  );
  return [{ gate, count: months.length, message: message(months.length), comparison }];
}
