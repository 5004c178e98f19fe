// The log of what happens beside requests, such as a policy that has changed: the same lines as the server's own.
import { hostname } from "node:os";
import { formatLogLine } from "./formatLogLine.ts";
import type { LogLevel } from "./readConfig.ts";

export type Log = Readonly<Record<"info" | "warn" | "error", (message: string) => void>>;

/** Where lines go: `process.stderr`, or what a test reads. */
export type Stream = { write(text: string): unknown };

/** The numbers that pino gives the levels. */
export const levels = { info: 30, warn: 40, error: 50 } as const;
const thresholds: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  ...levels,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
};

export function openLog(
  { production, logLevel }: { production: boolean; logLevel: LogLevel },
  stream: Stream = process.stderr,
): Log {
  const writer = (level: number) => (msg: string) => {
    if (level < thresholds[logLevel]) return;
    const line = lineOf({ level, time: Date.now(), msg });
    stream.write(production ? line : formatLogLine(line));
  };
  return Object.freeze({ info: writer(levels.info), warn: writer(levels.warn), error: writer(levels.error) });
}

const ofProcess = Object.freeze({ pid: process.pid, hostname: hostname() });

/** One line of JSON in pino's form; `time` in milliseconds since 1970. Fields beside these stand at its end. */
export function lineOf({
  level,
  time,
  ...rest
}: Readonly<{ level: number; time: number; msg: string; [field: string]: unknown }>): string {
  return `${JSON.stringify({ level, time, ...ofProcess, ...rest })}\n`;
}
