// Calendar units by counting days: what a day's week, month, quarter and year are called, which days they hold, and where a day lies so
// much earlier. None of the project's own calendar, so that it can be held against this one.
import type { Shift } from "../../src/query/request.ts";

/** Finest first. */
export const units = ["day", "week", "month", "quarter", "year"] as const;
export type Unit = (typeof units)[number];

export const isUnit = (name: string): name is Unit => (units as readonly string[]).includes(name);

/** Days since 1970-01-01. */
export const dayNumber = (day: string) =>
  Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / 86_400_000;
const dayAt = (number: number) => new Date(number * 86_400_000).toISOString().slice(0, 10);
export const nextDay = (day: string) => dayAt(dayNumber(day) + 1);

/** 1 is Monday, as 1970-01-05 was. */
export const weekdayOf = (day: string) => ((((dayNumber(day) - 4) % 7) + 7) % 7) + 1;

/** The period of a unit that a day lies in, as an answer writes it; years as text too. */
export function periodOf(unit: Unit, day: string): string {
  const year = day.slice(0, 4);
  switch (unit) {
    case "day":
      return day;
    case "week": {
      // The days up to a week's Thursday, in its own year, are as many weeks as its number says.
      const thursday = dayNumber(day) - weekdayOf(day) + 4;
      const own = dayAt(thursday).slice(0, 4);
      return `${own}-W${String(Math.ceil((thursday - dayNumber(`${own}-01-01`) + 1) / 7)).padStart(2, "0")}`;
    }
    case "month":
      return day.slice(0, 7);
    case "quarter":
      return `${year}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    case "year":
      return year;
  }
}

const known = new Map<string, { first: string; last: string }>();
for (let day = "1990-01-01"; day < "2040-01-01"; day = nextDay(day))
  for (const unit of units) {
    const key = `${unit} ${periodOf(unit, day)}`;
    known.set(key, { first: known.get(key)?.first ?? day, last: day });
  }

/** The days of a period, found by going through the calendar. */
export function daysOf(unit: Unit, period: string): { first: string; last: string } {
  const days = known.get(`${unit} ${period}`);
  if (!days) throw new Error(`The calendar of these tests does not hold ${unit} ${period}.`);
  return days;
}

function monthsEarlier(day: string, months: number): string {
  const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
  const text = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, "0")}`;
  const { last } = daysOf("month", text);
  const same = `${text}-${day.slice(8, 10)}`;
  return same > last ? last : same;
}

const monthsIn = { month: 1, quarter: 3, year: 12 } as const;

/** A day so many periods of the unit and so many years earlier. The last day of a short month stands for those that it has not. */
function earlierDay(unit: Unit, day: string, { periods, years }: Shift): string {
  if (unit === "week") return dayAt(dayNumber(day) - 7 * periods - 364 * years);
  const before = unit === "day" ? dayAt(dayNumber(day) - periods) : monthsEarlier(day, periods * monthsIn[unit]);
  return monthsEarlier(before, 12 * years);
}

export const earlierPeriod = (unit: Unit, period: string, shift: Shift) =>
  periodOf(unit, earlierDay(unit, daysOf(unit, period).first, shift));

/** Days from the first, included, to the end, left out. */
export type DayRange = Readonly<{ from: string; end: string }>;

export const daysOfPeriod = (unit: Unit, period: string): DayRange => {
  const { first, last } = daysOf(unit, period);
  return { from: first, end: nextDay(last) };
};

/** The range so much earlier: the last day of a month stays the last day of one. */
export function earlierRange(unit: Unit, { from, end }: DayRange, shift: Shift): DayRange {
  const after = nextDay(earlierDay(unit, dayAt(dayNumber(end) - 1), shift));
  const straight = earlierDay(unit, end, shift);
  return { from: earlierDay(unit, from, shift), end: straight > after ? straight : after };
}
