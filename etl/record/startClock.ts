// Measures how long each stage of a load takes, and says when one begins.
import type { LoadStage } from "./loadRecord.ts";

/** Everything counts from the beginning of the stage, over all of its files. */
export type LoadProgress = Readonly<{
  stage: string;
  done?: number;
  total?: number;
  /** Of `done` and `total`. */
  unit?: "rows" | "bytes";
  /** The rows so far, where `unit` is another. */
  rows?: number;
  /** The name of the file that is read now. */
  file?: string;
  /** Which one it is, from 1 on, of how many. */
  fileNumber?: number;
  files?: number;
}>;

export type Clock = ReturnType<typeof startClock>;

export function startClock(onProgress: ((progress: LoadProgress) => void) | undefined) {
  const began = performance.now();
  const done: LoadStage[] = [];
  let current: { stage: string; began: number } | undefined;
  const seconds = (since: number) => Math.round(performance.now() - since) / 1000;
  const finish = () => {
    if (current) done.push({ stage: current.stage, seconds: seconds(current.began) });
    current = undefined;
  };
  return {
    stage(stage: string) {
      finish();
      current = { stage, began: performance.now() };
      onProgress?.({ stage });
    },
    stages(): LoadStage[] {
      finish();
      return [...done];
    },
    seconds: () => seconds(began),
  };
}
