// The record of a load, in transactions of its own: what was read, what became of it, and the rows that were refused.
import type pg from "pg";
import type { RowAccount } from "../../src/warehouse/entities/LoadRun.ts";
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
export type LoadedFile = Readonly<{ name: string; sha256: string; bytes: number; rows: number }>;

export type RunEnd = Readonly<{
  status: "PUBLISHED" | "UNCHANGED" | "FAILED";
  /** Left out: what was recorded stands. */
  account?: RowAccount;
  warnings: readonly LoadWarning[];
  stages: readonly LoadStage[];
  snapshotId: number | null;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
}>;

export const loadedFile = ({ name, sha256, bytes, rows }: FileEvidence): LoadedFile => ({ name, sha256, bytes, rows });

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

export async function beginRun(records: pg.Client, file: LoadedFile): Promise<number> {
  const result = await records.query(
    `INSERT INTO load_run (started_at, status, mode, files, account, warnings, stages)
     VALUES (clock_timestamp(), 'RUNNING', 'REPLACE', $1, $2, '[]', '[]') RETURNING load_run_id`,
    [JSON.stringify([file]), JSON.stringify(emptyAccount)],
  );
  return result.rows[0].load_run_id;
}

export async function endRun(records: pg.Client, loadRunId: number, end: RunEnd): Promise<void> {
  await records.query(
    `UPDATE load_run SET finished_at = clock_timestamp(), status = $2, account = coalesce($3, account), warnings = $4, stages = $5,
       snapshot_id = $6, error_code = $7, error_message = $8
     WHERE load_run_id = $1`,
    [
      loadRunId,
      end.status,
      end.account ? JSON.stringify(end.account) : null,
      JSON.stringify(end.warnings),
      JSON.stringify(end.stages),
      end.snapshotId,
      end.errorCode ?? null,
      end.errorMessage ?? null,
    ],
  );
}

/** Written before anything is published, so that whoever sees the snapshot, or the failure, finds its account. */
export async function recordAccount(records: pg.Client, loadRunId: number, account: RowAccount): Promise<void> {
  await records.query("UPDATE load_run SET account = $2 WHERE load_run_id = $1", [loadRunId, JSON.stringify(account)]);
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
