// The one line that a monitor reads of a load: key=value, as logfmt has it. Keys are only ever added.
import { basename } from "node:path";
import { escapeControls } from "../src/server/escapeControls.ts";
import type { LoadEnd } from "./loadEnd.ts";

/** Without a line break at its end, and with none inside. */
export function formatSummary(end: LoadEnd): string {
  const pairs = end.kind === "finished" ? ofReport(end.report) : ofFailure(end);
  return ["consumer360 load", ...pairs.map(([key, value]) => `${key}=${quote(String(value))}`)].join(" ");
}

type Pair = readonly [key: string, value: string | number];

function ofReport(report: Extract<LoadEnd, { kind: "finished" }>["report"]): Pair[] {
  const { account } = report;
  return [
    ["status", report.status],
    ["mode", report.mode],
    ["load", report.loadRunId],
    ["snapshot", report.snapshotId],
    ...ofFiles(report.files.map(({ name }) => name)),
    ["read", account.read],
    ["loaded", account.loaded],
    ["duplicate", account.duplicate],
    ["superseded", account.superseded],
    ["rejected", account.rejected],
    ["replaced", account.replaced],
    ["warnings", report.warnings.length],
    ["seconds", report.seconds.toFixed(1)],
  ];
}

function ofFailure({ failure, files, seconds }: Extract<LoadEnd, { kind: "failed" }>): Pair[] {
  return [
    ["status", "FAILED"],
    ["code", failure.code],
    ...ofFiles(files),
    ["seconds", seconds.toFixed(1)],
    ["message", failure.message],
  ];
}

/** A file is named where it is the only one: a line with hundreds of names is read by nobody. */
function ofFiles(files: readonly string[]): Pair[] {
  const [only] = files.length === 1 ? files : [];
  return [["files", files.length], ...(only === undefined ? [] : [["file", basename(only)] as const])];
}

function quote(value: string): string {
  return /^[^\s"=\\\p{C}\p{Z}]+$/u.test(value) ? value : escapeControls(JSON.stringify(value.toWellFormed()));
}
