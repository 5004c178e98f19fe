// Cut-points that stay: those of the published snapshot, in place of the new population's. Amounts and orders stay as they are; days of the
// last order move on with asOf, so that a score still means so many days, and customers age.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { LoadOptions } from "../loadOptions.ts";
import type { Published } from "../publish/readPublished.ts";

/** Whose cut-points are kept, and the snapshot in which they were computed. */
export type FrozenCuts = Readonly<{ of: number; computedIn: number }>;

/** Null where cut-points are computed. Throws CUT_POINTS_MISSING where there are none that would mean the same. */
export function freezeCutPoints(
  published: Published | null,
  { freezeCutPoints, monetary = "grossRevenue" }: Pick<LoadOptions, "freezeCutPoints" | "monetary">,
): FrozenCuts | null {
  if (freezeCutPoints !== true) return null;
  const missing = (why: string) =>
    new Consumer360Error("CUT_POINTS_MISSING", `There are no cut-points to keep: ${why}.`, {
      remedy: "Load once without --freeze-cut-points; the next load can keep what this one computes.",
    });
  if (published === null) throw missing("nothing has been published yet");
  if (published.isSample) throw missing("what is published is the generated sample");
  if (!published.hasCuts) throw missing(`snapshot ${published.snapshotId} has no customer with a sale`);
  if (published.monetary !== monetary)
    throw missing(
      `snapshot ${published.snapshotId} scores ${published.monetary}, and this load would score ${monetary}`,
    );
  return { of: published.snapshotId, computedIn: published.cutsOf ?? published.snapshotId };
}

/** One row: the cut-points of a snapshot, those of recency as many days before `asOf` as they were before its own. */
export const frozenCutsOf = (snapshotId: number, asOf: string) => `
    SELECT ARRAY(
        SELECT day + (${asOf} - s.as_of) FROM unnest(s.recency_cuts) WITH ORDINALITY AS cut (day, nth) ORDER BY nth
      ) AS recency,
      s.frequency_cuts AS frequency, s.monetary_cuts AS monetary
    FROM snapshot s WHERE s.snapshot_id = ${snapshotId}`;
