// Recency, frequency and monetary value of every identified customer in one snapshot, over the whole population, with the
// scores and the segments that follow from them; readers are granted scores and segments only. A customer without a SALE line is
// there too, UNSCORED, with nulls.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("rfm_segments")
export class RfmSegment {
  @PrimaryColumn({ name: "customer_key", type: "text", collation: "C", primaryKeyConstraintName: "rfm_segments_pkey" })
  customerKey!: string;

  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "rfm_segments_pkey" })
  snapshotId!: number;

  @Column({ name: "last_order_on", type: "date", nullable: true })
  lastOrderOn!: string | null;

  /** asOf − date of the last order, in days. */
  @Column({ name: "recency_days", type: "integer", nullable: true })
  recencyDays!: number | null;

  /** Orders: distinct invoices with a SALE line. */
  @Column({ name: "frequency", type: "integer", nullable: true })
  frequency!: number | null;

  /** Gross revenue, in the warehouse's currency. */
  @Column({ name: "monetary", type: "numeric", nullable: true })
  monetary!: string | null;

  @Column({ name: "recency_score", type: "smallint", nullable: true })
  recencyScore!: number | null;

  @Column({ name: "frequency_score", type: "smallint", nullable: true })
  frequencyScore!: number | null;

  @Column({ name: "monetary_score", type: "smallint", nullable: true })
  monetaryScore!: number | null;

  @Column({ name: "classic", type: "text", collation: "C" })
  classic!: string;

  @Column({ name: "executive", type: "text", collation: "C" })
  executive!: string;

  @Column({ name: "detailed", type: "text", collation: "C" })
  detailed!: string;

  /** Countries of the customer's lines: read by the row policy only, never granted to the reader role. */
  @Column({ name: "countries", type: "text", array: true, collation: "C" })
  countries!: string[];
}
