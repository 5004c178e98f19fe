// A load in a process of its own: the server that asks for it keeps its event loop and its memory to itself.

import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";
import type { LoadReport } from "../../etl/loadReport.ts";
import type { LoadEnd } from "../loadEnd.ts";
import { isSummary, readFailure } from "./readFailure.ts";

/** What `load --json` prints. */
/** The report as `load --json` prints it. */
export type PrintedReport = Omit<LoadReport, "firstRejects"> & Readonly<{ rejects: LoadReport["firstRejects"] }>;

export type ProcessEnd =
  | LoadEnd<PrintedReport>
  /** Ended before its time, by us or by whoever stopped us: what was to be loaded may not have been. */
  | Readonly<{ kind: "stopped" }>;

export type RunLoad = (files: readonly string[], flags: readonly string[], signal: AbortSignal) => Promise<ProcessEnd>;

/** Milliseconds that a load gets to end by itself once it is told to. */
const patience = 10_000;
/** What may be left of what a process said for its failure to be told: long lists are cut by the load itself. */
const keptLines = 200;

/** `program`: the script and what stands before `load`. `onLine`: what the load says before it ends, line by line; how it ended is the answer. */
export function makeRunLoad({
  program,
  environment,
  onLine,
  killAfter = patience,
}: {
  program: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  onLine: (line: string) => void;
  killAfter?: number;
}): RunLoad {
  return async (files, flags, signal) => {
    if (signal.aborted) return { kind: "stopped" };
    const began = performance.now();
    const child = spawn(process.execPath, [...program, "load", ...flags, "--json", "--", ...files], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    standBack(child.pid);
    let printed = "";
    const said: string[] = [];
    let hasFailed = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      if (said.length > keptLines) said.shift();
      hasFailed ||= line.startsWith("consumer360: ");
      if (!hasFailed && !isSummary(line)) onLine(line);
    });
    let kill: NodeJS.Timeout | undefined;
    const stop = () => {
      child.kill("SIGTERM");
      kill = setTimeout(() => child.kill("SIGKILL"), killAfter);
    };
    // where this process is made to end at once, its load does too
    const endWithUs = () => void child.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    process.once("exit", endWithUs);
    const { code, killedBy, error } = await new Promise<Exit>((resolve) => {
      child.once("error", (error) => resolve({ code: null, killedBy: null, error }));
      child.once("close", (code, killedBy) => resolve({ code, killedBy, error: null }));
    });
    clearTimeout(kill);
    signal.removeEventListener("abort", stop);
    process.off("exit", endWithUs);

    const report = code === 0 ? parseReport(printed) : null;
    if (report !== null) return { kind: "finished", report };
    if (code === interrupted || signal.aborted) return { kind: "stopped" };
    const failure = readFailure(said, { code, killedBy, error });
    return { kind: "failed", failure, files, seconds: Math.round(performance.now() - began) / 1000 };
  };
}

const interrupted = 130;

type Exit = Readonly<{ code: number | null; killedBy: NodeJS.Signals | null; error: Error | null }>;

/** Who asks comes before what is loaded. Not every system lets one say so. */
function standBack(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // it loads as fast as it can, then
  }
}

function parseReport(text: string): PrintedReport | null {
  try {
    const report = JSON.parse(text) as PrintedReport;
    return report.status === "PUBLISHED" || report.status === "UNCHANGED" ? report : null;
  } catch {
    return null;
  }
}
