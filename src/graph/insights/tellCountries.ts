// Countries whose revenue moved most from the last complete month but one to the last complete month.
import { addMonths, monthOf } from "../../kernel/calendar.ts";
import { insightBars, leastCustomers, severityOf } from "../../model/insightRules.ts";
import type { MetricsRequest } from "../../query/request.ts";
import { isComplete } from "../monthsAsked.ts";
import type { Insight } from "../types/Insight.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { change, money, numberOf } from "./inWords.ts";
import { printMetricsDocument } from "./printMetricsDocument.ts";

const mostCountries = 1_000;

export const tellCountries: InsightFunction = async ({ ask, facts }) => {
  const last = monthOf(facts.dataThrough);
  const month = isComplete(last, facts) ? last : addMonths(last, -1);
  const before = addMonths(month, -1);
  if (before < monthOf(facts.dataFrom)) return [];
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
