// Who is to be won back, in the first form that rests on recency alone: which segments, and whose loss would cost most.
import type { MeasureName } from "./measures.ts";
import type { SegmentKey } from "./segmentSchemes.ts";

/** CLASSIC segments of customers who have not bought for a while. */
export const churnRiskSegments: readonly SegmentKey[] = Object.freeze(["AT_RISK", "CHURN_RISK"]);

/** What is at risk; the largest first. */
export const revenueAtRisk: MeasureName = "trailingNetRevenue";
