// Where results are kept: bench/results.json for the next run to compare with, bench/RESULTS.md to read.
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Part } from "../Part.ts";
import { benchFolder, repository } from "../setting/openBench.ts";
import { runProgram } from "../setting/runProgram.ts";
import { formatResults } from "./formatResults.ts";
import type { StoredResults } from "./StoredResults.ts";

const file = join(benchFolder, "results.json");

/** As committed last; empty where nothing is. */
export async function readCommitted(): Promise<StoredResults> {
  const shown = await runProgram("git", ["show", "HEAD:bench/results.json"], { cwd: repository }).catch(() => null);
  return shown === null ? {} : (JSON.parse(shown.stdout) as StoredResults);
}

/** Steps that were not measured now stay as they were. */
export async function writeResults(parts: readonly Part[], now: StoredResults, former: StoredResults): Promise<void> {
  const there = existsSync(file) ? (JSON.parse(await readFile(file, "utf8")) as StoredResults) : {};
  const results = { ...there, ...now };
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(join(benchFolder, "RESULTS.md"), formatResults(parts, results, former));
}
