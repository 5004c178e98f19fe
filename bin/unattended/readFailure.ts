// Why a load that ran in a process of its own failed, read back from what it said.
import type { LoadFailure } from "../loadEnd.ts";

type Exit = Readonly<{ code: number | null; killedBy: string | null; error: Error | null }>;

/** `said`: the lines of its standard error, of which the last error counts; what follows that line is its remedy. */
export function readFailure(said: readonly string[], { code, killedBy, error }: Exit): LoadFailure {
  if (error !== null) return { code: "INTERNAL", message: `The load could not be started: ${error.message}` };
  const at = said.findLastIndex((line) => /^consumer360: /.test(line));
  const [, failure, message] = /^consumer360: ([A-Z][A-Z_]+) (.*)$/.exec(said[at] ?? "") ?? [];
  if (failure !== undefined && message !== undefined) {
    const remedy = said.slice(at + 1).filter((line) => !isSummary(line));
    return { code: failure, message, remedy: remedy.length === 0 ? undefined : remedy.join("\n") };
  }
  // a command that was not understood is told without a code
  if (code === 2)
    return { code: "CONFIG_INVALID", message: said[at]?.replace(/^consumer360: /, "") ?? "Not understood" };
  const how = killedBy === null ? `with exit code ${code}` : `by ${killedBy}`;
  const remedy = killedBy === "SIGKILL" ? "Look into the system's log: it may have run out of memory." : undefined;
  return { code: "INTERNAL", message: `The load's process was ended ${how}`, remedy };
}

/** The line for monitors, which ends a load whatever became of it. */
export function isSummary(line: string): boolean {
  return line.startsWith("consumer360 load status=");
}
