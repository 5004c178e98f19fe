// One load by the built product's own command, as a user runs it, with the most memory that its process had.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchFile, product } from "../setting/benchFiles.ts";
import { type Bench, repository } from "../setting/openBench.ts";
import { runProgram } from "../setting/runProgram.ts";

export type ProductLoad = Readonly<{
  /** Of the whole process, Node's start included. */
  wall: number;
  /** By the load's own clock: from opening the file to the end of cleaning, without the models, which are measured apart. */
  seconds: number;
  stages: readonly Readonly<{ stage: string; seconds: number }>[];
  rows: number;
  /** Megabytes, of a million bytes. */
  peakMemory: number;
}>;

type Report = Readonly<{
  status: string;
  seconds: number;
  stages: ProductLoad["stages"];
  account: Readonly<{ read: number; loaded: number }>;
}>;

const hook = `file://${join(repository, "bench/dist/bench/load/reportPeakMemory.js")}`;

export async function loadByProduct(
  bench: Bench,
  url: string,
  file: BenchFile,
  flags: readonly string[] = [],
): Promise<ProductLoad> {
  const peak = join(bench.folder, "peak-memory");
  const { stdout, seconds: wall } = await runProgram(
    process.execPath,
    ["--import", hook, product, "load", file.path, "--json", "--no-follow-up", ...flags],
    {
      signal: bench.signal,
      cwd: bench.folder,
      env: { DATABASE_URL: url, CONSUMER360_HOME: bench.home, BENCH_PEAK_MEMORY: peak },
    },
  );
  const report = JSON.parse(stdout) as Report;
  if (report.status !== "PUBLISHED") throw new Error(`${file.name} was to be loaded, but is ${report.status}.`);
  return {
    wall,
    seconds: report.seconds - modelSeconds(report.stages),
    stages: report.stages,
    rows: report.account.read,
    peakMemory: (Number(await readFile(peak, "utf8")) * 1024) / 1e6,
  };
}

const modelSeconds = (stages: ProductLoad["stages"]) => stages.find(({ stage }) => stage === "models")?.seconds ?? 0;

/** Whether the product's `load` knows this flag yet. */
export async function knowsFlag(flag: string): Promise<boolean> {
  const { stdout } = await runProgram(process.execPath, [product, "load", "--help"]);
  return new RegExp(`${flag}\\b`).test(stdout);
}
