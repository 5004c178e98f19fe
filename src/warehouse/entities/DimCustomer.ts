// What a layout says of a customer beyond the id: the name, which is personal. Only customers with something to say have a row.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("dim_customer")
export class DimCustomer {
  @PrimaryColumn({ name: "customer_key", type: "text", collation: "C", primaryKeyConstraintName: "dim_customer_pkey" })
  customerKey!: string;

  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "dim_customer_pkey" })
  snapshotId!: number;

  @Column({ name: "name", type: "text" })
  name!: string;
}
