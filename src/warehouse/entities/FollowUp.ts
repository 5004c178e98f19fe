// What has been computed of a snapshot since it was published: a row for each part that is complete. Readers tell by it what is pending
// from what is empty.
import { Column, Entity, PrimaryColumn } from "typeorm";

const key = { primaryKeyConstraintName: "follow_up_pkey" } as const;

@Entity("follow_up")
export class FollowUp {
  @PrimaryColumn({ ...key, name: "snapshot_id", type: "integer" })
  snapshotId!: number;

  /** standings or pairs. */
  @PrimaryColumn({ ...key, name: "name", type: "text", collation: "C" })
  name!: string;

  @Column({ name: "finished_at", type: "timestamp with time zone" })
  finishedAt!: string;

  /** How long it took. */
  @Column({ name: "seconds", type: "numeric" })
  seconds!: string;
}
