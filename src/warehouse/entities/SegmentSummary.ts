// View `segment_summary`: the CLASSIC segments under the session's scope, at its snapshot, GUEST and UNSCORED included.
import { ViewColumn, ViewEntity } from "typeorm";

@ViewEntity("segment_summary", { synchronize: false })
export class SegmentSummary {
  @ViewColumn({ name: "segment" })
  segment!: string;

  @ViewColumn({ name: "customers" })
  customers!: string;

  @ViewColumn({ name: "orders" })
  orders!: string;

  @ViewColumn({ name: "gross_revenue" })
  grossRevenue!: string;

  @ViewColumn({ name: "net_revenue" })
  netRevenue!: string;

  @ViewColumn({ name: "median_recency_days" })
  medianRecencyDays!: number | null;
}
