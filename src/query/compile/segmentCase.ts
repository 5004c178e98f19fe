// A segment scheme as a CASE expression over three scores: the model's rules, in order, the first match counting.
import { type SchemeName, type ScoreName, segmentSchemes } from "../../model/segmentSchemes.ts";

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
