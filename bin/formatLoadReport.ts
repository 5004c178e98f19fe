// A load's report as a person reads it: what became of every row, what the lines amount to, what to look at. How long each stage
// took was shown while it ran, and stands in the JSON.
import type { LoadReport } from "../etl/loadReport.ts";
import { listRejects } from "../etl/record/describeReject.ts";
import { escapeControls, onOneLine } from "../src/server/escapeControls.ts";
import { formatModels } from "./formatModels.ts";
import { formatCount, formatCounted, formatSeconds } from "./formatProgress.ts";

export function formatLoadReport(report: LoadReport): string {
  const {
    status,
    addedTo,
    snapshotId,
    files,
    account,
    accountAmounts,
    amounts,
    firstRejects,
    warnings,
    models,
    seconds,
  } = report;
  const source = nameFiles(files);
  if (status === "UNCHANGED") {
    return `Unchanged: ${onOneLine(source)} ${files.length === 1 ? "is" : "are"} what snapshot ${snapshotId} was made of. Nothing was loaded. (${formatSeconds(seconds)})\n`;
  }
  const counted = (what: string, part: keyof typeof accountAmounts) => [
    what,
    formatCount(account[part]),
    formatMoney(accountAmounts[part]),
  ];
  const lines = [
    `Published snapshot ${snapshotId} from ${source} in ${formatSeconds(seconds)} (load ${report.loadRunId}).`,
    ...describeReplaced(addedTo !== null, files.length, account.replaced),
    "",
    ...table([
      ["", "rows", "amount"],
      counted("read", "read"),
      counted("= loaded", "loaded"),
      counted("+ duplicate", "duplicate"),
      counted("+ superseded", "superseded"),
      ["+ rejected", formatCount(account.rejected), ""],
      counted(addedTo !== null ? "lines withdrawn" : "lines replaced", "replaced"),
    ]),
    "",
    ...table([
      ["kind", "lines", "amount"],
      ...amounts.map(({ kind, lines: count, amount }) => [kind, formatCount(count), formatMoney(amount)]),
    ]),
    "",
    ...describeReading(files),
    ...(models === null ? [] : ["", ...formatModels(models)]),
    ...(warnings.length === 0 ? [] : ["", "Worth a look:"]),
    ...warnings.map(({ code, count, message }) => `  ${code} (${formatCount(count)}): ${message}`),
    ...(account.rejected === 0 ? [] : ["", ...listRejects(firstRejects, account.rejected)]),
  ];
  // names of files, sheets and columns are whatever somebody made them
  return `${lines.map(onOneLine).join("\n")}\n`;
}

function nameFiles(files: LoadReport["files"]): string {
  return files.length === 1 ? `${files[0]?.name}` : `${files.length} files`;
}

function describeReplaced(wasAdded: boolean, files: number, replaced: number): string[] {
  if (wasAdded) {
    return [
      replaced === 0
        ? "It was added to what was there."
        : `It was added to what was there; ${formatCounted(replaced, "line")} of invoices that came again ${replaced === 1 ? "was" : "were"} withdrawn.`,
    ];
  }
  if (replaced === 0) return [];
  const alone = files === 1 ? "this file alone is" : "these files alone are";
  return [`It replaced the former snapshot and its ${formatCounted(replaced, "line")}: ${alone} shown now.`];
}

/** How each file was read: what was decided by evidence is no secret. */
function describeReading(files: LoadReport["files"]): string[] {
  return files.map(({ name, rows, readAs }) => {
    const how = Object.entries(readAs).map(([what, value]) => `${what} ${value}`);
    return `  ${name}: ${formatCounted(rows, "row")}; ${how.join(", ")}`;
  });
}

/** The same for programs. */
export function formatLoadReportJson({ firstRejects, ...report }: LoadReport): string {
  return `${escapeControls(JSON.stringify({ ...report, rejects: firstRejects }, null, 2))}\n`;
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
