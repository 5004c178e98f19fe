// The table that a file is copied into: one typed column for each of the layout's, in the file's order, beside the line's place.
// It is made in the load's own transaction, so a load that dies leaves nothing of it.
import type { LayoutColumn } from "../read/recognizeLayout.ts";

export const stageTable = "load_stage";

const columns: Readonly<Record<LayoutColumn, { name: string; type: string }>> = {
  invoice: { name: "invoice", type: 'text COLLATE "C"' },
  product: { name: "product", type: 'text COLLATE "C"' },
  description: { name: "description", type: 'text COLLATE "C"' },
  quantity: { name: "quantity", type: "integer" },
  orderedAt: { name: "ordered_at", type: "timestamp(0)" },
  unitPrice: { name: "unit_price", type: "numeric" },
  customer: { name: "customer", type: 'text COLLATE "C"' },
  country: { name: "country", type: 'text COLLATE "C"' },
};

/** Unlogged: it never outlives its transaction. */
export function createStageTable(fileColumns: readonly (LayoutColumn | null)[]): string {
  const typed = known(fileColumns).map((column) => `${columns[column].name} ${columns[column].type}`);
  return `CREATE UNLOGGED TABLE ${stageTable} (line bigint, position integer, ${typed.join(", ")})`;
}

export function copyIntoStage(fileColumns: readonly (LayoutColumn | null)[], encoding: string): string {
  const names = known(fileColumns).map((column) => columns[column].name);
  return `COPY ${stageTable} (line, position, ${names.join(", ")}) FROM STDIN WITH (FORMAT csv, ENCODING '${encoding}')`;
}

const known = (fileColumns: readonly (LayoutColumn | null)[]) => fileColumns.filter((column) => column !== null);
