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

  /** REPLACE; later issues bring APPEND. */
  @Column({ name: "mode", type: "text" })
  mode!: string;

  /** Files as `[{ name, sha256, bytes, rows }]`. */
  @Column({ name: "files", type: "jsonb" })
  files!: unknown;

  /** How the load was asked for. */
  @Column({ name: "options", type: "jsonb", default: () => "'{}'" })
  options!: unknown;

  @Column({ name: "account", type: "jsonb" })
  account!: RowAccount;

  /** What the loaded lines amount to, as `[{ kind, lines, amount }]`. */
  @Column({ name: "amounts", type: "jsonb", default: () => "'[]'" })
  amounts!: unknown;

  /** Warnings as `[{ code, count, message }]`. */
  @Column({ name: "warnings", type: "jsonb" })
  warnings!: unknown;

  /** Seconds per stage. */
  @Column({ name: "stages", type: "jsonb" })
  stages!: unknown;

  @Column({ name: "snapshot_id", type: "integer", nullable: true })
  snapshotId!: number | null;

  @Column({ name: "error_code", type: "text", nullable: true })
  errorCode!: string | null;

  @Column({ name: "error_message", type: "text", nullable: true })
  errorMessage!: string | null;
}
