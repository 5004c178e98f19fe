// What is at stake where customers stay away: the revenue at risk, against all that the same customers brought in the year before.
import { churnHorizonDays } from "../../kernel/ModelCard.ts";
import { insightBars, leastCustomers, severityOf } from "../../model/insightRules.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { money, numberOf, percent } from "./inWords.ts";

/** It names nobody, so that whoever sees figures may ask it. */
const request = "{ revenueAtRisk { customers trailingNetRevenue revenueAtRisk } }";

export const tellRevenueAtRisk: InsightFunction = async ({ ask, facts, scope }) => {
  const [found] = await ask({ kind: "revenueAtRisk" });
  // Of some countries' customers those with a line elsewhere are left out: no figure for a page that says what the business does.
  if (scope.countries !== null || found === null) return [];
  const [stake, risk] = [numberOf(found.trailingNetRevenue), numberOf(found.revenueAtRisk)];
  // By recency nothing is said to be at risk: nobody knows how much.
  if (found.customers < leastCustomers || stake === null || stake <= 0 || risk === null) return [];
  const share = risk / stake;
  return [
    {
      kind: "REVENUE_AT_RISK",
      severity: share < insightBars.risk.notice ? "INFO" : severityOf(share, insightBars.risk),
      subject: null,
      unit: "MONEY",
      figure: risk,
      comparison: stake,
      comparedWith: "their net revenue of the 365 days before",
      sentence: `Of the ${money(stake, facts.currency)} that ${found.customers.toLocaleString("en-US")} customers brought in the last 365 days, ${money(risk, facts.currency)} (${percent(share)}) are at risk: the chance of no order in the next ${churnHorizonDays} days, customer by customer.`,
      request,
      figureAt: "revenueAtRisk",
      comparisonAt: "trailingNetRevenue",
    },
  ];
};
