// Fills an empty warehouse with the generated sample, as any file would be loaded.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Config } from "../src/server/readConfig.ts";
import { runLoad } from "./runLoad.ts";
import { writeSample } from "./sample.ts";
import type { Progress } from "./showProgress.ts";

/** `isEmpty` is asked again where another process loads at the same moment: then there is nothing left to do. */
export async function loadSample(
  config: Config,
  { url, isEmpty }: { url: string; isEmpty: () => Promise<boolean> },
  progress: Progress,
): Promise<void> {
  mkdirSync(config.home, { recursive: true });
  const folder = mkdtempSync(join(config.home, "sample-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // a stop does not wait for the load
  process.once("exit", remove);
  try {
    const path = join(folder, "sample.csv");
    progress.say("The warehouse is empty: making and loading a sample");
    await writeSample({}, path);
    while (await isEmpty()) {
      try {
        await runLoad(config, { url, path, flags: {} }, progress);
        return;
      } catch (error) {
        if (!(error instanceof Consumer360Error && error.code === "LOAD_IN_PROGRESS")) throw error;
        await sleep(1000);
      }
    }
  } finally {
    process.off("exit", remove);
    remove();
  }
}
