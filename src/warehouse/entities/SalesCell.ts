// Stored aggregate: the business in each period, by sets of countries and segments. A few thousand rows, however many lines there are.
// Sums stand in the rows with one country and one segment; a distinct count is the sum of its column over all rows whose sets lie
// within what is asked, since rows with larger sets take back what the smaller ones count twice. Sets are in alphabetical order and
// never empty: an empty one would lie within every scope.
import { Check, Column, Entity, PrimaryColumn } from "typeorm";

const key = { primaryKeyConstraintName: "sales_cell_pkey" } as const;
const set = { ...key, type: "text", array: true, collation: "C" } as const;

@Entity("sales_cell")
@Check(
  "sales_cell_sets",
  "cardinality(countries) > 0 AND cardinality(segments) > 0 AND cardinality(segments_executive) > 0 AND cardinality(segments_detailed) > 0 AND cardinality(customer_types) > 0",
)
export class SalesCell {
  @PrimaryColumn({ ...key, name: "snapshot_id", type: "integer" })
  snapshotId!: number;

  /** ever, year, quarter or month. */
  @PrimaryColumn({ ...key, name: "grain", type: "text", collation: "C" })
  grain!: string;

  /** First day of the period; 0001-01-01 where the grain is ever. */
  @PrimaryColumn({ ...key, name: "period", type: "date" })
  period!: string;

  @PrimaryColumn({ ...set, name: "countries" })
  countries!: string[];

  /** CLASSIC keys, GUEST, UNSCORED. */
  @PrimaryColumn({ ...set, name: "segments" })
  segments!: string[];

  @PrimaryColumn({ ...set, name: "segments_executive" })
  segmentsExecutive!: string[];

  @PrimaryColumn({ ...set, name: "segments_detailed" })
  segmentsDetailed!: string[];

  /** IDENTIFIED, GUEST. */
  @PrimaryColumn({ ...set, name: "customer_types" })
  customerTypes!: string[];

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

  @Column({ name: "orders", type: "bigint" })
  orders!: string;

  @Column({ name: "customers", type: "bigint" })
  customers!: string;

  @Column({ name: "new_customers", type: "bigint" })
  newCustomers!: string;

  @Column({ name: "repeat_customers", type: "bigint" })
  repeatCustomers!: string;
}
