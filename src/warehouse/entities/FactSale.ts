// One row per line of a transaction file that could be loaded: the fact everything else is computed from.
// A snapshot sees the lines of its generation with `born <= snapshot < died`; lines are never changed, only ended.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("fact_sales")
export class FactSale {
  /** The customer's id, or the invoice where the line has no customer (`guest` tells which): never null, spreads the rows. */
  @PrimaryColumn({ name: "customer_key", type: "text", collation: "C", primaryKeyConstraintName: "fact_sales_pkey" })
  customerKey!: string;

  /** The store's local time, without zone. */
  @PrimaryColumn({ name: "ordered_at", type: "timestamp", precision: 0, primaryKeyConstraintName: "fact_sales_pkey" })
  orderedAt!: string;

  @PrimaryColumn({ name: "invoice", type: "text", collation: "C", primaryKeyConstraintName: "fact_sales_pkey" })
  invoice!: string;

  /** Position among the invoice's lines of this customer and country, from 1: does not depend on rows that others may not see. */
  @PrimaryColumn({ name: "line_no", type: "integer", primaryKeyConstraintName: "fact_sales_pkey" })
  lineNo!: number;

  @PrimaryColumn({ name: "country", type: "text", collation: "C", primaryKeyConstraintName: "fact_sales_pkey" })
  country!: string;

  @PrimaryColumn({ name: "guest", type: "boolean", primaryKeyConstraintName: "fact_sales_pkey" })
  guest!: boolean;

  /** A replacing load starts a new generation, which is a partition of the table. */
  @PrimaryColumn({ name: "generation", type: "integer", primaryKeyConstraintName: "fact_sales_pkey" })
  generation!: number;

  /** The snapshot that brought the line. */
  @PrimaryColumn({ name: "born", type: "integer", primaryKeyConstraintName: "fact_sales_pkey" })
  born!: number;

  /** The snapshot that withdrew the line; 2147483647 while it stands. */
  @Column({ name: "died", type: "integer" })
  died!: number;

  @Column({ name: "product", type: "text", collation: "C" })
  product!: string;

  @Column({ name: "quantity", type: "integer" })
  quantity!: number;

  @Column({ name: "unit_price", type: "numeric" })
  unitPrice!: string;

  /** quantity × unit price, exactly. */
  @Column({ name: "amount", type: "numeric" })
  amount!: string;

  /** SALE, RETURN, WRITE_OFF or ADJUSTMENT. */
  @Column({ name: "kind", type: "text", collation: "C" })
  kind!: string;

  /** PRODUCT, POSTAGE, MANUAL, DISCOUNT, SAMPLE, FEE, GIFT_CARD or OTHER. */
  @Column({ name: "line_type", type: "text", collation: "C" })
  lineType!: string;

  /** What the line itself calls its product, without white space at its edges; null where it says nothing. */
  @Column({ name: "description", type: "text", collation: "C", nullable: true })
  description!: string | null;

  @Column({ name: "category", type: "text", collation: "C", nullable: true })
  category!: string | null;
}
