// Countries whose revenue moved most from the last complete month but one to the last complete month.
import { addMonths, type Month, monthOf } from "../../kernel/calendar.ts";
import { insightBars, leastCustomers, severityOf } from "../../model/insightRules.ts";
import type { MetricsRequest } from "../../query/request.ts";
import type { SnapshotFacts } from "../../query/snapshotFacts.ts";
import { isComplete, isWholeFromStart } from "../monthsAsked.ts";
import type { Insight } from "../types/Insight.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { change, money, numberOf } from "./inWords.ts";
import { printMetricsDocument } from "./printMetricsDocument.ts";

const mostCountries = 1_000;

/** The last month of the data that is complete; where an earlier day is set as asOf, others after it are not. */
function lastComplete(facts: SnapshotFacts): Month {
  let month = monthOf(facts.dataThrough);
  while (!isComplete(month, facts) && month >= monthOf(facts.dataFrom)) month = addMonths(month, -1);
  return month;
}

export const tellCountries: InsightFunction = async ({ ask, facts }) => {
  const month = lastComplete(facts);
  const before = addMonths(month, -1);
  if (!isWholeFromStart(before, facts)) return [];
  const question: MetricsRequest = {
    kind: "metrics",
    measures: ["grossRevenue", "customers"],
    dimensions: ["country", "month"],
    where: { month: { eq: month } },
    orderBy: [
      { member: "grossRevenue", direction: "DESC" },
      { member: "country", direction: "ASC" },
    ],
    earlier: [{ periods: 1, years: 0 }],
    page: { first: mostCountries },
  };
  const { rows, earlier } = await ask(question);
  const moved = rows.flatMap((row, at) => {
    const former = earlier[0]?.[at];
    const [now, then] = [numberOf(row.grossRevenue), numberOf(former?.grossRevenue)];
    const fewest = Math.min(numberOf(row.customers) ?? 0, numberOf(former?.customers) ?? 0);
    if (now === null || then === null || then <= 0 || fewest < leastCustomers) return [];
    const deviation = Math.abs(now - then) / then;
    return deviation < insightBars.country.notice ? [] : [{ at, country: String(row.country), now, then, deviation }];
  });
  return moved
    .toSorted((a, b) => Math.abs(b.now - b.then) - Math.abs(a.now - a.then))
    .slice(0, insightBars.country.most)
    .map(
      ({ at, country, now, then, deviation }): Insight => ({
        kind: "COUNTRY_MOVED",
        severity: now >= then ? "INFO" : severityOf(deviation, insightBars.country),
        subject: country,
        unit: "MONEY",
        figure: now,
        comparison: then,
        comparedWith: `the month before, ${before}`,
        sentence: `${country} brought ${money(now, facts.currency)} in ${month}, ${change(now, then)} on the month before.`,
        request: printMetricsDocument(question),
        figureAt: `nodes.${at}.grossRevenue`,
        comparisonAt: `nodes.${at}.previous.grossRevenue`,
      }),
    );
};
