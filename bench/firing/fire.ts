// Runs the load generator once.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "../setting/openBench.ts";
import { repository } from "../setting/openBench.ts";
import { runProgram } from "../setting/runProgram.ts";
import type { Fired, Firing } from "./fireRequests.ts";

const generator = join(repository, "bench/dist/bench/firing/fireRequests.js");

/** Throws where anything was not answered in full. */
export async function fire(bench: Pick<Bench, "folder" | "signal">, firing: Firing): Promise<Fired> {
  const fired = await fireAnyway(bench, firing);
  if (fired.faults > 0) throw new Error(`${fired.faults} requests failed at ${firing.url}: ${fired.firstFault}`);
  if (fired.requests < 2) throw new Error(`Hardly anything was answered within ${firing.seconds} s at ${firing.url}.`);
  return fired;
}

export async function fireAnyway({ folder, signal }: Pick<Bench, "folder" | "signal">, firing: Firing): Promise<Fired> {
  const own = await mkdtemp(join(folder, "firing-"));
  try {
    const task = join(own, "task.json");
    await writeFile(task, JSON.stringify(firing));
    const { stdout } = await runProgram(process.execPath, [generator, task], { signal });
    return JSON.parse(stdout) as Fired;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
