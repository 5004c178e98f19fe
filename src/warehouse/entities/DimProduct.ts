// One row per product of a snapshot: its description is the most frequent one among all its lines, a fact of the whole population.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("dim_product")
export class DimProduct {
  @PrimaryColumn({ name: "product", type: "text", collation: "C", primaryKeyConstraintName: "dim_product_pkey" })
  product!: string;

  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "dim_product_pkey" })
  snapshotId!: number;

  @Column({ name: "description", type: "text", collation: "C", nullable: true })
  description!: string | null;

  @Column({ name: "category", type: "text", collation: "C", nullable: true })
  category!: string | null;
}
