// How a load ended, in the words that its summary line, its webhook and its watched folder share.
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { RowAccount } from "../src/warehouse/entities/LoadRun.ts";
import { messageOf, withoutStops } from "./formatError.ts";

/** What is told on of a finished load; the report of `load --json` is one. */
export type FinishedLoad = Readonly<{
  status: "PUBLISHED" | "UNCHANGED";
  mode: string;
  loadRunId: number;
  snapshotId: number;
  files: readonly Readonly<{ name: string }>[];
  account: RowAccount;
  warnings: readonly unknown[];
  seconds: number;
}>;

export type LoadFailure = Readonly<{ code: string; message: string; remedy?: string | undefined }>;

export type LoadEnd<Report extends FinishedLoad = FinishedLoad> =
  | Readonly<{ kind: "finished"; report: Report }>
  /** `files`: what was to be loaded. */
  | Readonly<{ kind: "failed"; failure: LoadFailure; files: readonly string[]; seconds: number }>;

/** An error in the words of the command line, without full stop, so that both say the same. */
export function failureOf(error: unknown): LoadFailure {
  if (!(error instanceof Consumer360Error)) return { code: "INTERNAL", message: withoutStops(messageOf(error)) };
  return { code: error.code, message: withoutStops(error.message), remedy: error.remedy };
}
