// View `cohort_retention`: customers of each cohort who bought in each month, under the session's scope, at its snapshot.
import { ViewColumn, ViewEntity } from "typeorm";

@ViewEntity("cohort_retention", { synchronize: false })
export class CohortRetention {
  /** First day of the month of the customers' first order. */
  @ViewColumn({ name: "cohort_month" })
  cohortMonth!: string;

  /** First day of the month in which they bought. */
  @ViewColumn({ name: "month" })
  month!: string;

  @ViewColumn({ name: "customers" })
  customers!: string;

  @ViewColumn({ name: "gross_revenue" })
  grossRevenue!: string;
}
