// Stored aggregate: what each customer did in each period, by sets of countries, so that every figure of a customer is a sum over the
// rows whose set lies within what the asker may see. Guests stand together as one. The key begins with the period: whoever asks for all
// customers and whoever asks for one name it. The grain comes late, because few values in front make a key dear to sort.
import { Check, Column, Entity, PrimaryColumn } from "typeorm";

const key = { primaryKeyConstraintName: "customer_cell_pkey" } as const;

@Entity("customer_cell")
@Check("customer_cell_countries", "cardinality(countries) > 0")
export class CustomerCell {
  @PrimaryColumn({ ...key, name: "snapshot_id", type: "integer" })
  snapshotId!: number;

  /** First day of the period; 0001-01-01 where the grain is ever. */
  @PrimaryColumn({ ...key, name: "period", type: "date" })
  period!: string;

  /** The customer's id; empty for the guests. */
  @PrimaryColumn({ ...key, name: "customer_key", type: "text", collation: "C" })
  customerKey!: string;

  /** ever, year, quarter or month. */
  @PrimaryColumn({ ...key, name: "grain", type: "text", collation: "C" })
  grain!: string;

  @PrimaryColumn({ ...key, name: "guest", type: "boolean" })
  guest!: boolean;

  /**
   * In alphabetical order, never empty: an empty set would lie within every scope. One country: figures of its lines. More: what the
   * counts are corrected by where all of these countries are looked at together; sums are 0 there and times null.
   */
  @PrimaryColumn({ ...key, name: "countries", type: "text", array: true, collation: "C" })
  countries!: string[];

  /** CLASSIC key of the customer in this snapshot, GUEST or UNSCORED. */
  @Column({ name: "segment", type: "text", collation: "C" })
  segment!: string;

  @Column({ name: "segment_executive", type: "text", collation: "C" })
  segmentExecutive!: string;

  @Column({ name: "segment_detailed", type: "text", collation: "C" })
  segmentDetailed!: string;

  @Column({ name: "lines", type: "bigint" })
  lines!: string;

  @Column({ name: "sale_lines", type: "bigint" })
  saleLines!: string;

  @Column({ name: "units", type: "bigint" })
  units!: string;

  @Column({ name: "gross_revenue", type: "numeric" })
  grossRevenue!: string;

  @Column({ name: "returns_value", type: "numeric" })
  returnsValue!: string;

  @Column({ name: "product_returns_value", type: "numeric" })
  productReturnsValue!: string;

  /** Time of the first SALE line; null where there is none. */
  @Column({ name: "first_sale_at", type: "timestamp", precision: 0, nullable: true })
  firstSaleAt!: string | null;

  /** Time of the last SALE line; null where there is none. */
  @Column({ name: "last_sale_at", type: "timestamp", precision: 0, nullable: true })
  lastSaleAt!: string | null;

  /** Different invoices with a SALE line; may be negative where the set has several countries. */
  @Column({ name: "orders", type: "bigint" })
  orders!: string;
}
