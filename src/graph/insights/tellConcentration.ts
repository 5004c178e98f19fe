// How much of the revenue hangs on few customers: the best fifth, and the best ten.
import { insightBars, leastCustomers, severityOf } from "../../model/insightRules.ts";
import type { MetricsRequest } from "../../query/request.ts";
import type { Insight } from "../types/Insight.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { numberOf, percent } from "./inWords.ts";
import { printMetricsDocument } from "./printMetricsDocument.ts";

const question = Object.freeze<MetricsRequest>({
  kind: "metrics",
  measures: [],
  dimensions: [],
  rows: false,
  totals: ["topFifthShare", "topTenShare", "customers"],
});

export const tellConcentration: InsightFunction = async ({ ask }) => {
  const { totals } = await ask(question);
  const customers = numberOf(totals?.customers) ?? 0;
  const [fifth, ten] = [numberOf(totals?.topFifthShare), numberOf(totals?.topTenShare)];
  if (customers < leastCustomers || fifth === null || ten === null) return [];
  const told = (name: "topFifthShare" | "topTenShare", figure: number, even: number, who: string): Insight => ({
    kind: "CONCENTRATION",
    severity: figure < insightBars[name].notice ? "INFO" : severityOf(figure, insightBars[name]),
    subject: null,
    unit: "FRACTION",
    figure,
    comparison: even,
    comparedWith: "an even spread",
    sentence: `${who} of ${customers.toLocaleString("en-US")} customers bring ${percent(figure)} of the gross revenue of identified customers.`,
    request: printMetricsDocument(question),
    figureAt: `totals.${name}`,
    comparisonAt: null,
  });
  return [
    told("topFifthShare", fifth, 0.2, "The best fifth"),
    told("topTenShare", ten, 10 / customers, "The ten best"),
  ];
};
