// The words for how far a load has come: pure, so that they can be read in a test.
import type { LoadProgress } from "../etl/record/startClock.ts";
import { onOneLine } from "../src/server/escapeControls.ts";

const stageNames: Readonly<Record<string, string>> = {
  read: "reading the file",
  copy: "copying rows",
  conform: "making lines",
  index: "indexing",
  gate: "checking before it is published",
  derive: "deriving orders, segments and cells",
  publish: "publishing",
  clean: "cleaning up",
};

function stageName(stage: string): string {
  return stageNames[stage] ?? stage;
}

/**
 * One line: stage, file, share, amount, rate and time left, as far as they are known after `seconds` of the stage. The file's name gives
 * way where there is not `room` for all.
 */
export function formatProgress({ file, ...progress }: LoadProgress, seconds: number, room = 200): string {
  const line = formatLine(file === undefined ? progress : { ...progress, file }, seconds);
  return line.length <= room ? line : formatLine(progress, seconds);
}

function formatLine(progress: LoadProgress, seconds: number): string {
  const { stage, done, total } = progress;
  const parts = fileOf(progress);
  const counted = amountOf(progress);
  if (counted === null)
    return [stageName(stage), ...parts, ...(seconds >= 1 ? [formatSeconds(seconds)] : [])].join("  ");
  if (done !== undefined && total !== undefined && total > 0) {
    parts.push(`${Math.floor((100 * Math.min(done, total)) / total)} %`);
  }
  parts.push(formatAmount(counted));
  // the first moments tell nothing about the rest
  if (seconds >= 1) {
    parts.push(formatRate(counted, seconds));
    if (done !== undefined && done > 0 && total !== undefined && total > done) {
      parts.push(`${formatSeconds((seconds * (total - done)) / done)} left`);
    }
  }
  return [stageName(stage), ...parts].join("  ");
}

/** What a stage came to, once it has ended: `copying rows: 541,909 rows in 3 s, 180,636 rows/s`. */
export function formatEnded(last: LoadProgress, seconds: number): string {
  const counted = amountOf(last);
  // bytes were a measure of how far it was; it is done now
  if (counted === null || counted.unit !== "rows") return `${stageName(last.stage)}: ${formatSeconds(seconds)}`;
  const files = last.files !== undefined && last.files > 1 ? ` of ${formatCounted(last.files, "file")}` : "";
  const rate = seconds >= 1 ? `, ${formatRate(counted, seconds)}` : "";
  return `${stageName(last.stage)}: ${formatAmount(counted)}${files} in ${formatSeconds(seconds)}${rate}`;
}

type Amount = Readonly<{ count: number; unit: LoadProgress["unit"] }>;

/** Rows where they are counted: they say more than bytes. */
function amountOf({ done, unit, rows }: LoadProgress): Amount | null {
  if (rows !== undefined) return { count: rows, unit: "rows" };
  return done === undefined ? null : { count: done, unit };
}

function fileOf({ file, fileNumber, files }: LoadProgress): string[] {
  if (fileNumber === undefined || files === undefined || files < 2) return [];
  return [`file ${fileNumber} of ${files}${file === undefined ? "" : ` (${onOneLine(file)})`}`];
}

const formatRate = ({ count, unit }: Amount, seconds: number) => `${formatAmount({ count: count / seconds, unit })}/s`;

function formatAmount({ count, unit }: Amount): string {
  return unit === "bytes" ? `${(count / 1e6).toFixed(1)} MB` : formatCounted(Math.round(count), "row");
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
