// A log that remembers: level and words of each line.
import type { Log } from "../../../src/server/openLog.ts";

export function fakeLog(): Log & { lines: string[] } {
  const lines: string[] = [];
  const writer = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, info: writer("info"), warn: writer("warn"), error: writer("error") };
}
