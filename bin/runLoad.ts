// One load with its progress on standard error: what `load` does, and `start` before its greeting.
import { type LoadReport, loadFile } from "../etl/loadFile.ts";
import { openBytes } from "../etl/read/openBytes.ts";
import type { Config } from "../src/server/readConfig.ts";
import { type ReadingFlags, readingOptionsOf } from "./readingOptions.ts";
import type { Progress } from "./showProgress.ts";

export async function runLoad(
  config: Config,
  { url, path, flags }: { url: string; path: string; flags: ReadingFlags & { again?: boolean } },
  progress: Progress,
): Promise<LoadReport> {
  try {
    const report = await loadFile({
      url,
      path,
      ...(await readingOptionsOf(flags)),
      again: flags.again,
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
