// Rejected rows as a person reads them: how many of each kind, then the first of them, a line for each. Nothing that a file says reaches
// the terminal as it is.
import { shortenText } from "../etl/record/describeReject.ts";
import type { LoadRunRecord, RejectRecord } from "../src/query/decodeRecords.ts";
import type { RejectCount } from "../src/query/readRejects.ts";
import { onOneLine } from "../src/server/escapeControls.ts";
import type { RejectFlags } from "./findRejects.ts";
import { formatCount, formatCounted } from "./formatProgress.ts";

export function formatRejects({
  run,
  counts,
  rejects,
}: Readonly<{ run: LoadRunRecord; counts: readonly RejectCount[]; rejects: readonly RejectRecord[] }>): string {
  const rows = sum(counts, "rows");
  const settled = sum(counts, "settled");
  const codes = [...new Set(counts.map(({ code }) => code))]
    .map((code) => ({ code, of: counts.filter((count) => count.code === code) }))
    .map(({ code, of }) => ({ code, rows: sum(of, "rows"), settled: sum(of, "settled") }))
    .toSorted((a, b) => b.rows - a.rows || (a.code < b.code ? -1 : 1));
  const lines = [
    `Load ${run.id} (${run.mode}, ${run.status}, ${run.startedAt}): ${formatCounted(rows, "rejected row")}${settled === 0 ? "" : `, ${formatCount(settled)} of them loaded since`}`,
    "",
    ...table(
      [
        ["code", "rows", ...(settled === 0 ? [] : ["loaded since"])],
        ...codes.map((of) => [of.code, formatCount(of.rows), ...(settled === 0 ? [] : [formatCount(of.settled)])]),
      ],
      [1, 2],
    ),
    "",
    ...table(
      [
        ["file", "line", "column", "code", ...(settled === 0 ? [] : ["loaded by"]), "row"],
        ...rejects.map((reject) => [
          onOneLine(reject.file),
          String(reject.line),
          onOneLine(reject.column ?? "-"),
          reject.code,
          ...(settled === 0 ? [] : [reject.settledIn === null ? "-" : String(reject.settledIn)]),
          onOneLine(shortenText(reject.raw ?? "")),
        ]),
      ],
      [1],
    ),
    ...(rejects.length === rows
      ? []
      : [
          "",
          `The first ${formatCount(rejects.length)} of ${formatCount(rows)}; --rows shows more, --export FILE writes them all.`,
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

export function formatNoRejects({ load, code, file }: RejectFlags): string {
  const of = [
    ...(code === undefined ? [] : [` of code ${code}`]),
    ...(file === undefined ? [] : [` of ${onOneLine(file)}`]),
  ].join("");
  return load === undefined ? `No load has rejected rows${of}.\n` : `Load ${load} has no rejected rows${of}.\n`;
}

const sum = (counts: readonly RejectCount[] | readonly { rows: number; settled: number }[], of: "rows" | "settled") =>
  counts.reduce((total, count) => total + count[of], 0);

/** Columns side by side; those of `figures` to the right. */
function table(rows: readonly (readonly string[])[], figures: readonly number[]): string[] {
  const widths = rows.reduce<number[]>((seen, row) => row.map((cell, at) => Math.max(seen[at] ?? 0, cell.length)), []);
  return rows.map((row) => {
    const cells = row.map((cell, at) => {
      const width = widths[at] ?? 0;
      return figures.includes(at) ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${cells.join("  ")}`.trimEnd();
  });
}
