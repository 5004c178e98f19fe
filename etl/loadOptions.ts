// What a load is asked to do: which files, how they are read, whether they replace or add, and what may not stop them.
import type { IsoDate } from "../src/kernel/calendar.ts";
import type { Monetary } from "./derive/derivedTables.ts";
import type { ModelOptions } from "./expect/expectCustomers.ts";
import type { GateName, Tolerances } from "./gate/gates.ts";
import type { ReadingOptions } from "./read/inspectFile.ts";
import type { LoadProgress } from "./record/startClock.ts";

export type LoadOptions = Readonly<{
  url: string;
  /** In this order: where two carry the same invoice, the later one's stands. */
  paths: readonly string[];
  /** What is not given is found by evidence, file by file. */
  reading?: ReadingOptions | undefined;
  /** Adds to what is published: an invoice that is there is replaced whole, all others stay. */
  append?: boolean | undefined;
  /** Of lines that are equal in everything, within one invoice, keeps the first alone. */
  dropDuplicateLines?: boolean | undefined;
  /** The day that the figures look back from; the day after the last line's where it is not given. */
  asOf?: IsoDate | undefined;
  /** ISO 4217; the file does not say. */
  currency: string;
  /** What customers' monetary scores are made of. */
  monetary?: Monetary | undefined;
  /** Share of rows that may be rejected before the load is stopped. */
  maxRejects: number;
  tolerances?: Tolerances | undefined;
  /** Gates that are open. */
  allow?: readonly GateName[] | undefined;
  /** Load even what the published snapshot was made of, as after damage. */
  again?: boolean | undefined;
  /** Scores customers by the cut-points of the published snapshot, those of recency as days before asOf, instead of computing new ones. */
  freezeCutPoints?: boolean | undefined;
  /** The generated sample: whatever comes next takes its place, without being compared with it or added to it. */
  isSample?: boolean | undefined;
  /**
   * A snapshot, still kept, whose scores, segments and cut-points stay: of its customers whatever the new lines say, of new customers by its
   * cut-points, and the models stay as well. For tests of what else follows from the lines; no command offers it.
   */
  scoresOf?: number | undefined;
  /** How customers are modelled, where it is not as usual. */
  models?: Partial<ModelOptions> | undefined;
  /** Snapshots that stay, the new one included; at least 2, so that readers under way can finish. */
  snapshotsKept: number;
  /** Days that a snapshot stays at least after another took its place, beyond that number. */
  daysKept?: number | undefined;
  onProgress?: ((progress: LoadProgress) => void) | undefined;
}>;

export const usualTolerances: Tolerances = Object.freeze({ months: 0.05, segments: 0.5 });
