// Reads the facts of the published snapshot, or of an older one that is still kept.
import type { IsoDate } from "../kernel/calendar.ts";
import { toDecimal } from "../kernel/decimal.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import type { ReadWarehouse, SessionScope, StoredRow } from "../warehouse/openReadWarehouse.ts";
import { snapshotExpired } from "../warehouse/snapshotExpired.ts";
import { rollupsOfKeys } from "./compile/rollupKey.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";

/** A scope that keeps no row: enough for what everyone may know. */
const nothing: SessionScope = Object.freeze({ countries: [], segments: [], operator: false });

const columns = `s.snapshot_id, s.generation, s.load_run_id,
  to_char(s.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS published_at,
  s.as_of, s.data_from, s.data_through, s.currency, s.recency_cuts, s.frequency_cuts, s.monetary_cuts,
  s.rollup_keys, s.monetary, s.cuts_of, s.former_snapshot_id`;

/** Throws WAREHOUSE_NOT_READY where nothing is published, SNAPSHOT_EXPIRED where the one asked for is no longer kept. */
export async function readSnapshot(warehouse: ReadWarehouse, snapshotId?: number): Promise<SnapshotFacts> {
  const [row] =
    snapshotId === undefined
      ? await warehouse.readPublished(
          {
            text: `SELECT ${columns} FROM published_snapshot p JOIN snapshot s USING (snapshot_id)`,
            values: [],
            keepsPlan: true,
          },
          nothing,
        )
      : await warehouse.readPublished(
          { text: `SELECT ${columns} FROM snapshot s WHERE s.snapshot_id = $1::integer`, values: [snapshotId] },
          nothing,
        );
  if (row) return decodeSnapshot(row);
  if (snapshotId === undefined)
    throw new Consumer360Error("WAREHOUSE_NOT_READY", "Nothing has been published yet.", {
      remedy: "Load a file: npx consumer360 load FILE.",
    });
  throw snapshotExpired();
}

function decodeSnapshot(row: StoredRow): SnapshotFacts {
  return Object.freeze({
    snapshotId: Number(row.snapshot_id),
    generation: Number(row.generation),
    loadRunId: Number(row.load_run_id),
    publishedAt: String(row.published_at),
    asOf: String(row.as_of) as IsoDate,
    dataFrom: String(row.data_from) as IsoDate,
    dataThrough: String(row.data_through) as IsoDate,
    currency: String(row.currency),
    recencyCuts: row.recency_cuts as IsoDate[],
    frequencyCuts: row.frequency_cuts as number[],
    monetaryCuts: (row.monetary_cuts as string[]).map(toDecimal),
    monetary: row.monetary === "netRevenue" ? "netRevenue" : "grossRevenue",
    cutsOf: row.cuts_of === null ? null : Number(row.cuts_of),
    formerSnapshotId: row.former_snapshot_id === null ? null : Number(row.former_snapshot_id),
    rollups: rollupsOfKeys(row.rollup_keys as string[]),
  });
}
