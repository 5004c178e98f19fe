// The tables of a Markdown page, by the heading that they stand under: written totals are read from the page that people read.

export type Table = Readonly<{
  heading: string;
  columns: readonly string[];
  rows: readonly Readonly<Record<string, string>>[];
}>;

export function readTables(markdown: string): Table[] {
  const cells = (line: string) => line.slice(2, -2).split(" | ");
  const tables: Table[] = [];
  let heading = "";
  for (const block of markdown.split(/\n\n+/)) {
    const [head = "", , ...body] = block.trimEnd().split("\n");
    if (head.startsWith("#")) heading = head.replace(/^#+ /, "");
    if (!head.startsWith("| ")) continue;
    const columns = cells(head);
    const rows = body.map((line) =>
      Object.fromEntries(cells(line).map((cell, index) => [columns[index] ?? "", cell] as const)),
    );
    tables.push({ heading, columns, rows });
  }
  return tables;
}
