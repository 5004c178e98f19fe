// The table that a file is copied into: one typed column for each that is judged. It is made in the load's own transaction, so a load
// that dies leaves nothing of it.
import type { JudgedColumn } from "../judge/judgedColumns.ts";

export const stageTable = "load_stage";

const text = 'text COLLATE "C"';
const columns = {
  line: "bigint",
  line_no: "integer",
  customer_key: text,
  guest: "boolean",
  ordered_at: "timestamp(0)",
  invoice: text,
  country: text,
  product: text,
  description: text,
  quantity: "integer",
  unit_price: "numeric",
} as const satisfies Partial<Record<JudgedColumn, string>>;

export const stageColumns = Object.keys(columns) as (keyof typeof columns)[];

/** Unlogged: it never outlives its transaction. */
export function createStageTable(): string {
  const typed = stageColumns.map((column) => `${column} ${columns[column]}`);
  return `CREATE UNLOGGED TABLE ${stageTable} (${typed.join(", ")})`;
}

export function copyIntoStage(encoding: string): string {
  return `COPY ${stageTable} (${stageColumns.join(", ")}) FROM STDIN WITH (FORMAT csv, ENCODING '${encoding}')`;
}
