// The words for how far a load has come: pure, so that they can be read in a test.
import type { LoadProgress } from "../etl/record/startClock.ts";

const stageNames: Readonly<Record<string, string>> = {
  read: "reading the file",
  copy: "copying rows",
  conform: "making lines",
  index: "indexing",
  derive: "deriving orders, segments and cells",
  publish: "publishing",
  clean: "cleaning up",
};

export function stageName(stage: string): string {
  return stageNames[stage] ?? stage;
}

/** One line: stage, share, amount, rate and time left, as far as they are known after `seconds` of the stage. */
export function formatProgress({ stage, done, total, unit }: LoadProgress, seconds: number): string {
  const parts: string[] = [];
  if (done !== undefined) {
    if (total !== undefined && total > 0) parts.push(`${Math.floor((100 * Math.min(done, total)) / total)} %`);
    parts.push(formatAmount(done, unit));
    // the first moments tell nothing about the rest
    if (seconds >= 1) {
      const rate = done / seconds;
      parts.push(`${formatAmount(rate, unit)}/s`);
      if (total !== undefined && rate > 0 && total > done) parts.push(`${formatSeconds((total - done) / rate)} left`);
    }
  } else if (seconds >= 1) {
    parts.push(formatSeconds(seconds));
  }
  return [stageName(stage), ...parts].join("  ");
}

function formatAmount(amount: number, unit: LoadProgress["unit"]): string {
  return unit === "bytes" ? `${(amount / 1e6).toFixed(1)} MB` : formatCounted(Math.round(amount), "row");
}

export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

/** A whole number with its thousands apart. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-GB");
}

/** A whole number of things: `1 line`, `1,234 lines`. */
export function formatCounted(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? "" : "s"}`;
}
