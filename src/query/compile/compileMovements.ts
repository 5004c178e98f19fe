// The statement that compares two snapshots: where each customer stood under the scope in the one and in the other, and what it would be
// by the cut-points of the former. Both ends are read through the scope, so that a customer whose line or segment it does not keep at one
// end is not there at that end.
import { storableOf } from "../../kernel/storableText.ts";
import type { Scope } from "../../model/scope.ts";
import type { SchemeName, ScoreName } from "../../model/segmentSchemes.ts";
import { CustomerStanding } from "../../warehouse/entities/CustomerStanding.ts";
import { FollowUp } from "../../warehouse/entities/FollowUp.ts";
import { Snapshot } from "../../warehouse/entities/Snapshot.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import { makeParameters, type Parameters, type WrittenStatement, written } from "./parameters.ts";
import { segmentCase, segmentColumn } from "./segmentCase.ts";

/** `published`: the snapshot that the request is answered from. */
type Ends = Readonly<{ published: number; from: number; to: number; scheme: SchemeName }>;

/**
 * No row where one of the snapshots is not kept, or is none that led to the published one, such as one that was rolled back; one row of
 * nulls where nothing has been computed, or nothing is there.
 */
export function compileMovements({ published, from, to, scheme }: Ends, scope: Scope): WrittenStatement {
  const parameters = makeParameters();
  const { bind, read } = parameters;
  const [former, latter] = [bind(from, "integer"), bind(to, "integer")];
  const snapshots = read(tableName(Snapshot));
  const frozen = keyOf(scheme, "after", "e.shifted", "l.former_amount");
  const idle = keyOf(scheme, "before", "e.shifted", "f.former_amount");
  return written(
    `WITH RECURSIVE line AS (
  SELECT s.snapshot_id, s.former_snapshot_id FROM ${snapshots} s WHERE s.snapshot_id = ${bind(published, "integer")}
  UNION
  SELECT s.snapshot_id, s.former_snapshot_id FROM line JOIN ${snapshots} s ON s.snapshot_id = line.former_snapshot_id
), ends AS (
  SELECT f.snapshot_id AS from_id, l.snapshot_id AS to_id, f.as_of AS from_as_of, l.as_of AS to_as_of,
    f.monetary AS from_measure, l.monetary AS to_measure, l.cuts_of,
    f.recency_cuts AS from_recency, f.frequency_cuts AS from_frequency, f.monetary_cuts AS from_monetary,
    l.recency_cuts AS to_recency, l.frequency_cuts AS to_frequency, l.monetary_cuts AS to_monetary,
    ARRAY(SELECT day + (l.as_of - f.as_of) FROM unnest(f.recency_cuts) WITH ORDINALITY AS cut (day, nth) ORDER BY nth) AS shifted,
    NOT EXISTS (
      SELECT FROM unnest(ARRAY[${former}, ${latter}]) AS asked (snapshot_id)
      WHERE asked.snapshot_id NOT IN (SELECT d.snapshot_id FROM ${read(tableName(FollowUp))} d WHERE d.name = 'standings')
    ) AS is_done
  FROM ${snapshots} f CROSS JOIN ${snapshots} l
  WHERE f.snapshot_id = ${former} AND l.snapshot_id = ${latter}
    AND f.snapshot_id IN (SELECT snapshot_id FROM line) AND l.snapshot_id IN (SELECT snapshot_id FROM line)
), former AS (
${standings(former, scheme, scope, parameters)}
), latter AS (
${standings(latter, scheme, scope, parameters)}
), told AS (
  SELECT f.segment AS from_segment, l.segment AS to_segment, coalesce(l.guest, f.guest) AS guest,
    f.gross_revenue AS gross_before, l.gross_revenue AS gross_after,
    f.gross_revenue - f.returns_value AS net_before, l.gross_revenue - l.returns_value AS net_after,
    coalesce(${isPublished("f", "e.from_recency", "from", "f.former_amount")}, false)
      AND coalesce(${isPublished("l", "e.to_recency", "to", "l.amount")}, false) AS is_told,
    f.orders > 0 AND l.orders > 0 AS has_scores,
    ${frozen} AS frozen,
    ${idle} AS idle
  FROM (SELECT f.*, ${amount("f", "e.from_measure")} AS former_amount FROM former f CROSS JOIN ends e) f
  FULL JOIN (
    SELECT l.*, ${amount("l", "e.to_measure")} AS amount, ${amount("l", "e.from_measure")} AS former_amount
    FROM latter l CROSS JOIN ends e
  ) l ON l.customer_key = f.customer_key AND l.guest = f.guest
  CROSS JOIN ends e
), moves AS (
  SELECT from_segment, to_segment,
    CASE
      WHEN guest OR from_segment = to_segment THEN NULL
      WHEN from_segment IS NULL OR to_segment IS NULL THEN ${scope.segments === null ? "'BEHAVIOUR'" : "NULL"}
      WHEN NOT is_told THEN NULL
      WHEN NOT has_scores THEN 'BEHAVIOUR'
      WHEN frozen = from_segment THEN 'THRESHOLD'
      WHEN frozen = idle THEN 'AGEING'
      ELSE 'BEHAVIOUR'
    END AS cause,
    count(*) FILTER (WHERE NOT guest) AS customers,
    coalesce(sum(gross_before), 0) AS gross_before, coalesce(sum(gross_after), 0) AS gross_after,
    coalesce(sum(net_before), 0) AS net_before, coalesce(sum(net_after), 0) AS net_after
  FROM told
  GROUP BY 1, 2, 3
)
SELECT e.from_id, e.to_id, e.from_as_of, e.to_as_of, e.cuts_of, e.is_done, moves.*
FROM ends e LEFT JOIN moves ON e.is_done`,
    parameters,
  );
}

/** One row for each customer that the scope keeps, and one for the guests. */
function standings(snapshot: string, scheme: SchemeName, scope: Scope, { bind, read }: Parameters): string {
  const kept = [
    `s.snapshot_id = ${snapshot}`,
    ...(scope.countries === null ? [] : [`s.country = ANY (${bind(storableOf(scope.countries), "text[]")})`]),
    ...(scope.segments === null ? [] : [`s.classic = ANY (${bind(storableOf(scope.segments), "text[]")})`]),
  ];
  return `  SELECT s.customer_key, s.guest, min(s.${segmentColumn(scheme)}) AS segment, min(s.recency_score) AS recency_score,
    min(s.frequency_score) AS frequency_score, min(s.monetary_score) AS monetary_score,
    max(s.last_order_on) AS last_order_on, sum(s.orders)::int AS orders,
    sum(s.gross_revenue) AS gross_revenue, sum(s.returns_value) AS returns_value
  FROM ${read(tableName(CustomerStanding))} s
  WHERE ${kept.join(" AND ")}
  GROUP BY s.customer_key, s.guest`;
}

const amount = (row: string, measure: string) =>
  `CASE ${measure} WHEN 'netRevenue' THEN ${row}.gross_revenue - ${row}.returns_value ELSE ${row}.gross_revenue END`;

/** 1 + the number of cut-points strictly below the value. */
const score = (value: string, cuts: string) =>
  `(1 + ${[1, 2, 3, 4].map((nth) => `(${value} > (${cuts})[${nth}])::int`).join(" + ")})`;

/** The scores of the values that the scope keeps of one end, by the cut-points of one. */
function scoresOf(row: string, recency: string, cuts: "from" | "to", value: string): Record<ScoreName, string> {
  return {
    recency: score(`${row}.last_order_on`, recency),
    frequency: score(`${row}.orders`, `e.${cuts}_frequency`),
    monetary: score(value, `e.${cuts}_monetary`),
  };
}

/** The segment by the former cut-points of what a customer has at one end. */
function keyOf(scheme: SchemeName, end: "before" | "after", recency: string, value: string): string {
  return segmentCase(scheme, scoresOf(end === "before" ? "f" : "l", recency, "from", value));
}

/** Whether what the scope keeps of an end leads to the scores that were published there: it is all there is, as far as scores tell. */
function isPublished(row: string, recency: string, cuts: "from" | "to", value: string): string {
  const scores = scoresOf(row, recency, cuts, value);
  const same = (["recency", "frequency", "monetary"] as const).map((name) => `${row}.${name}_score = ${scores[name]}`);
  return `CASE WHEN ${row}.orders = 0 THEN ${row}.recency_score IS NULL ELSE ${same.join(" AND ")} END`;
}
