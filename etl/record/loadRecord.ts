// The record of a load, in transactions of its own: what was read, what became of it, and the rows that were refused.
import type pg from "pg";
import { type Decimal, toDecimal } from "../../src/kernel/decimal.ts";
import type { RowAccount } from "../../src/warehouse/entities/LoadRun.ts";
import type { KindAmount } from "../derive/summariseLines.ts";
import type { Reject } from "../judge/rejectCodes.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import { shortenReject } from "./describeReject.ts";

export const emptyAccount: RowAccount = Object.freeze({
  read: 0,
  loaded: 0,
  duplicate: 0,
  superseded: 0,
  rejected: 0,
  replaced: 0,
});

export type LoadWarning = Readonly<{ code: string; count: number; message: string }>;
export type LoadStage = Readonly<{ stage: string; seconds: number }>;
export type LoadedFile = Readonly<{
  name: string;
  sha256: string;
  bytes: number;
  rows: number;
  header: readonly string[];
  /** How the file was read: what was asked for, and what was found by evidence. */
  readAs: Readonly<Record<string, string>>;
}>;
export type LoadMode = "REPLACE" | "APPEND" | "ROLLBACK";

export type RunEnd = Readonly<{
  status: "PUBLISHED" | "UNCHANGED" | "FAILED";
  warnings: readonly LoadWarning[];
  stages: readonly LoadStage[];
  snapshotId: number | null;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
}>;

/** What the rows of the account amount to, in the file's currency, exact; rejected rows have no amount. */
export type AccountAmounts = Readonly<Record<Exclude<keyof RowAccount, "rejected">, Decimal>>;

export const emptyAmounts: AccountAmounts = Object.freeze({
  read: toDecimal(0),
  loaded: toDecimal(0),
  duplicate: toDecimal(0),
  superseded: toDecimal(0),
  replaced: toDecimal(0),
});

/** What files are called on record: by their names, or, where two have the same, by their paths. */
export function fileNames(files: readonly FileEvidence[]): readonly string[] {
  const names = files.map(({ name }) => name);
  return new Set(names).size === names.length ? names : files.map(({ path }) => path);
}

export function loadedFiles(files: readonly FileEvidence[]): readonly LoadedFile[] {
  const names = fileNames(files);
  return files.map(({ sha256, bytes, rows, header, readAs }, at) => ({
    name: names[at] as string,
    sha256,
    bytes,
    rows,
    header,
    readAs,
  }));
}

/** Ends the records of loads that died: nobody else can be running while this load holds the lock. */
export async function settleDeadRuns(records: pg.Client): Promise<void> {
  await records.query(`UPDATE load_run r SET
      status = CASE WHEN s.snapshot_id IS NULL THEN 'FAILED' ELSE 'PUBLISHED' END,
      snapshot_id = s.snapshot_id,
      finished_at = now(),
      error_code = CASE WHEN s.snapshot_id IS NULL THEN 'INTERNAL' END,
      error_message = CASE WHEN s.snapshot_id IS NULL THEN 'The loading process ended before the load did.' END
    FROM load_run d LEFT JOIN snapshot s ON s.load_run_id = d.load_run_id
    WHERE r.load_run_id = d.load_run_id AND r.status = 'RUNNING'`);
}

/** Whether the load's transaction was committed, whatever its answer was. */
export async function hasPublished(records: pg.Client, loadRunId: number): Promise<boolean> {
  const { rows } = await records.query("SELECT FROM snapshot WHERE load_run_id = $1", [loadRunId]);
  return rows.length > 0;
}

export async function beginRun(
  records: pg.Client,
  mode: LoadMode,
  options: Readonly<Record<string, unknown>>,
): Promise<number> {
  const result = await records.query(
    `INSERT INTO load_run (started_at, status, mode, files, account, warnings, stages, options)
     VALUES (clock_timestamp(), 'RUNNING', $1, '[]', $2, '[]', '[]', $3) RETURNING load_run_id`,
    [mode, JSON.stringify(emptyAccount), JSON.stringify(options)],
  );
  return result.rows[0].load_run_id;
}

export async function recordFiles(records: pg.Client, loadRunId: number, files: readonly LoadedFile[]): Promise<void> {
  await records.query("UPDATE load_run SET files = $2 WHERE load_run_id = $1", [loadRunId, JSON.stringify(files)]);
}

export async function endRun(records: pg.Client, loadRunId: number, end: RunEnd): Promise<void> {
  await records.query(
    `UPDATE load_run SET finished_at = clock_timestamp(), status = $2, warnings = $3, stages = $4, snapshot_id = $5,
       error_code = $6, error_message = $7
     WHERE load_run_id = $1`,
    [
      loadRunId,
      end.status,
      JSON.stringify(end.warnings),
      JSON.stringify(end.stages),
      end.snapshotId,
      end.errorCode ?? null,
      end.errorMessage ?? null,
    ],
  );
}

/** Written before anything is published, so that whoever sees the snapshot, or the failure, finds its account. */
export async function recordAccount(
  records: pg.Client,
  loadRunId: number,
  {
    account,
    accountAmounts,
    amounts,
  }: Readonly<{
    account: RowAccount;
    accountAmounts?: AccountAmounts;
    amounts?: readonly KindAmount[];
  }>,
): Promise<void> {
  await records.query("UPDATE load_run SET account = $2, account_amounts = $3, amounts = $4 WHERE load_run_id = $1", [
    loadRunId,
    JSON.stringify(account),
    JSON.stringify(accountAmounts ?? {}),
    JSON.stringify(amounts ?? []),
  ]);
}

/** How many rejects a report shows. */
const shownRejects = 5;
const batchRows = 500;
const batchBytes = 4 * 1024 * 1024;

/** Keeps refused rows, a batch at a time. */
export function makeRejectLog(records: pg.Client, loadRunId: number, file: string) {
  const first: Reject[] = [];
  let batch: Reject[] = [];
  let bytes = 0;
  async function flush(): Promise<void> {
    if (batch.length === 0) return;
    const rows = batch;
    batch = [];
    bytes = 0;
    await records.query(
      `INSERT INTO rejected_row (load_run_id, file, line, column_name, code, raw)
       SELECT $1, $2, * FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[])`,
      [
        loadRunId,
        file,
        rows.map((row) => row.line),
        rows.map((row) => row.column),
        rows.map((row) => row.code),
        // PostgreSQL's text cannot hold NUL: it is shown by its Unicode picture.
        rows.map((row) => row.raw.replaceAll("\0", "\u2400").toWellFormed()),
      ],
    );
  }
  return {
    flush,
    /** The first few, shortened. */
    first: (): readonly Reject[] => Object.freeze([...first]),
    async add(reject: Reject): Promise<void> {
      if (first.length < shownRejects) first.push(shortenReject(reject));
      batch.push(reject);
      bytes += reject.raw.length;
      if (batch.length >= batchRows || bytes >= batchBytes) await flush();
    },
  };
}
