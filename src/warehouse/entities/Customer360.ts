// View `customer_360`: one row per identified customer with a line that the session's scope keeps, at the session's snapshot.
import { ViewColumn, ViewEntity } from "typeorm";

@ViewEntity("customer_360", { synchronize: false })
export class Customer360 {
  @ViewColumn({ name: "customer_id" })
  customerId!: string;

  @ViewColumn({ name: "first_purchase_at" })
  firstPurchaseAt!: string | null;

  @ViewColumn({ name: "last_purchase_at" })
  lastPurchaseAt!: string | null;

  @ViewColumn({ name: "recency_days" })
  recencyDays!: number | null;

  @ViewColumn({ name: "orders" })
  orders!: string;

  @ViewColumn({ name: "units" })
  units!: string;

  @ViewColumn({ name: "gross_revenue" })
  grossRevenue!: string;

  @ViewColumn({ name: "returns_value" })
  returnsValue!: string;

  @ViewColumn({ name: "net_revenue" })
  netRevenue!: string;

  @ViewColumn({ name: "latest_country" })
  latestCountry!: string | null;

  @ViewColumn({ name: "countries" })
  countries!: string[];

  @ViewColumn({ name: "cohort_month" })
  cohortMonth!: string | null;

  @ViewColumn({ name: "segment" })
  segment!: string;

  @ViewColumn({ name: "segment_executive" })
  segmentExecutive!: string;

  @ViewColumn({ name: "segment_detailed" })
  segmentDetailed!: string;
}
