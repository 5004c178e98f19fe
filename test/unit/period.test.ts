// Days, ISO weeks, months, quarters and years: what is one, where it begins, which one a day lies in, and what lies earlier or later.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, daysBetween, daysIn, type IsoDate, isIsoDate } from "../../src/kernel/calendar.ts";
import { beginOf, isPeriod, periodOf, periodShapes, shiftDay, timeGrains } from "../../src/kernel/period.ts";

const day = (text: string) => text as IsoDate;
const someDay = fc
  .integer({ min: 0, max: daysBetween(day("0001-01-01"), day("9999-12-31")) })
  .map((count) => addDays(day("0001-01-01"), count));
const someGrain = fc.constantFrom(...timeGrains);

describe("a period", () => {
  it.each([
    ["day", "2011-01-31"],
    ["day", "0001-01-01"],
    ["week", "2011-W01"],
    ["week", "2011-W52"],
    ["week", "2020-W53"],
    ["week", "2026-W53"],
    ["week", "0001-W01"],
    ["week", "9999-W52"],
    ["month", "2011-12"],
    ["quarter", "2011-Q1"],
    ["quarter", "9999-Q4"],
    ["year", "0001"],
    ["year", "9999"],
  ] as const)("of the %s is %s", (grain, text) => expect(isPeriod(grain, text)).toBe(true));

  it.each([
    ["day", "2011-02-29"],
    ["day", "2011-01"],
    ["week", "2011-W00"],
    ["week", "2011-W53"],
    ["week", "2021-W53"],
    ["week", "9999-W53"],
    ["week", "2020-W54"],
    ["week", "2011-W99"],
    ["week", "2011-W5"],
    ["week", "2011W05"],
    ["week", "2011-w05"],
    ["week", "0000-W01"],
    ["week", "2011-W05\n"],
    ["month", "2011-13"],
    ["month", "2011-01-01"],
    ["quarter", "2011-Q0"],
    ["quarter", "2011-Q5"],
    ["quarter", "2011-q1"],
    ["quarter", "0000-Q1"],
    ["quarter", "2011-Q11"],
    ["year", "0000"],
    ["year", "11"],
    ["year", "12011"],
    ["year", "2011\n"],
    ["year", ""],
  ] as const)("of the %s is not %j", (grain, text) => expect(isPeriod(grain, text)).toBe(false));

  // Worked out by hand from a calendar.
  it.each([
    ["2010-12-31", "2010-W52", "2010-Q4"],
    ["2011-01-02", "2010-W52", "2011-Q1"],
    ["2011-01-03", "2011-W01", "2011-Q1"],
    ["2011-12-09", "2011-W49", "2011-Q4"],
    ["2012-01-01", "2011-W52", "2012-Q1"],
    ["2016-01-03", "2015-W53", "2016-Q1"],
    ["2018-12-31", "2019-W01", "2018-Q4"],
    ["2020-12-31", "2020-W53", "2020-Q4"],
    ["2021-01-03", "2020-W53", "2021-Q1"],
    ["2024-03-31", "2024-W13", "2024-Q1"],
    ["2024-04-01", "2024-W14", "2024-Q2"],
    ["2024-12-30", "2025-W01", "2024-Q4"],
    ["0001-01-01", "0001-W01", "0001-Q1"],
    ["9999-12-31", "9999-W52", "9999-Q4"],
  ])("%s lies in week %s and quarter %s", (text, week, quarter) => {
    expect(periodOf("week", day(text))).toBe(week);
    expect(periodOf("quarter", day(text))).toBe(quarter);
    expect(periodOf("day", day(text))).toBe(text);
    expect(periodOf("month", day(text))).toBe(text.slice(0, 7));
    expect(periodOf("year", day(text))).toBe(text.slice(0, 4));
  });

  it.each([
    ["day", "2011-01-31", "2011-01-31"],
    ["week", "2010-W52", "2010-12-27"],
    ["week", "2015-W53", "2015-12-28"],
    ["week", "2019-W01", "2018-12-31"],
    ["week", "0001-W01", "0001-01-01"],
    ["month", "2011-02", "2011-02-01"],
    ["quarter", "2011-Q1", "2011-01-01"],
    ["quarter", "2011-Q4", "2011-10-01"],
    ["year", "2011", "2011-01-01"],
  ] as const)("of the %s, %s begins on %s", (grain, period, begin) => expect(beginOf(grain, period)).toBe(begin));

  it("holds the days from its begin to the day before the next one's, and is written in its shape", () => {
    fc.assert(
      fc.property(someGrain, someDay, (grain, someday) => {
        const period = periodOf(grain, someday);
        expect(isPeriod(grain, period)).toBe(true);
        const begin = beginOf(grain, period);
        expect(begin <= someday).toBe(true);
        expect(periodOf(grain, begin)).toBe(period);
        if (begin > "0001-01-01") expect(periodOf(grain, addDays(begin, -1)) < period).toBe(true);
        const next = shiftDay(grain, begin, 1);
        if (next < "9999-12-31") {
          expect(someday < next).toBe(true);
          expect(periodOf(grain, addDays(next, -1))).toBe(period);
          expect(periodOf(grain, next) > period).toBe(true);
        }
        const digits = period.replace(/\d/g, "0");
        expect(digits).toBe(periodShapes[grain].replace(/[YMDwq]/g, "0"));
      }),
      { numRuns: 500 },
    );
  });

  it("reads as itself, and no other text does", () => {
    fc.assert(
      fc.property(someGrain, fc.stringMatching(/^\d{4}(-[WQ]?\d{1,2}(-\d{2})?)?$/), (grain, text) => {
        expect(isPeriod(grain, text)).toBe(text >= "0001" && readsAs(grain, text));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Whether the text is what the day that it begins on is written as: slow, and by another way. */
function readsAs(grain: (typeof timeGrains)[number], text: string): boolean {
  const year = text.slice(0, 4);
  for (let at = addDays(day(`${year}-01-01`), 3); at.slice(0, 4) === year; at = addDays(at, 1)) {
    if (periodOf(grain, at) === text) return true;
    if (at === "9999-12-31") break;
  }
  return ["01", "02", "03"].some((date) => periodOf(grain, day(`${year}-01-${date}`)) === text);
}

describe("shiftDay", () => {
  it.each([
    ["day", "2024-02-28", 1, "2024-02-29"],
    ["day", "2024-01-01", -1, "2023-12-31"],
    ["week", "2024-01-01", -1, "2023-12-25"],
    ["week", "2024-12-30", 1, "2025-01-06"],
    ["month", "2024-03-31", -1, "2024-02-29"],
    ["month", "2023-03-31", -1, "2023-02-28"],
    ["month", "2024-01-15", -1, "2023-12-15"],
    ["month", "2024-01-31", 13, "2025-02-28"],
    ["quarter", "2024-05-31", -1, "2024-02-29"],
    ["quarter", "2024-11-30", 1, "2025-02-28"],
    ["year", "2024-02-29", -1, "2023-02-28"],
    ["year", "2024-02-29", -4, "2020-02-29"],
    ["year", "2023-02-28", 1, "2024-02-28"],
    ["month", "2024-02-29", 0, "2024-02-29"],
  ] as const)("by %s from %s: %i later is %s", (grain, from, count, to) => {
    expect(shiftDay(grain, day(from), count)).toBe(to);
  });

  it.each(timeGrains)("by %s stops at the ends of the calendar", (grain) => {
    expect(shiftDay(grain, day("0001-01-01"), -1)).toBe("0001-01-01");
    expect(shiftDay(grain, day("2011-12-09"), -1_000_000_000)).toBe("0001-01-01");
    expect(shiftDay(grain, day("9999-12-31"), 1)).toBe("9999-12-31");
    expect(shiftDay(grain, day("2011-12-09"), 1_000_000_000)).toBe("9999-12-31");
  });

  it("keeps the day of the month where there is one, and never leaves the calendar", () => {
    fc.assert(
      fc.property(someGrain, someDay, fc.integer({ min: -5000, max: 5000 }), (grain, from, count) => {
        const to = shiftDay(grain, from, count);
        expect(isIsoDate(to)).toBe(true);
        if (to === "0001-01-01" || to === "9999-12-31") return;
        const [year = 0, month = 0, date = 0] = to.split("-").map(Number);
        if (grain === "day" || grain === "week") expect(daysBetween(from, to)).toBe(count * (grain === "day" ? 1 : 7));
        else {
          expect(date).toBe(Math.min(Number(from.slice(8)), daysIn(year, month)));
          const months = (year - Number(from.slice(0, 4))) * 12 + month - Number(from.slice(5, 7));
          expect(months).toBe(count * { month: 1, quarter: 3, year: 12 }[grain]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("leads from the begin of a period to the begin of another", () => {
    fc.assert(
      fc.property(someGrain, someDay, fc.integer({ min: -300, max: 300 }), (grain, from, count) => {
        const to = shiftDay(grain, beginOf(grain, periodOf(grain, from)), count);
        if (to === "9999-12-31") return;
        expect(beginOf(grain, periodOf(grain, to))).toBe(to);
      }),
    );
  });
});
