// The segments of a scheme as the graph shows them: every key that the scope may see, in the scheme's order, with figures of 0 where no line is.

import { segmentDimensions } from "../model/dimensions.ts";
import type { Scope } from "../model/scope.ts";
import { describedSegment, keysOf, reachableKeys, type SchemeName, type SegmentKey } from "../model/segmentSchemes.ts";
import type { MetricRow } from "../query/answer.ts";
import type { Where } from "../query/request.ts";
import { figuresOf } from "./figuresOf.ts";
import { Segment } from "./types/Segment.ts";

/** The keys of a scheme that customers whom the scope keeps can have. */
export function visibleKeys(scheme: SchemeName, { segments }: Scope): SegmentKey[] {
  if (segments === null) return keysOf(scheme);
  return scheme === "CLASSIC"
    ? keysOf(scheme).filter((key) => segments.includes(key))
    : reachableKeys(scheme, segments);
}

/** A segment with its figures. `rows`: those of all segments of the scheme. */
export function segmentOfRows(
  scheme: SchemeName,
  key: SegmentKey,
  fields: ReadonlySet<string>,
  rows: readonly MetricRow[],
  where?: Where,
): Segment {
  const described = describedSegment(scheme, key);
  const row = rows.find((candidate) => candidate[segmentDimensions[scheme]] === key);
  const figures = figuresOf(Segment, fields, row);
  // No part of something is 0 of it; no part of nothing is not a number.
  const ofSomething = rows.some((candidate) => typeof candidate.revenueShare === "number");
  const share = fields.has("revenueShare") && !row && ofSomething ? { revenueShare: 0 } : {};
  return { key, name: described.name, description: described.description, scheme, where, ...figures, ...share };
}
