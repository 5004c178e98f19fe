// What is in the warehouse, in a few figures: for the greeting and for `status`.
import { everything } from "../src/model/scope.ts";
import { ask } from "../src/query/ask.ts";
import { readSnapshot } from "../src/query/readSnapshot.ts";
import type { SnapshotFacts } from "../src/query/snapshotFacts.ts";
import type { ReadWarehouse } from "../src/warehouse/openReadWarehouse.ts";

/** Whoever runs the command owns the warehouse: nothing is hidden from them. */
export const ownerScope = Object.freeze({ ...everything, role: "owner", fingerprint: "owner" });

export type Loaded = Readonly<{ snapshot: SnapshotFacts; lines: number; customers: number }>;

export async function readLoaded(warehouse: ReadWarehouse): Promise<Loaded> {
  const snapshot = await readSnapshot(warehouse);
  const answer = await ask(
    { kind: "metrics", measures: ["lines", "customers"], dimensions: [] },
    { warehouse, snapshot, scope: ownerScope },
  );
  const [row] = answer.rows;
  return { snapshot, lines: Number(row?.lines ?? 0), customers: Number(row?.customers ?? 0) };
}
