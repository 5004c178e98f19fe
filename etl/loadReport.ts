// What a load says when it is done.
import type { ModelCard } from "../src/kernel/ModelCard.ts";
import type { RowAccount } from "../src/warehouse/entities/LoadRun.ts";
import type { KindAmount } from "./derive/summariseLines.ts";
import type { Reject } from "./judge/rejectCodes.ts";
import type { AccountAmounts, LoadedFile, LoadStage, LoadWarning } from "./record/loadRecord.ts";

export type LoadReport = Readonly<{
  /** UNCHANGED: the published snapshot was made of these files in this way already. */
  status: "PUBLISHED" | "UNCHANGED";
  mode: "REPLACE" | "APPEND";
  /** The snapshot that was added to; null where these files are all there is. */
  addedTo: number | null;
  loadRunId: number;
  snapshotId: number;
  files: readonly LoadedFile[];
  account: RowAccount;
  accountAmounts: AccountAmounts;
  /** At most five, each with the beginning of its text; `account.rejected` counts them all. */
  firstRejects: readonly Reject[];
  /** Of the lines that were loaded. */
  amounts: readonly KindAmount[];
  warnings: readonly LoadWarning[];
  stages: readonly LoadStage[];
  /** How good the models of the snapshot are; null where nothing was loaded. */
  models: ModelCard | null;
  seconds: number;
}>;
