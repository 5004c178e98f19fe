// Who moved between segments when a snapshot was published: one row per customer who is in another segment than in the snapshot before, in
// any scheme, or who came or went. Kept longer than the snapshots themselves.
import { Column, Entity, PrimaryColumn } from "typeorm";

const segment = { type: "text", collation: "C", nullable: true } as const;

@Entity("segment_history")
export class SegmentHistory {
  @PrimaryColumn({
    name: "customer_key",
    type: "text",
    collation: "C",
    primaryKeyConstraintName: "segment_history_pkey",
  })
  customerKey!: string;

  /** The snapshot that was published. */
  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "segment_history_pkey" })
  snapshotId!: number;

  /** The snapshot that had been published before. */
  @Column({ name: "former_snapshot_id", type: "integer" })
  formerSnapshotId!: number;

  /** Null where the customer was not there before. */
  @Column({ ...segment, name: "classic_from" })
  classicFrom!: string | null;

  /** Null where the customer is no longer there. */
  @Column({ ...segment, name: "classic_to" })
  classicTo!: string | null;

  @Column({ ...segment, name: "executive_from" })
  executiveFrom!: string | null;

  @Column({ ...segment, name: "executive_to" })
  executiveTo!: string | null;

  @Column({ ...segment, name: "detailed_from" })
  detailedFrom!: string | null;

  @Column({ ...segment, name: "detailed_to" })
  detailedTo!: string | null;
}
