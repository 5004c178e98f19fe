// The first stored aggregate: lines summed to one row per invoice, customer, country and day, with the customer's segments beside them.
// Its grain keeps invoice and customer apart, so distinct counts over it are exact. Filled from the model's declaration by the load.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("sales_order")
export class SalesOrder {
  @PrimaryColumn({ name: "customer_key", type: "text", collation: "C", primaryKeyConstraintName: "sales_order_pkey" })
  customerKey!: string;

  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "sales_order_pkey" })
  snapshotId!: number;

  @PrimaryColumn({ name: "guest", type: "boolean", primaryKeyConstraintName: "sales_order_pkey" })
  guest!: boolean;

  @PrimaryColumn({ name: "invoice", type: "text", collation: "C", primaryKeyConstraintName: "sales_order_pkey" })
  invoice!: string;

  @PrimaryColumn({ name: "country", type: "text", collation: "C", primaryKeyConstraintName: "sales_order_pkey" })
  country!: string;

  @PrimaryColumn({ name: "ordered_on", type: "date", primaryKeyConstraintName: "sales_order_pkey" })
  orderedOn!: string;

  /** CLASSIC key of the customer in this snapshot, GUEST or UNSCORED. */
  @Column({ name: "segment", type: "text", collation: "C" })
  segment!: string;

  @Column({ name: "segment_executive", type: "text", collation: "C" })
  segmentExecutive!: string;

  @Column({ name: "segment_detailed", type: "text", collation: "C" })
  segmentDetailed!: string;

  @Column({ name: "lines", type: "integer" })
  lines!: number;

  @Column({ name: "sale_lines", type: "integer" })
  saleLines!: number;

  @Column({ name: "units", type: "bigint" })
  units!: string;

  @Column({ name: "gross_revenue", type: "numeric" })
  grossRevenue!: string;

  @Column({ name: "returns_value", type: "numeric" })
  returnsValue!: string;

  @Column({ name: "product_returns_value", type: "numeric" })
  productReturnsValue!: string;

  /** Time of the first SALE line; null where the row has none. */
  @Column({ name: "first_sale_at", type: "timestamp", precision: 0, nullable: true })
  firstSaleAt!: string | null;

  /** Time of the last SALE line; null where the row has none. */
  @Column({ name: "last_sale_at", type: "timestamp", precision: 0, nullable: true })
  lastSaleAt!: string | null;
}
