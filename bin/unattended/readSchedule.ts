// When a scheduled load is due: cron's five fields, in a time zone.
import { Cron } from "croner";

/** The next moment after another one; null: there is none. */
export type Schedule = Readonly<{ text: string; after(moment: Date): Date | null }>;

/** Throws with what the text must be. */
export function readSchedule(text: string, timeZone?: string): Schedule {
  try {
    // a date is no schedule, though the library takes one
    if (/^\s*\d{4}-/.test(text)) throw new Error("it is a date");
    const zone = timeZone === undefined ? {} : { timezone: timeZone };
    const cron = new Cron(text, { mode: "5-part", paused: true, ...zone });
    const schedule = Object.freeze({ text, after: (moment: Date) => cron.nextRun(moment) });
    if (schedule.after(new Date()) === null) throw new Error("no such day ever comes");
    return schedule;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Cron\w+: /, "") : String(error);
    throw new Error(
      `must be cron's five fields (minute, hour, day of month, month, day of week), such as "0 6 * * *" for six in the morning: ${why}`,
    );
  }
}

export function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
}

/** A moment as the clocks of the zone show it. */
export function formatMoment(moment: Date, timeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone): string {
  const time = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(moment);
  return `${time} ${timeZone}`;
}
