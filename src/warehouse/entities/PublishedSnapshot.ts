// The pointer: the one row that says which snapshot readers get. Publishing is the update of this row.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("published_snapshot")
export class PublishedSnapshot {
  /** Always true: there is one row. */
  @PrimaryColumn({ name: "singleton", type: "boolean", primaryKeyConstraintName: "published_snapshot_pkey" })
  singleton!: boolean;

  @Column({ name: "snapshot_id", type: "integer" })
  snapshotId!: number;
}
