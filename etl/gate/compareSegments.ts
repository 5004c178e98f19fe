// The gate on segments: scores are relative, so that the shares of the segments seldom move much, unless dates, amounts or customers were
// misread.
import type { Run } from "../record/loadSession.ts";
import { type Finding, percent } from "./gates.ts";

/** Among fewer customers shares say nothing: each of them is much of one. */
const fewest = 100;

/** Compares the shares of the CLASSIC segments among the customers that have one. */
export async function compareSegments(
  run: Run,
  { former, snapshotId, tolerance }: Readonly<{ former: number; snapshotId: number; tolerance: number }>,
): Promise<Finding[]> {
  const rows = await run(`SELECT classic AS segment,
      count(*) FILTER (WHERE snapshot_id = ${former}) AS before, count(*) FILTER (WHERE snapshot_id = ${snapshotId}) AS after
    FROM rfm_segments WHERE snapshot_id IN (${former}, ${snapshotId}) AND classic <> 'UNSCORED'
    GROUP BY classic ORDER BY classic`);
  const segments = rows.map(({ segment, before, after }) => ({
    segment: String(segment),
    before: Number(before),
    after: Number(after),
  }));
  const before = segments.reduce((sum, each) => sum + each.before, 0);
  const after = segments.reduce((sum, each) => sum + each.after, 0);
  if (Math.min(before, after) < fewest) return [];
  const shift = segments.reduce((sum, each) => sum + Math.abs(each.after / after - each.before / before), 0) / 2;
  if (shift <= tolerance) return [];
  return [
    {
      gate: "segment-shift",
      count: segments.length,
      message: `${percent(shift)} of the customers would stand in other segments than the former shares have it (tolerance ${percent(tolerance)})`,
      comparison: segments.map(
        (each) =>
          `${each.segment}: ${each.before} customers (${percent(each.before / before)}) → ${each.after} (${percent(each.after / after)})`,
      ),
    },
  ];
}
