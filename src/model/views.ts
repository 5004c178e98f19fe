// Published views: named sets of members, which become views of the warehouse under row-level security.

import { CohortRetention } from "../warehouse/entities/CohortRetention.ts";
import { Customer360 } from "../warehouse/entities/Customer360.ts";
import { RevenueByMonth } from "../warehouse/entities/RevenueByMonth.ts";
import { SegmentSummary } from "../warehouse/entities/SegmentSummary.ts";
import type { ColumnRef } from "./column.ts";
import type { DimensionName } from "./dimensions.ts";
import type { MeasureName } from "./measures.ts";

export type View = Readonly<{
  entity: ColumnRef["entity"];
  description: string;
  dimensions: readonly DimensionName[];
  measures: readonly MeasureName[];
  /** Only lines of identified customers. */
  identifiedOnly: boolean;
  /** Columns that are not called after their member. */
  columns?: Readonly<Partial<Record<DimensionName | MeasureName, string>>>;
}>;

export const views: readonly View[] = Object.freeze([
  {
    entity: Customer360,
    description: "One row per identified customer with a visible line: the single customer view.",
    dimensions: ["customer", "cohortMonth", "segment", "segmentExecutive", "segmentDetailed"],
    measures: [
      "firstPurchaseAt",
      "lastPurchaseAt",
      "recencyDays",
      "orders",
      "units",
      "grossRevenue",
      "returnsValue",
      "netRevenue",
      "latestCountry",
      "countries",
    ],
    identifiedOnly: true,
    columns: { customer: "customer_id" },
  },
  {
    entity: RevenueByMonth,
    description: "Revenue, orders and customers by calendar month.",
    dimensions: ["month"],
    measures: ["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "newCustomers", "units"],
    identifiedOnly: false,
  },
  {
    entity: CohortRetention,
    description: "Customers of each monthly cohort by the month in which they bought again.",
    dimensions: ["cohortMonth", "month"],
    measures: ["customers", "grossRevenue"],
    identifiedOnly: true,
  },
  {
    entity: SegmentSummary,
    description: "Customers, orders and revenue of the CLASSIC segments.",
    dimensions: ["segment"],
    measures: ["customers", "orders", "grossRevenue", "netRevenue", "medianRecencyDays"],
    identifiedOnly: false,
  },
]);
