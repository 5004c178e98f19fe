// One load with its progress on standard error: what `load` does, and `start` before its greeting.
import { loadFiles } from "../etl/loadFiles.ts";
import type { LoadReport } from "../etl/loadReport.ts";
import { openBytes } from "../etl/read/openBytes.ts";
import type { Config } from "../src/server/readConfig.ts";
import { type LoadFlags, readLoadOptions } from "./loadOptions.ts";
import type { Progress } from "./showProgress.ts";

type Asked = Readonly<{ url: string; paths: readonly string[]; flags: LoadFlags; isSample?: boolean }>;

export async function runLoad(
  config: Config,
  { url, paths, flags, isSample }: Asked,
  progress: Progress,
): Promise<LoadReport> {
  const options = await readLoadOptions(config, flags);
  try {
    const report = await loadFiles({ ...options, url, paths, isSample, onProgress: progress.show });
    progress.end();
    return report;
  } catch (error) {
    progress.end("failed");
    throw error;
  }
}

/** Refuses a file that is not there or cannot be opened, before a database is started for it. */
export async function ensureFilesOpen(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const { chunks } = await openBytes(path);
    for await (const _ of chunks) break;
  }
}
