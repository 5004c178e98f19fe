// Lays the rows of an answer out as cohorts by periods, with as many periods for every cohort: a cell that cannot have been observed yet is null, never 0.
import { addMonths, firstDayOf, type Month } from "../kernel/calendar.ts";
import type { MetricRow } from "../query/answer.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import { isComplete } from "./monthsAsked.ts";
import type { Cohort, CohortPeriod } from "./types/Cohort.ts";

/** `lastPeriod`: the number of the last period, the same for every cohort. */
export function cohortTable(
  months: readonly Month[],
  lastPeriod: number,
  rows: readonly MetricRow[],
  facts: SnapshotFacts,
): Cohort[] {
  const rowOf = new Map(rows.map((row) => [`${row.cohortMonth} ${row.month}`, row]));
  return months.map((month) => {
    const size = customersOf(rowOf.get(`${month} ${month}`));
    const retention = Array.from({ length: lastPeriod + 1 }, (_, period): CohortPeriod => {
      const calendarMonth = addMonths(month, period);
      return cell(period, calendarMonth, size, rowOf.get(`${month} ${calendarMonth}`), facts);
    });
    return { month, size, retention };
  });
}

function cell(
  period: number,
  month: Month,
  size: number,
  row: MetricRow | undefined,
  facts: SnapshotFacts,
): CohortPeriod {
  const observed = firstDayOf(month) < facts.asOf;
  const customers = customersOf(row);
  const gross = row?.grossRevenue;
  return {
    period,
    month,
    observed,
    complete: isComplete(month, facts),
    customers: observed ? customers : null,
    rate: observed && size > 0 ? customers / size : null,
    grossRevenue: observed ? (typeof gross === "string" ? gross : "0") : null,
  };
}

function customersOf(row: MetricRow | undefined): number {
  return typeof row?.customers === "number" ? row.customers : 0;
}
