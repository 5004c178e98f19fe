// Rows of text as columns side by side, indented, as lists show them.

/** All columns to the left; a long list does not push the others of its column away. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.min(60, Math.max(...rows.map((row) => row[at]?.length ?? 0))));
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd());
}
