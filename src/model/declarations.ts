// Everything that the model declares, in one place: what is proved at start.

import { type Dimension, dimensions } from "./dimensions.ts";
import { type Join, joins } from "./joins.ts";
import { type Measure, measures } from "./measures.ts";
import { type Rollup, rollups } from "./rollups.ts";
import { type SegmentScheme, segmentSchemes } from "./segmentSchemes.ts";
import { type View, views } from "./views.ts";

/** Members by the names under which they are declared. */
export type Declarations = Readonly<{
  measures: Readonly<Record<string, Measure>>;
  dimensions: Readonly<Record<string, Dimension>>;
  joins: readonly Join[];
  rollups: readonly Rollup[];
  views: readonly View[];
  schemes: readonly SegmentScheme[];
}>;

export const declarations: Declarations = Object.freeze({
  measures,
  dimensions,
  joins,
  rollups,
  views,
  schemes: Object.freeze(Object.values(segmentSchemes)),
});
