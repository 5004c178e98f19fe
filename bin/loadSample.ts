// Fills an empty warehouse with the generated sample, as any file would be loaded.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isLoadUnderWay } from "../etl/record/isLoadUnderWay.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Config } from "../src/server/readConfig.ts";
import { makeHome } from "../src/warehouse/embedded/placeCluster.ts";
import { runLoad } from "./runLoad.ts";
import type { Progress } from "./showProgress.ts";
import { writeSample } from "./writeSample.ts";

/** Where another process loads, this one waits; `isEmpty` then says whether there is anything left to do. */
export async function loadSample(
  config: Config,
  { url, isEmpty }: { url: string; isEmpty: () => Promise<boolean> },
  progress: Progress,
): Promise<void> {
  for (let told = false; await isEmpty(); told = true, await sleep(500)) {
    if (!(await isLoadUnderWay(url)) && (await loadUnlessOvertaken(config, url, progress))) return;
    if (!told) progress.say("Waiting for the load that is under way");
  }
}

/** Answers false where another load began a moment before. */
async function loadUnlessOvertaken(config: Config, url: string, progress: Progress): Promise<boolean> {
  await makeHome(config.home);
  const folder = mkdtempSync(join(config.home, "sample-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // a stop does not wait for the load
  process.once("exit", remove);
  try {
    const path = join(folder, "sample.csv");
    progress.say("The warehouse is empty: making and loading a sample");
    await writeSample({}, { path });
    await runLoad(config, { url, paths: [path], flags: {}, isSample: true }, progress);
    return true;
  } catch (error) {
    if (error instanceof Consumer360Error && error.code === "LOAD_IN_PROGRESS") return false;
    throw error;
  } finally {
    process.off("exit", remove);
    remove();
  }
}
