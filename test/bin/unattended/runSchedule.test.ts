// The schedule on a clock of the test's own: one load at a time, none made up, and what is said of the next.
import { describe, expect, test } from "vitest";
import { formatMoment, isTimeZone, readSchedule, type Schedule } from "../../../bin/unattended/readSchedule.ts";
import { runSchedule } from "../../../bin/unattended/runSchedule.ts";
import { fakeLog } from "./fakeLog.ts";

const moment = (time: string) => new Date(`2026-11-30T${time}Z`);

/** Due at these times and never after. */
function dueAt(...times: string[]): Schedule {
  const moments = times.map(moment);
  return { text: "a test's", after: (after) => moments.find((time) => time > after) ?? null };
}

/** The clock shows these times, one each time that it is read, and the last from then on. */
async function run(schedule: Schedule, clock: string[]) {
  const log = fakeLog();
  const loads: (string | null)[] = [];
  let reads = -1;
  await runSchedule({
    schedule,
    timeZone: "UTC",
    log,
    signal: AbortSignal.timeout(5_000),
    now() {
      reads += 1;
      return moment(clock[Math.min(reads, clock.length - 1)] ?? "").getTime();
    },
    load: async (until) => void loads.push(until?.toISOString().slice(11, 16) ?? null),
  });
  return { loads, log: log.lines };
}

describe("a schedule", () => {
  test("loads when its time comes, and says when the next is due", async () => {
    const { loads, log } = await run(dueAt("06:00", "07:00"), ["05:00", "06:00", "06:00", "06:00:09", "07:00:01"]);
    expect(loads).toEqual(["07:00", null]);
    expect(log).toEqual([
      "info The next scheduled load is due at 2026-11-30 07:00 UTC",
      'warn The schedule "a test\'s" has no further time',
    ]);
  });

  test("leaves out what comes due while a load is under way", async () => {
    const clock = ["05:00", "06:00", "06:00", "06:40", "07:00"];
    const { loads, log } = await run(dueAt("06:00", "06:15", "06:30", "07:00"), clock);
    expect(loads).toEqual(["06:15", null]);
    expect(log.slice(0, 2)).toEqual([
      "warn The load of 2026-11-30 06:15 UTC is left out: its time came while the one before was under way",
      "info The next scheduled load is due at 2026-11-30 07:00 UTC",
    ]);
  });

  test("does not make up what a sleeping machine missed", async () => {
    const { loads, log } = await run(dueAt("06:00", "06:15"), ["05:00", "06:10", "06:10", "06:10", "06:15:30"]);
    expect(loads).toEqual([null]);
    expect(log[0]).toBe("warn The load of 2026-11-30 06:00 UTC was missed and is not made up");
  });

  test("ends when all is to stop", async () => {
    const log = fakeLog();
    const began = Date.now();
    await runSchedule({
      schedule: readSchedule("0 0 1 1 *"),
      log,
      signal: AbortSignal.timeout(50),
      load: async () => expect.unreachable(),
    });
    expect(Date.now() - began).toBeLessThan(3_000);
    expect(log.lines).toEqual([]);
  });
});

describe("cron's five fields", () => {
  test.each([
    ["0 6 * * *", undefined, "2026-12-01T06:00:00.000Z"],
    ["*/15 8-18 * * MON-FRI", "UTC", "2026-11-30T14:15:00.000Z"],
    ["0 6 1 * *", "Europe/Berlin", "2026-12-01T05:00:00.000Z"],
    ["30 2 L * *", "UTC", "2026-12-31T02:30:00.000Z"],
    ["@daily", "UTC", "2026-12-01T00:00:00.000Z"],
  ])("%s in %s", (text, zone, next) => {
    expect(
      readSchedule(text, zone ?? "UTC")
        .after(moment("14:00"))
        ?.toISOString(),
    ).toBe(next);
  });

  test("keep to the clocks of their zone when these change", () => {
    const schedule = readSchedule("30 2 * * *", "Europe/Berlin");
    const days = (first: string) => {
      const one = schedule.after(new Date(first));
      return [one, one && schedule.after(one)].map((day) => day?.toISOString());
    };
    expect(days("2026-03-28T12:00:00Z")).toEqual(["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
    expect(days("2026-10-24T12:00:00Z")).toEqual(["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]);
  });

  test.each([
    ["", /five/],
    ["nightly", /five/],
    ["0 6 * *", /five/],
    ["*/5 * * * * *", /requires exactly 5 parts/],
    ["61 * * * *", /Invalid value for minute: 61$/],
    ["0 6 * * 8", /dayOfWeek/],
    ["0 0 30 2 *", /no such day ever comes$/],
    ["2026-12-01T06:00:00", /it is a date$/],
    ["@reboot", /@reboot is not supported/],
  ])("%j are refused", (text, why) => {
    expect(() => readSchedule(text)).toThrow(why);
    expect(() => readSchedule(text)).toThrow(/^must be cron's five fields /);
  });

  test("name time zones that there are", () => {
    expect(["UTC", "Europe/London", "Atlantis/Main", ""].map(isTimeZone)).toEqual([true, true, false, false]);
    expect(formatMoment(moment("14:00"), "Asia/Kolkata")).toBe("2026-11-30 19:30 Asia/Kolkata");
  });
});
