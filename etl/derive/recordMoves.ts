// Who is in another segment than in the snapshot that was published before, in any scheme, and who came or went.
import { schemeNames } from "../../src/model/segmentSchemes.ts";
import { segmentColumn } from "../../src/query/compile/segmentCase.ts";
import type { Run } from "../record/loadSession.ts";

const schemes = schemeNames.map(segmentColumn);

export async function recordMoves(
  run: Run,
  { former, snapshotId }: { former: number; snapshotId: number },
): Promise<void> {
  const segmentsOf = (id: number) =>
    `(SELECT customer_key, ${schemes.join(", ")} FROM rfm_segments WHERE snapshot_id = ${id})`;
  const all = (alias: string) => `(${schemes.map((scheme) => `${alias}.${scheme}`).join(", ")})`;
  await run(`INSERT INTO segment_history (customer_key, snapshot_id, former_snapshot_id,
      ${schemes.map((scheme) => `${scheme}_from, ${scheme}_to`).join(", ")})
    SELECT coalesce(n.customer_key, f.customer_key), ${snapshotId}, ${former},
      ${schemes.map((scheme) => `f.${scheme}, n.${scheme}`).join(", ")}
    FROM ${segmentsOf(former)} f FULL JOIN ${segmentsOf(snapshotId)} n ON n.customer_key = f.customer_key
    WHERE ${all("f")} IS DISTINCT FROM ${all("n")}`);
}
