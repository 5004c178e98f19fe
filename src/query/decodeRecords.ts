// The records of loads as they come back: typed once, amounts as exact decimal text, times as ISO instants.
import { type Decimal, toDecimal } from "../kernel/decimal.ts";
import type { RowAccount } from "../warehouse/entities/LoadRun.ts";
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";

export type LoadRunRecord = Readonly<{
  id: number;
  startedAt: string;
  finishedAt: string | null;
  status: string;
  mode: string;
  files: readonly RecordedFile[];
  account: RowAccount;
  /** Null where the scope may not see them. */
  amounts: readonly Readonly<{ kind: string; lines: number; amount: Decimal }>[] | null;
  warnings: readonly Readonly<{ code: string; count: number; message: string }>[];
  stages: readonly Readonly<{ stage: string; seconds: number }>[];
  snapshotId: number | null;
  errorCode: string | null;
  /** Null also where the scope may not see text from the files. */
  errorMessage: string | null;
}>;

export type RecordedFile = Readonly<{
  name: string;
  sha256: string;
  bytes: number;
  rows: number;
  /** Not there in records of older versions. */
  header?: readonly string[];
  readAs?: Readonly<Record<string, string>>;
}>;

export type RejectRecord = Readonly<{
  file: string;
  line: number;
  column: string | null;
  code: string;
  /** Null where it was not asked for, or may not be seen. */
  raw: string | null;
  /** The load that loaded the row once it was mended. */
  settledIn: number | null;
}>;

export function decodeLoadRun(row: StoredRow): LoadRunRecord {
  const amounts = json<{ kind: string; lines: number; amount: string | number }[] | null>(row.amounts);
  return {
    id: Number(row.load_run_id),
    startedAt: String(row.started_at),
    finishedAt: textOf(row.finished_at),
    status: String(row.status),
    mode: String(row.mode),
    files: json(row.files),
    account: json(row.account),
    amounts: amounts === null ? null : amounts.map((part) => ({ ...part, amount: toDecimal(String(part.amount)) })),
    warnings: json(row.warnings),
    stages: json(row.stages),
    snapshotId: row.snapshot_id === null ? null : Number(row.snapshot_id),
    errorCode: textOf(row.error_code),
    errorMessage: textOf(row.error_message),
  };
}

export function decodeReject(row: StoredRow): RejectRecord {
  return {
    file: String(row.file),
    line: Number(row.line),
    column: textOf(row.column_name),
    code: String(row.code),
    raw: textOf(row.raw ?? null),
    settledIn: row.settled_in === null ? null : Number(row.settled_in),
  };
}

const textOf = (value: unknown) => (value === null ? null : String(value));
const json = <Value>(value: unknown): Value => JSON.parse(String(value)) as Value;
