// The facts of a published snapshot that everyone may know.
import type { IsoDate } from "../kernel/calendar.ts";
import type { Decimal } from "../kernel/decimal.ts";

export type SnapshotFacts = Readonly<{
  snapshotId: number;
  generation: number;
  loadRunId: number;
  /** ISO instant, UTC. */
  publishedAt: string;
  /** The day that figures are seen from. */
  asOf: IsoDate;
  dataFrom: IsoDate;
  dataThrough: IsoDate;
  /** ISO 4217. */
  currency: string;
  recencyCuts: readonly IsoDate[];
  frequencyCuts: readonly number[];
  monetaryCuts: readonly Decimal[];
  /** The measure that monetary scores are made of. */
  monetary: "grossRevenue" | "netRevenue";
  /** The snapshot whose cut-points were frozen and are kept here; null where they are of this snapshot's own customers. */
  cutsOf: number | null;
  /** What was published before; null for the first. It may not be kept any more. */
  formerSnapshotId: number | null;
  /** Names of the rollups that hold this snapshot whole, as they are declared now. */
  rollups: readonly string[];
}>;
