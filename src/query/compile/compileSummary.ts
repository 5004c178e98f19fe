// The statement for what a metrics request says of all its rows at once: the measures over everything asked, and how many rows there are.
import type { MetricsPlan } from "../plan.ts";
import type { MetricsRequest } from "../request.ts";
import { comparedMeasures, havingConditions, questionOf, type Setting } from "./compileMetrics.ts";
import { metricsCtes, withSql } from "./metricsSql.ts";
import { makeParameters, type Parameters, type WrittenStatement, written } from "./parameters.ts";
import type { Spine } from "./spineSql.ts";

/** How each part is answered; null where it is not asked for. */
export type SummaryPlan = Readonly<{ totals: MetricsPlan | null; count: MetricsPlan | null; spine: Spine | null }>;

/** The column that holds the number of rows. */
export const countColumn = "row count";

/** What is counted needs no measure but those that `having` compares. */
export function countedRequest(request: MetricsRequest): MetricsRequest {
  const compared = new Set((request.having ?? []).map((having) => having.measure));
  return { ...request, measures: [...compared], orderBy: [] };
}

/** Totals are of everything asked: no dimension tells rows apart, and neither `having` nor the page narrows them. */
export function totalsRequest(request: MetricsRequest): MetricsRequest {
  return { kind: "metrics", measures: [...new Set(request.totals)], dimensions: [], where: request.where };
}

/** One row: the totals and the count, each where it is asked for. */
export function compileSummary(request: MetricsRequest, setting: Setting, plan: SummaryPlan): WrittenStatement {
  const parameters = makeParameters();
  const totals = plan.totals && totalsText(request, setting, plan.totals, parameters);
  const count = plan.count && countText(request, setting, plan.count, plan.spine, parameters);
  const text =
    totals && count
      ? `SELECT totals.*, counted."${countColumn}"\nFROM (\n${totals}\n) totals\nCROSS JOIN (\n${count}\n) counted`
      : (totals ?? count);
  if (text === null) throw new Error("Neither totals nor a count is asked for.");
  return written(text, parameters);
}

function totalsText(request: MetricsRequest, setting: Setting, plan: MetricsPlan, parameters: Parameters): string {
  const asked = totalsRequest(request);
  const question = { ...questionOf(asked, setting, plan, parameters), measures: asked.measures };
  return `${withSql(metricsCtes(question))}\nSELECT *\nFROM answer`;
}

function countText(
  request: MetricsRequest,
  setting: Setting,
  plan: MetricsPlan,
  spine: Spine | null,
  parameters: Parameters,
): string {
  const asked = countedRequest(request);
  const question = {
    ...questionOf(asked, setting, plan, parameters),
    measures: asked.measures,
    compared: comparedMeasures(asked),
    spine: spine && { periods: spine, earlier: null },
  };
  const ctes = metricsCtes(question);
  const conditions = havingConditions(request.having ?? [], parameters);
  return [
    withSql(ctes),
    `SELECT count(*) AS "${countColumn}"`,
    "FROM answer",
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.join("\n  AND ")}`]),
  ].join("\n");
}
