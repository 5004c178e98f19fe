// A row that could not be loaded, kept whole with its place and the reason, so that it can be mended and loaded again.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("rejected_row")
export class RejectedRow {
  @PrimaryColumn({ name: "load_run_id", type: "integer", primaryKeyConstraintName: "rejected_row_pkey" })
  loadRunId!: number;

  @PrimaryColumn({ name: "file", type: "text", collation: "C", primaryKeyConstraintName: "rejected_row_pkey" })
  file!: string;

  /** Physical line in the file where the row starts; the header is line 1. */
  @PrimaryColumn({ name: "line", type: "bigint", primaryKeyConstraintName: "rejected_row_pkey" })
  line!: string;

  @Column({ name: "column_name", type: "text", nullable: true })
  columnName!: string | null;

  @Column({ name: "code", type: "text" })
  code!: string;

  @Column({ name: "raw", type: "text" })
  raw!: string;

  /** The load that loaded the row once it was mended. */
  @Column({ name: "settled_in", type: "integer", nullable: true })
  settledIn!: number | null;
}
