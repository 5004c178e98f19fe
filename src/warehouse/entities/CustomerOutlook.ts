// What is expected of each customer who has bought, in one snapshot: outputs of the models over all of the customer's lines, and the figures
// that they rest on. Whoever does not see all of these lines sees nothing of the row. Written once, by the load.
import { Column, Entity, Index, PrimaryColumn } from "typeorm";

const key = { primaryKeyConstraintName: "customer_outlook_pkey" } as const;

@Entity("customer_outlook")
@Index("customer_outlook_risk", ["riskKey", "customerKey"])
export class CustomerOutlook {
  @PrimaryColumn({ ...key, name: "customer_key", type: "text", collation: "C" })
  customerKey!: string;

  @PrimaryColumn({ ...key, name: "snapshot_id", type: "integer" })
  snapshotId!: number;

  /** CLASSIC key of the customer in this snapshot. */
  @Column({ name: "segment", type: "text", collation: "C" })
  segment!: string;

  /** Countries of all of the customer's lines. */
  @Column({ name: "countries", type: "text", array: true, collation: "C" })
  countries!: string[];

  @Column({ name: "first_order_on", type: "date" })
  firstOrderOn!: string;

  @Column({ name: "last_order_on", type: "date" })
  lastOrderOn!: string;

  @Column({ name: "recency_days", type: "integer" })
  recencyDays!: number;

  @Column({ name: "orders", type: "integer" })
  orders!: number;

  /** Days with an order after the first. */
  @Column({ name: "repeats", type: "integer" })
  repeats!: number;

  /** Days between the customer's orders on average; null where there is one day only. */
  @Column({ name: "usual_interval", type: "double precision", nullable: true })
  usualInterval!: number | null;

  @Column({ name: "gross_revenue", type: "numeric" })
  grossRevenue!: string;

  @Column({ name: "trailing_net_revenue", type: "numeric" })
  trailingNetRevenue!: string;

  /** The chance of no order in the days that the model card names; null where the list goes by recency. */
  @Column({ name: "no_order", type: "double precision", nullable: true })
  noOrder!: number | null;

  /** P(alive); null where the model does not tell who left. */
  @Column({ name: "alive", type: "double precision", nullable: true })
  alive!: number | null;

  @Column({ name: "orders_30", type: "double precision", nullable: true })
  orders30!: number | null;

  @Column({ name: "orders_90", type: "double precision", nullable: true })
  orders90!: number | null;

  @Column({ name: "orders_365", type: "double precision", nullable: true })
  orders365!: number | null;

  @Column({ name: "order_value", type: "numeric", nullable: true })
  orderValue!: string | null;

  /** Discounted, of the next twelve months. */
  @Column({ name: "lifetime_value", type: "numeric", nullable: true })
  lifetimeValue!: string | null;

  @Column({ name: "revenue_at_risk", type: "numeric", nullable: true })
  revenueAtRisk!: string | null;

  /**
   * What the list of customers at risk is in the order of, largest first, as a whole number that an index can be walked by: the revenue at
   * risk in ten thousandths, or the days since the last order. 0: not in the list.
   */
  @Column({ name: "risk_key", type: "bigint" })
  riskKey!: string;
}
