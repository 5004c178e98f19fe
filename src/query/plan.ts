// Decides what a metrics question is answered from: the smallest source whose rows keep apart everything that is asked, so that the
// answer is exact, else the lines.
import type { DimensionName } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import { rollups } from "../model/rollups.ts";
import { aggregateOf, innerMeasureOf, type MeasureParts, partsOf } from "./compile/measureParts.ts";
import { sessionMoment } from "./compile/moment.ts";
import { knowsDimensions } from "./compile/rowSet.ts";
import { lineSource, rollupSource, type Source } from "./compile/source.ts";

/** Smallest first; the lines can answer everything. */
export const sources: readonly Source[] = Object.freeze([...rollups.map(rollupSource), lineSource]);

/** The smallest source that knows every customer's orders. */
export const orderSource: Source = (() => {
  const found = sources.find(
    (source) => source.storesSegments && canAnswer(source, partsOf(["firstPurchaseAt"]), ["customer"]),
  );
  if (!found) throw new Error("No stored aggregate knows every customer's first order and segment.");
  return found;
})();

export type MetricsPlan = Readonly<{ source: Source; orders: Source; parts: MeasureParts }>;

/** `dimensions`: everything that is grouped by or filtered on. */
export function planMetrics(measures: readonly MeasureName[], dimensions: readonly DimensionName[]): MetricsPlan {
  const parts = partsOf(measures);
  const source = sources.find((candidate) => canAnswer(candidate, parts, dimensions)) ?? lineSource;
  return { source, orders: orderSource, parts };
}

function canAnswer(source: Source, parts: MeasureParts, dimensions: readonly DimensionName[]): boolean {
  const inner = partsOf(parts.overCustomers.map(innerMeasureOf)).aggregates;
  return (
    knowsDimensions(source, dimensions) &&
    [...parts.aggregates, ...inner].every((name) => source.aggregate(aggregateOf(name), sessionMoment, []) !== null)
  );
}
