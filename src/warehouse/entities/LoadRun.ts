// The record of one load, written in transactions of its own, so that a load that failed or died is on record too.
import { Column, Entity, PrimaryColumn } from "typeorm";

/** Rows read = loaded + duplicate + superseded + rejected; `replaced` are lines withdrawn from the former snapshot. */
export type RowAccount = Readonly<
  Record<"read" | "loaded" | "duplicate" | "superseded" | "rejected" | "replaced", number>
>;

@Entity("load_run")
export class LoadRun {
  @PrimaryColumn({
    name: "load_run_id",
    type: "integer",
    generated: "identity",
    generatedIdentity: "BY DEFAULT",
    primaryKeyConstraintName: "load_run_pkey",
  })
  loadRunId!: number;

  @Column({ name: "started_at", type: "timestamp with time zone" })
  startedAt!: string;

  @Column({ name: "finished_at", type: "timestamp with time zone", nullable: true })
  finishedAt!: string | null;

  /** RUNNING, PUBLISHED, UNCHANGED or FAILED. */
  @Column({ name: "status", type: "text" })
  status!: string;

  /** REPLACE, APPEND or ROLLBACK. */
  @Column({ name: "mode", type: "text" })
  mode!: string;

  /** Files as `[{ name, sha256, bytes, rows, header, readAs }]`. */
  @Column({ name: "files", type: "jsonb" })
  files!: unknown;

  @Column({ name: "account", type: "jsonb" })
  account!: RowAccount;

  /** Warnings as `[{ code, count, message }]`. */
  @Column({ name: "warnings", type: "jsonb" })
  warnings!: unknown;

  /** Seconds per stage. */
  @Column({ name: "stages", type: "jsonb" })
  stages!: unknown;

  /** What was asked for, where it is not what is usual: gates that were opened, a date to look back from, … */
  @Column({ name: "options", type: "jsonb", default: {} })
  options!: unknown;

  /** Lines and amount of each kind that were loaded: `[{ kind, lines, amount }]`. */
  @Column({ name: "amounts", type: "jsonb", default: [] })
  amounts!: unknown;

  /** What the rows of the account amount to: `{ read, loaded, duplicate, superseded, replaced }`. */
  @Column({ name: "account_amounts", type: "jsonb", default: {} })
  accountAmounts!: unknown;

  @Column({ name: "snapshot_id", type: "integer", nullable: true })
  snapshotId!: number | null;

  @Column({ name: "error_code", type: "text", nullable: true })
  errorCode!: string | null;

  @Column({ name: "error_message", type: "text", nullable: true })
  errorMessage!: string | null;
}
