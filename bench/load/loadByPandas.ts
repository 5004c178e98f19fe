// The usual way with pandas and SQLAlchemy: `pandas/usual_pipeline.py`, into the peers' database on the same server.
import { join } from "node:path";
import type { BenchFile } from "../setting/benchFiles.ts";
import { type Bench, benchFolder } from "../setting/openBench.ts";
import { runProgram } from "../setting/runProgram.ts";

export type PandasLoad = Readonly<{
  /** Of the whole process. */
  wall: number;
  /** Megabytes, of a million bytes. */
  peakMemory: number;
  rows: number;
  versions: Readonly<Record<string, string>>;
}>;

const encodings = { UTF8: "utf-8", WIN1252: "cp1252" } as const;

export async function loadByPandas(bench: Bench, python: string, url: string, file: BenchFile): Promise<PandasLoad> {
  await bench.server.settle();
  const script = join(benchFolder, "pandas/usual_pipeline.py");
  const { stdout, seconds: wall } = await runProgram(python, [script, file.path, encodings[file.encoding]], {
    signal: bench.signal,
    env: { BENCH_DATABASE_URL: url },
  });
  const { rows, peak_kilobytes, versions } = JSON.parse(stdout) as {
    rows: number;
    peak_kilobytes: number;
    versions: Record<string, string>;
  };
  return { wall, rows, versions, peakMemory: (peak_kilobytes * 1024) / 1e6 };
}
