// `--since 2026-01-01`: a day or a moment in UTC, as ISO 8601 writes it.
import { InvalidArgumentError } from "commander";

/** ISO 8601 in whole. */
export function parseTime(text: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)Z)?$/.exec(text) ?? [];
  const moment = new Date(`${day}T${time ?? "00:00"}Z`);
  // of a day that its month does not have another one is made
  if (Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(`${day}`))
    throw new InvalidArgumentError(
      "A time is a day, such as 2026-01-01, or a moment in UTC, such as 2026-01-01T08:30Z.",
    );
  return moment.toISOString();
}
