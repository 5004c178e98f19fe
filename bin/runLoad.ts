// One load with its progress on standard error: what `load` does, and `start` before its greeting.
import { type LoadReport, loadFile } from "../etl/loadFile.ts";
import { openBytes } from "../etl/read/openBytes.ts";
import type { Config } from "../src/server/readConfig.ts";
import { type FileFlags, fileLoadOptions } from "./loadOptions.ts";
import type { Progress } from "./showProgress.ts";

export async function runLoad(
  config: Config,
  { url, path, flags }: { url: string; path: string; flags: FileFlags },
  progress: Progress,
): Promise<LoadReport> {
  try {
    const report = await loadFile({
      url,
      path,
      ...fileLoadOptions(flags),
      currency: config.currency,
      maxRejects: config.maxRejects,
      snapshotsKept: config.snapshotsKept,
      onProgress: progress.show,
    });
    progress.end();
    return report;
  } catch (error) {
    progress.end("failed");
    throw error;
  }
}

/** Refuses a file that is not there or cannot be opened, before a database is started for it. */
export async function ensureFileOpens(path: string): Promise<void> {
  const { chunks } = await openBytes(path);
  for await (const _ of chunks) break;
}
