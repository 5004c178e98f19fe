// Goods that come back far more often than others, the largest returns first.
import { insightBars, leastCustomers, severityOf } from "../../model/insightRules.ts";
import type { MetricsRequest } from "../../query/request.ts";
import type { Insight } from "../types/Insight.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { money, numberOf, percent } from "./inWords.ts";
import { printMetricsDocument } from "./printMetricsDocument.ts";

const question = Object.freeze<MetricsRequest>({
  kind: "metrics",
  measures: ["returnRate", "returnsValue", "grossRevenue", "customers"],
  dimensions: ["product"],
  where: { lineType: { eq: "PRODUCT" } },
  having: [{ measure: "customers", gte: String(leastCustomers) }],
  orderBy: [
    { member: "returnsValue", direction: "DESC" },
    { member: "product", direction: "ASC" },
  ],
  totals: ["returnRate"],
  page: { first: 100 },
});

export const tellReturns: InsightFunction = async ({ ask, facts }) => {
  const { rows, totals } = await ask(question);
  const usual = numberOf(totals?.returnRate);
  if (usual === null || usual <= 0) return [];
  return rows
    .flatMap((row, at) => {
      const rate = numberOf(row.returnRate);
      return rate === null || rate < usual * insightBars.returns.notice ? [] : [{ row, at, rate }];
    })
    .slice(0, insightBars.returns.most)
    .map(
      ({ row, at, rate }): Insight => ({
        kind: "PRODUCT_RETURNS",
        severity: severityOf(rate / usual, insightBars.returns),
        subject: String(row.product),
        unit: "FRACTION",
        figure: rate,
        comparison: usual,
        comparedWith: "all goods",
        sentence: `Of product ${row.product}, ${money(numberOf(row.returnsValue) ?? 0, facts.currency)} came back: ${percent(rate)} of what was sold, against ${percent(usual)} of all goods.`,
        request: printMetricsDocument(question),
        figureAt: `nodes.${at}.returnRate`,
        comparisonAt: "totals.returnRate",
      }),
    );
};
