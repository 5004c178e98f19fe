// Segments that gained or lost most customers since the snapshot that was published before.
import { Consumer360Error } from "../../kernel/errors.ts";
import { insightBars, leastCustomers, severityOf } from "../../model/insightRules.ts";
import { bestFirst, describedSegment, segmentSchemes } from "../../model/segmentSchemes.ts";
import type { MetricsRequest } from "../../query/request.ts";
import { movementsOf } from "../movementsOf.ts";
import type { Insight } from "../types/Insight.ts";
import type { InsightFunction } from "./InsightFunction.ts";
import { change, numberOf } from "./inWords.ts";
import { printMetricsDocument } from "./printMetricsDocument.ts";

const question = Object.freeze<MetricsRequest>({
  kind: "metrics",
  measures: ["customersWithLines"],
  dimensions: ["segment"],
  page: { first: 50 },
});
/** From the third on a segment that grows is nothing to be glad of. */
const ranks = bestFirst(segmentSchemes.CLASSIC);

const noneWhereExpired = (cause: unknown): readonly [null] => {
  if (cause instanceof Consumer360Error && cause.code === "SNAPSHOT_EXPIRED") return [null];
  throw cause;
};

export const tellSegments: InsightFunction = async ({ ask, facts }) => {
  // Nothing to compare with: the first snapshot, and one whose predecessor is no longer kept or not yet looked at.
  if (facts.formerSnapshotId === null) return [];
  const [found] = await ask({ kind: "segmentMovements", scheme: "CLASSIC" }).catch(noneWhereExpired);
  if (found === null) return [];
  const { moves, from } = movementsOf("CLASSIC", found);
  const { rows } = await ask(question);
  const moved = rows.flatMap((row, at) => {
    const key = ranks.find((each) => each === row.segment);
    const now = numberOf(row.customersWithLines) ?? 0;
    const then = moves.filter((move) => move.from === key).reduce((sum, { customers }) => sum + customers, 0);
    if (key === undefined || Math.min(now, then) < leastCustomers) return [];
    const deviation = Math.abs(now - then) / then;
    return deviation < insightBars.segment.notice ? [] : [{ at, key, now, then, deviation }];
  });
  return moved
    .toSorted((a, b) => Math.abs(b.now - b.then) - Math.abs(a.now - a.then))
    .slice(0, insightBars.segment.most)
    .map(({ at, key, now, then, deviation }): Insight => {
      const isGood = now >= then === ranks.indexOf(key) < 3;
      const { name } = describedSegment("CLASSIC", key);
      return {
        kind: "SEGMENT_MOVED",
        severity: isGood ? "INFO" : severityOf(deviation, insightBars.segment),
        subject: key,
        unit: "CUSTOMERS",
        figure: now,
        comparison: then,
        comparedWith: `snapshot ${from}`,
        sentence: `${name} are ${now.toLocaleString("en-US")} customers, ${change(now, then)} since snapshot ${from}.`,
        request: printMetricsDocument(question),
        figureAt: `nodes.${at}.customersWithLines`,
        comparisonAt: null,
      };
    });
};
