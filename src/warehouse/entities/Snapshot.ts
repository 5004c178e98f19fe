// One published state of the warehouse and the facts about it that everyone may know: dates, currency, RFM cut-points.
import { Column, Entity, PrimaryColumn } from "typeorm";

@Entity("snapshot")
export class Snapshot {
  @PrimaryColumn({ name: "snapshot_id", type: "integer", primaryKeyConstraintName: "snapshot_pkey" })
  snapshotId!: number;

  @Column({ name: "generation", type: "integer" })
  generation!: number;

  @Column({ name: "load_run_id", type: "integer" })
  loadRunId!: number;

  /** What was loaded and how: equal for a load that would change nothing. */
  @Column({ name: "fingerprint", type: "text", collation: "C" })
  fingerprint!: string;

  @Column({ name: "published_at", type: "timestamp with time zone" })
  publishedAt!: string;

  /** The day the figures are seen from: the day after the last line's, unless the operator set one. */
  @Column({ name: "as_of", type: "date" })
  asOf!: string;

  @Column({ name: "data_from", type: "date" })
  dataFrom!: string;

  @Column({ name: "data_through", type: "date" })
  dataThrough!: string;

  /** ISO 4217. */
  @Column({ name: "currency", type: "text" })
  currency!: string;

  @Column({ name: "lines", type: "bigint" })
  lines!: string;

  @Column({ name: "recency_cuts", type: "date", array: true })
  recencyCuts!: string[];

  @Column({ name: "frequency_cuts", type: "integer", array: true })
  frequencyCuts!: number[];

  @Column({ name: "monetary_cuts", type: "numeric", array: true })
  monetaryCuts!: string[];

  /** Names of the rollups that hold this snapshot whole. */
  @Column({ name: "rollups", type: "text", array: true, collation: "C", default: () => "'{sales_order}'" })
  rollups!: string[];

  /** Each of those names with a digest of what the rollup was declared to hold: one that was declared anew since is not read. */
  @Column({
    name: "rollup_keys",
    type: "text",
    array: true,
    collation: "C",
    default: () => "'{sales_order@75310abc37da}'",
  })
  rollupKeys!: string[];

  /** The snapshot that was published before; null for the first. */
  @Column({ name: "former_snapshot_id", type: "integer", nullable: true })
  formerSnapshotId!: number | null;

  /** Whether it holds the generated sample, which nothing real is compared with or added to. */
  @Column({ name: "is_sample", type: "boolean", default: false })
  isSample!: boolean;

  /** The measure that customers' monetary scores are made of: grossRevenue or netRevenue. */
  @Column({ name: "monetary", type: "text", default: "grossRevenue" })
  monetary!: string;

  /** The snapshot whose cut-points were frozen and are kept here; null where they are of this snapshot's own customers. */
  @Column({ name: "cuts_of", type: "integer", nullable: true })
  cutsOf!: number | null;

  /** Lines and amount by kind, as `{ SALE: { lines, amount } }`; null where an older version made it. Never granted. */
  @Column({ name: "amounts", type: "jsonb", nullable: true })
  amounts!: unknown;
}
