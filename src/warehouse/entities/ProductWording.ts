// How often a product was called what, in one snapshot: what a product's name is chosen from. An append adds to it and takes away from it,
// so that it need not read every line again.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("product_wording")
export class ProductWording {
  @PrimaryColumn({ name: "product", type: "text", collation: "C", primaryKeyConstraintName: "product_wording_pkey" })
  product!: string;

  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "product_wording_pkey" })
  snapshotId!: number;

  /** Digest of description and category, which may be too long for an index. */
  @PrimaryColumn({ name: "wording", type: "text", collation: "C", primaryKeyConstraintName: "product_wording_pkey" })
  wording!: string;

  @Column({ name: "description", type: "text", collation: "C", nullable: true })
  description!: string | null;

  @Column({ name: "category", type: "text", collation: "C", nullable: true })
  category!: string | null;

  /** Lines of the product that say so. */
  @Column({ name: "lines", type: "bigint" })
  lines!: string;
}
