// View `revenue_by_month`: one row per month with a line that the session's scope keeps, at the session's snapshot.
import { ViewColumn, ViewEntity } from "typeorm";

@ViewEntity("revenue_by_month", { synchronize: false })
export class RevenueByMonth {
  /** First day of the month. */
  @ViewColumn({ name: "month" })
  month!: string;

  @ViewColumn({ name: "gross_revenue" })
  grossRevenue!: string;

  @ViewColumn({ name: "net_revenue" })
  netRevenue!: string;

  @ViewColumn({ name: "returns_value" })
  returnsValue!: string;

  @ViewColumn({ name: "orders" })
  orders!: string;

  @ViewColumn({ name: "customers" })
  customers!: string;

  @ViewColumn({ name: "new_customers" })
  newCustomers!: string;

  @ViewColumn({ name: "units" })
  units!: string;
}
