// A load's report as a person reads it: what became of every row, what the lines amount to, what to look at. How long each stage
// took was shown while it ran, and stands in the JSON.
import type { LoadReport } from "../etl/loadFile.ts";
import { listRejects } from "../etl/record/describeReject.ts";
import { formatCount, formatCounted, formatSeconds } from "./formatProgress.ts";

export function formatLoadReport(report: LoadReport): string {
  const { status, snapshotId, file, account, amounts, firstRejects, warnings, seconds } = report;
  if (status === "UNCHANGED") {
    return `Unchanged: ${file.name} is what snapshot ${snapshotId} was made of. Nothing was loaded. (${formatSeconds(seconds)})\n`;
  }
  const lines = [
    `Published snapshot ${snapshotId} from ${file.name} in ${formatSeconds(seconds)} (load ${report.loadRunId}).`,
    ...(account.replaced === 0
      ? []
      : [
          `It replaced the former snapshot and its ${formatCounted(account.replaced, "line")}: this file alone is shown now.`,
        ]),
    "",
    ...table([
      ["rows read", formatCount(account.read)],
      ["= loaded", formatCount(account.loaded)],
      ["+ duplicate", formatCount(account.duplicate)],
      ["+ superseded", formatCount(account.superseded)],
      ["+ rejected", formatCount(account.rejected)],
      ["lines replaced", formatCount(account.replaced)],
    ]),
    "",
    ...table([
      ["kind", "lines", "amount"],
      ...amounts.map(({ kind, lines: count, amount }) => [kind, formatCount(count), formatMoney(amount)]),
    ]),
    ...(warnings.length === 0 ? [] : ["", "Worth a look:"]),
    ...warnings.map(({ code, count, message }) => `  ${code} (${formatCount(count)}): ${message}`),
    ...(account.rejected === 0 ? [] : ["", ...listRejects(firstRejects, account.rejected)]),
  ];
  return `${lines.join("\n")}\n`;
}

/** The same for programs. */
export function formatLoadReportJson({ firstRejects, ...report }: LoadReport): string {
  return `${JSON.stringify({ ...report, rejects: firstRejects }, null, 2)}\n`;
}

/** An exact decimal with its thousands apart: no digit is lost on the way through a number. */
function formatMoney(amount: string): string {
  const [, sign = "", whole = amount, fraction = ""] = /^(-?)(\d+)(\.\d+)?$/.exec(amount) ?? [];
  return sign + whole.replaceAll(/\B(?=(\d{3})+$)/g, ",") + fraction;
}

/** Columns side by side, the first to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((seen, row) => row.map((cell, at) => Math.max(seen[at] ?? 0, cell.length)), []);
  return rows.map((row) => {
    const cells = row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)));
    return `  ${cells.join("  ")}`.trimEnd();
  });
}
