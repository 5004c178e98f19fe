// What a customer is called where a layout says so: of the names that the lines give, the first in alphabetical order, so that neither the
// order of the files nor that of their rows decides.
import type { Run } from "../record/loadSession.ts";

/** `stage`: lines with names; null where no file has any. `base`: the snapshot that they are added to. */
export async function nameCustomers(
  run: Run,
  { stage, base, snapshotId }: { stage: string | null; base: number | null; snapshotId: number },
): Promise<void> {
  const given = [
    ...(stage === null
      ? []
      : [
          `SELECT customer_key, min(customer_name) AS name FROM ${stage}
           WHERE NOT guest AND customer_name IS NOT NULL GROUP BY customer_key`,
        ]),
    ...(base === null ? [] : [`SELECT customer_key, name FROM dim_customer WHERE snapshot_id = ${base}`]),
  ];
  if (given.length === 0) return;
  await run(`INSERT INTO dim_customer (customer_key, snapshot_id, name)
    SELECT customer_key, ${snapshotId}, min(name COLLATE "C")
    FROM (${given.join(" UNION ALL ")}) given
    JOIN rfm_segments s USING (customer_key)
    WHERE s.snapshot_id = ${snapshotId}
    GROUP BY customer_key`);
}
