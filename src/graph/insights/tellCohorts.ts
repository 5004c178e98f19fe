// The cohort that kept most of its customers in the month after their first, and the one that lost most, against all cohorts together.
import { addMonths, type Month } from "../../kernel/calendar.ts";
import { insightBars, leastCustomers, severityOf } from "../../model/insightRules.ts";
import type { MetricsRequest } from "../../query/request.ts";
import { isComplete } from "../monthsAsked.ts";
import type { Insight } from "../types/Insight.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { numberOf, percent } from "./inWords.ts";
import { printMetricsDocument } from "./printMetricsDocument.ts";

const question = Object.freeze<MetricsRequest>({
  kind: "metrics",
  measures: ["customers"],
  dimensions: ["cohortMonth", "month"],
  where: { customerType: { eq: "IDENTIFIED" } },
  // A cohort of which nobody came back has a row for that month too.
  spine: true,
  page: { first: 10_000 },
});

export const tellCohorts: InsightFunction = async ({ ask, facts }) => {
  const { rows, hasNextPage } = await ask(question);
  // More cohorts than a page has rows of: a hundred and more, of which the question would reproduce a part.
  if (hasNextPage) return [];
  const places = new Map(rows.map((row, at) => [`${row.cohortMonth} ${row.month}`, at]));
  const customersIn = (cohort: Month, month: Month) => {
    const at = places.get(`${cohort} ${month}`);
    return at === undefined ? null : { at, customers: numberOf(rows[at]?.customers) ?? 0 };
  };
  const cohorts = rows.flatMap((row) => {
    const cohort = row.cohortMonth as Month | null;
    if (cohort === null || row.month !== cohort || !isComplete(addMonths(cohort, 1), facts)) return [];
    const [size, back] = [numberOf(row.customers) ?? 0, customersIn(cohort, addMonths(cohort, 1))];
    return size >= leastCustomers && back ? [{ cohort, size, ...back }] : [];
  });
  const all = cohorts.reduce((sum, { size }) => sum + size, 0);
  const usual = cohorts.reduce((sum, { customers }) => sum + customers, 0) / all;
  if (cohorts.length < 3 || !(usual > 0)) return [];
  const byRate = cohorts.toSorted(
    (a, b) => a.customers / a.size - b.customers / b.size || (a.cohort < b.cohort ? -1 : 1),
  );
  const told = (which: (typeof cohorts)[number] | undefined, kind: "COHORT_KEPT" | "COHORT_LOST"): Insight[] => {
    if (!which) return [];
    const { cohort, size, customers, at } = which;
    const deviation = (customers / size / usual - 1) * (kind === "COHORT_KEPT" ? 1 : -1);
    if (deviation < insightBars.cohort.notice) return [];
    return [
      {
        kind,
        severity: kind === "COHORT_KEPT" ? "INFO" : severityOf(deviation, insightBars.cohort),
        subject: cohort,
        unit: "CUSTOMERS",
        figure: customers,
        comparison: size * usual,
        comparedWith: `what ${percent(usual)}, the rate of all cohorts, would be`,
        sentence: `Of ${size.toLocaleString("en-US")} customers who first bought in ${cohort}, ${percent(customers / size)} came back in the next month, against ${percent(usual)} of all cohorts.`,
        request: printMetricsDocument(question),
        figureAt: `nodes.${at}.customers`,
        comparisonAt: null,
      },
    ];
  };
  return [...told(byRate.at(-1), "COHORT_KEPT"), ...told(byRate[0], "COHORT_LOST")];
};
