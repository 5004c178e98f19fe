// The card of a snapshot's models: parameters, how far they can be believed, and how they did on days held back.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("model_card")
export class ModelCard {
  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "model_card_pkey" })
  snapshotId!: number;

  /** As `intelligence/ModelCard.ts` declares it. */
  @Column({ name: "card", type: "jsonb" })
  card!: unknown;
}
