// Where each customer stood in a snapshot, by country: segments, scores and the values behind them. Written once the snapshot is
// published, and read of two snapshots at a time, which no other table allows: what moved is asked of it. Guests stand together.
import { Column, Entity, PrimaryColumn } from "typeorm";

const key = { primaryKeyConstraintName: "customer_standing_pkey" } as const;
const score = { type: "smallint", nullable: true } as const;

@Entity("customer_standing")
export class CustomerStanding {
  @PrimaryColumn({ ...key, name: "snapshot_id", type: "integer" })
  snapshotId!: number;

  /** The customer's id; empty for the guests. */
  @PrimaryColumn({ ...key, name: "customer_key", type: "text", collation: "C" })
  customerKey!: string;

  @PrimaryColumn({ ...key, name: "guest", type: "boolean" })
  guest!: boolean;

  @PrimaryColumn({ ...key, name: "country", type: "text", collation: "C" })
  country!: string;

  /** CLASSIC key of the customer in this snapshot, GUEST or UNSCORED. */
  @Column({ name: "classic", type: "text", collation: "C" })
  classic!: string;

  @Column({ name: "executive", type: "text", collation: "C" })
  executive!: string;

  @Column({ name: "detailed", type: "text", collation: "C" })
  detailed!: string;

  @Column({ ...score, name: "recency_score" })
  recencyScore!: number | null;

  @Column({ ...score, name: "frequency_score" })
  frequencyScore!: number | null;

  @Column({ ...score, name: "monetary_score" })
  monetaryScore!: number | null;

  /** Day of the last SALE line in this country; null where there is none. */
  @Column({ name: "last_order_on", type: "date", nullable: true })
  lastOrderOn!: string | null;

  /** Different invoices with a SALE line in this country. */
  @Column({ name: "orders", type: "integer" })
  orders!: number;

  @Column({ name: "gross_revenue", type: "numeric" })
  grossRevenue!: string;

  @Column({ name: "returns_value", type: "numeric" })
  returnsValue!: string;
}
