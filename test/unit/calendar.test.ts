// Days and months of the calendar: what is one, how they are counted, and the leap years.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDays,
  addMonths,
  daysBetween,
  daysIn,
  firstDayOf,
  type IsoDate,
  isIsoDate,
  isMonth,
  type Month,
  monthOf,
  monthRange,
  monthsBetween,
} from "../../src/kernel/calendar.ts";

const day = (text: string) => text as IsoDate;
const month = (text: string) => text as Month;
const someDay = fc
  .integer({ min: Date.UTC(1000, 0, 1) / 86_400_000, max: Date.UTC(9998, 11, 31) / 86_400_000 })
  .map((number) => day(new Date(number * 86_400_000).toISOString().slice(0, 10)));

describe("a day", () => {
  it.each(["2011-12-09", "2000-02-29", "2024-02-29", "0001-01-01", "9999-12-31", "2023-04-30"])("%s is one", (text) =>
    expect(isIsoDate(text)).toBe(true),
  );
  it.each([
    "2023-02-29",
    "1900-02-29",
    "2100-02-29",
    "2023-04-31",
    "2023-13-01",
    "2023-00-10",
    "2023-01-00",
    "2023-01-32",
    "0000-01-01",
    "2023-1-1",
    "20230101",
    "2023-01-01T00:00",
    " 2023-01-01",
    "2023-01-01\n",
    "-001-01-01",
    "10000-01-01",
    "２０２３-01-01",
    "",
  ])("%j is none", (text) => expect(isIsoDate(text)).toBe(false));
});

describe("a month", () => {
  it.each(["2011-12", "0001-01", "9999-12"])("%s is one", (text) => expect(isMonth(text)).toBe(true));
  it.each(["2011-13", "2011-00", "2011-1", "0000-01", "2011-12-01", "2011-12\n", "", "11-12"])("%j is none", (text) =>
    expect(isMonth(text)).toBe(false),
  );

  it("belongs to its days", () => {
    expect(monthOf(day("2024-02-29"))).toBe("2024-02");
    expect(firstDayOf(month("2024-02"))).toBe("2024-02-01");
  });
});

describe("months are counted", () => {
  it("over the turn of the year, both ways", () => {
    expect(addMonths(month("2010-12"), 1)).toBe("2011-01");
    expect(addMonths(month("2011-01"), -1)).toBe("2010-12");
    expect(addMonths(month("2011-01"), -13)).toBe("2009-12");
    expect(addMonths(month("2011-05"), 24)).toBe("2013-05");
    expect(addMonths(month("0999-12"), 1)).toBe("1000-01");
    expect(monthsBetween(month("2010-12"), month("2011-12"))).toBe(12);
    expect(monthsBetween(month("2011-12"), month("2010-12"))).toBe(-12);
  });

  it("as a range without a gap", () => {
    expect(monthRange(month("2010-11"), month("2011-02"))).toEqual(["2010-11", "2010-12", "2011-01", "2011-02"]);
    expect(monthRange(month("2011-02"), month("2011-02"))).toEqual(["2011-02"]);
    expect(monthRange(month("2011-03"), month("2011-02"))).toEqual([]);
  });

  it("so that adding undoes what lies between", () => {
    fc.assert(
      fc.property(someDay, someDay, (a, b) => {
        const [from, to] = [monthOf(a), monthOf(b)];
        expect(addMonths(from, monthsBetween(from, to))).toBe(to);
        expect(monthsBetween(from, to) > 0).toBe(to > from);
      }),
      { seed: 360 },
    );
  });
});

describe("days are counted", () => {
  it("over leap days, months and years", () => {
    expect(daysIn(2000, 2)).toBe(29);
    expect(daysIn(1900, 2)).toBe(28);
    expect(daysIn(2023, 2)).toBe(28);
    expect([1, 3, 4, 12].map((number) => daysIn(2023, number))).toEqual([31, 31, 30, 31]);
    expect(addDays(day("2011-12-09"), 1)).toBe("2011-12-10");
    expect(addDays(day("2024-02-28"), 2)).toBe("2024-03-01");
    expect(addDays(day("2024-01-01"), -1)).toBe("2023-12-31");
    expect(daysBetween(day("2023-12-31"), day("2024-12-31"))).toBe(366);
    expect(daysBetween(day("2024-03-01"), day("2024-02-01"))).toBe(-29);
  });

  it("in early years, whose numbers are short", () => {
    expect(addDays(day("0001-12-31"), 1)).toBe("0002-01-01");
    expect(daysBetween(day("0099-12-31"), day("0100-01-01"))).toBe(1);
  });

  it("so that a month is as long as the days to the next", () => {
    fc.assert(
      fc.property(someDay, (any) => {
        const from = monthOf(any);
        const length = daysBetween(firstDayOf(from), firstDayOf(addMonths(from, 1)));
        expect(length).toBe(daysIn(Number(from.slice(0, 4)), Number(from.slice(5))));
        expect(isIsoDate(`${from}-${length}`)).toBe(true);
        expect(isIsoDate(`${from}-${length + 1}`)).toBe(false);
      }),
      { seed: 360 },
    );
  });

  it("so that adding undoes what lies between", () => {
    fc.assert(
      fc.property(someDay, someDay, (a, b) => {
        expect(addDays(a, daysBetween(a, b))).toBe(b);
      }),
      { seed: 360 },
    );
  });
});
