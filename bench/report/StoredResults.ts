// What a run leaves behind: the figures of each step, with the run that they come from, as bench/results.json holds them.
import type { Detail, Measured, Outcome, Skipped } from "../Outcome.ts";
import { type Spread, spreadOf } from "./spreadOf.ts";

/** Of the machine and the programs that a step ran on, in general words. */
export type RunFacts = Readonly<{
  date: string;
  /** Short; with a plus where the working tree differs from it. */
  commit: string;
  command: string;
  machine: string;
  /** Processes that wanted to run when the step began: other work than its own, where it is not near 0. */
  loadBefore: number;
  versions: Readonly<Record<string, string>>;
}>;

export type StoredFigure = Omit<Measured, "samples"> & Spread & Readonly<{ rounds: number }>;

export type StoredStep = Readonly<{
  run: RunFacts;
  figures: readonly (StoredFigure | Skipped)[];
  details: readonly Detail[];
}>;

/** By `part/step`. */
export type StoredResults = Readonly<Record<string, StoredStep>>;

export function storedFigure(outcome: Outcome): StoredFigure | Skipped {
  if (outcome.kind === "skipped") return outcome;
  const { samples, ...rest } = outcome;
  const { median, low, high } = spreadOf(samples);
  return { ...rest, median: rounded(median), low: rounded(low), high: rounded(high), rounds: samples.length };
}

const rounded = (value: number) => Math.round(value * 1000) / 1000;
