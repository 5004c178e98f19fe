// Segment schemes in SQL: a scheme as a CASE expression over three scores, the model's rules in order, the first match counting; and
// where each customer's segment is stored.

import { dimensionOf, segmentDimensions } from "../../model/dimensions.ts";
import { type SchemeName, type ScoreName, segmentSchemes } from "../../model/segmentSchemes.ts";
import { columnName } from "../../warehouse/entityTables.ts";

/** SQL that names the segment of a customer from SQL expressions of its scores. */
export function segmentCase(scheme: SchemeName, scores: Readonly<Record<ScoreName, string>>): string {
  const branches = segmentSchemes[scheme].rules.map((rule) => {
    const tests = Object.entries(rule.when).map(
      ([score, [low, high]]) => `${scores[score as ScoreName]} BETWEEN ${low} AND ${high}`,
    );
    return `WHEN ${tests.length === 0 ? "true" : tests.join(" AND ")} THEN '${rule.key}'`;
  });
  return `CASE ${branches.join(" ")} END`;
}

/** The column of `rfm_segments` that holds the segment of a scheme. */
export function segmentColumn(scheme: SchemeName): string {
  const dimension = dimensionOf(segmentDimensions[scheme]);
  if (dimension.kind !== "segment") throw new Error(`${scheme} has no dimension of segments.`);
  return columnName(dimension.column.entity, dimension.column.property);
}
