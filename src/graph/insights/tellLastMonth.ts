// How complete the last month of the data is: who lays it beside the month before should know.
import { addMonths, daysBetween, daysIn, firstDayOf, monthOf } from "../../kernel/calendar.ts";
import { leastCustomers } from "../../model/insightRules.ts";
import type { MetricsRequest } from "../../query/request.ts";
import { isComplete, isWholeFromStart } from "../monthsAsked.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { money, numberOf } from "./inWords.ts";
import { printMetricsDocument } from "./printMetricsDocument.ts";

export const tellLastMonth: InsightFunction = async ({ ask, facts }) => {
  const month = monthOf(facts.dataThrough);
  const question: MetricsRequest = {
    kind: "metrics",
    measures: ["grossRevenue", "customers"],
    dimensions: ["month"],
    where: { month: { eq: month } },
    earlier: [{ periods: 1, years: 0 }],
    page: { first: 1 },
  };
  const { rows, earlier } = await ask(question);
  const figure = numberOf(rows[0]?.grossRevenue);
  if (figure === null || (numberOf(rows[0]?.customers) ?? 0) < leastCustomers) return [];
  const former = earlier[0]?.[0];
  // Nothing is laid beside a month of too few customers, or beside one that the data begins in.
  const isComparable =
    (numberOf(former?.customers) ?? 0) >= leastCustomers && isWholeFromStart(addMonths(month, -1), facts);
  const comparison = isComparable ? numberOf(former?.grossRevenue) : null;
  const complete = isComplete(month, facts);
  const days = daysIn(Number(month.slice(0, 4)), Number(month.slice(5, 7)));
  const seen = daysBetween(firstDayOf(month), facts.dataThrough) + 1;
  const brought = `${month} brought ${money(figure, facts.currency)}`;
  return [
    {
      kind: "LAST_MONTH",
      severity: complete ? "INFO" : "NOTICE",
      subject: month,
      unit: "MONEY",
      figure,
      comparison,
      comparedWith: "the whole month before",
      sentence: complete
        ? `${brought}, and is complete.`
        : `${brought} so far: the data ends on ${facts.dataThrough}, after ${seen} of ${days} days. Do not lay it beside a whole month.`,
      request: printMetricsDocument(question),
      figureAt: "nodes.0.grossRevenue",
      comparisonAt: comparison === null ? null : "nodes.0.previous.grossRevenue",
    },
  ];
};
