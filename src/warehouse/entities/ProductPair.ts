// What is bought with a product, over the whole population: the products that are most often in the same orders. Written once the snapshot
// is published; a pair is there twice, from either side.
import { Column, Entity, PrimaryColumn } from "typeorm";

const key = { primaryKeyConstraintName: "product_pair_pkey" } as const;

@Entity("product_pair")
export class ProductPair {
  @PrimaryColumn({ ...key, name: "snapshot_id", type: "integer" })
  snapshotId!: number;

  @PrimaryColumn({ ...key, name: "product", type: "text", collation: "C" })
  product!: string;

  @PrimaryColumn({ ...key, name: "other", type: "text", collation: "C" })
  other!: string;

  /** Orders with both. */
  @Column({ name: "together", type: "integer" })
  together!: number;

  @Column({ name: "product_orders", type: "integer" })
  productOrders!: number;

  @Column({ name: "other_orders", type: "integer" })
  otherOrders!: number;

  /** Orders with a product at all. */
  @Column({ name: "all_orders", type: "integer" })
  allOrders!: number;
}
