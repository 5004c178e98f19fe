// Turns a line of the logger's JSON into one that people read: time, level, words, and where there is an error, its stack.
import { escapeControls } from "./escapeControls.ts";

const levels: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

type LogEntry = Readonly<{
  time?: number;
  level?: number;
  msg?: string;
  reqId?: string;
  req?: { method?: string; url?: string };
  res?: { statusCode?: number };
  responseTime?: number;
  err?: { stack?: string; message?: string };
}>;

export function formatLogLine(json: string): string {
  let entry: LogEntry;
  try {
    entry = JSON.parse(json) as LogEntry;
  } catch {
    return json;
  }
  const { time, level, msg, reqId, req, res, responseTime, err } = entry;
  const words = [
    new Date(time ?? Date.now()).toISOString(),
    levels[level ?? 30] ?? "info",
    ...(reqId === undefined ? [] : [reqId]),
    ...(msg === undefined ? [] : [msg]),
    ...(req === undefined ? [] : [`${req.method} ${req.url}`]),
    ...(res === undefined ? [] : [String(res.statusCode)]),
    ...(responseTime === undefined ? [] : [`${responseTime.toFixed(1)} ms`]),
  ];
  const stack = err?.stack ?? err?.message;
  return `${escapeControls(`${words.join(" ")}${stack === undefined || stack === msg ? "" : `\n${stack}`}`)}\n`;
}
