// How loads end, for who is told of it.

import type { PrintedReport, ProcessEnd } from "../../../bin/unattended/runLoadProcess.ts";
import { emptyAmounts } from "../../../etl/record/loadRecord.ts";

const printedReport: PrintedReport = {
  status: "PUBLISHED",
  mode: "APPEND",
  addedTo: null,
  loadRunId: 1,
  snapshotId: 1,
  files: [{ name: "a.csv", sha256: "00", bytes: 1, rows: 2, header: [], readAs: {} }],
  account: { read: 2, loaded: 2, duplicate: 0, superseded: 0, rejected: 0, replaced: 0 },
  accountAmounts: emptyAmounts,
  amounts: [],
  models: null,
  stages: [],
  warnings: [],
  rejects: [],
  seconds: 1,
};

export const finished: ProcessEnd = { kind: "finished", report: printedReport };

export function failed(code: string, message = "it is so", remedy?: string): ProcessEnd {
  return { kind: "failed", failure: { code, message, remedy }, files: [], seconds: 0.1 };
}
