// Calendar units from days to years: how each is written, on which day it begins, and where one lies so many earlier or later.
// Weeks are ISO weeks, from Monday.
import {
  addDays,
  addMonths,
  daysBetween,
  daysIn,
  firstDayOf,
  type IsoDate,
  isIsoDate,
  isMonth,
  monthOf,
  monthsBetween,
} from "./calendar.ts";
import { assertNever } from "./errors.ts";

/** Finest first. */
export const timeGrains = ["day", "week", "month", "quarter", "year"] as const;
export type TimeGrain = (typeof timeGrains)[number];

/** How a period of a grain is written. */
export const periodShapes: Readonly<Record<TimeGrain, string>> = Object.freeze({
  day: "YYYY-MM-DD",
  week: "YYYY-Www",
  month: "YYYY-MM",
  quarter: "YYYY-Qq",
  year: "YYYY",
});

/** Whether `text` is a period of this grain, year 0001 to 9999. */
export function isPeriod(grain: TimeGrain, text: string): boolean {
  switch (grain) {
    case "day":
      return isIsoDate(text);
    case "week": {
      const match = /^(?!0000)\d{4}-W(0[1-9]|[1-4]\d|5[0-3])$/.exec(text);
      if (match === null) return false;
      // Every year has 52 weeks; the 53rd is there where the year's last Thursday lies in it.
      return match[1] !== "53" || periodOf("week", `${text.slice(0, 4)}-12-31` as IsoDate) === text;
    }
    case "month":
      return isMonth(text);
    case "quarter":
      return /^(?!0000)\d{4}-Q[1-4]$/.test(text);
    case "year":
      return /^(?!0000)\d{4}$/.test(text);
    default:
      return assertNever(grain);
  }
}

/** The period of a grain that a day lies in. */
export function periodOf(grain: TimeGrain, day: IsoDate): string {
  switch (grain) {
    case "day":
      return day;
    case "week": {
      // A week belongs to the year that its Thursday lies in.
      const thursday = addDays(day, 3 - weekdayOf(day));
      const year = thursday.slice(0, 4);
      const week = Math.floor(daysBetween(`${year}-01-01` as IsoDate, thursday) / 7) + 1;
      return `${year}-W${String(week).padStart(2, "0")}`;
    }
    case "month":
      return monthOf(day);
    case "quarter":
      return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    case "year":
      return day.slice(0, 4);
    default:
      return assertNever(grain);
  }
}

/** The first day of a period. */
export function beginOf(grain: TimeGrain, period: string): IsoDate {
  switch (grain) {
    case "day":
      return period as IsoDate;
    case "week":
      return mondayOf(period);
    case "month":
      return firstDayOf(monthOf(period as IsoDate));
    case "quarter":
      return `${period.slice(0, 4)}-${String(Number(period.slice(6)) * 3 - 2).padStart(2, "0")}-01` as IsoDate;
    case "year":
      return `${period}-01-01` as IsoDate;
    default:
      return assertNever(grain);
  }
}

/**
 * The day that lies `count` periods later (earlier where negative): the same day of the month, or the month's last where it is shorter.
 * What would leave the years 0001 to 9999 stops at their first or last day.
 */
export function shiftDay(grain: TimeGrain, day: IsoDate, count: number): IsoDate {
  switch (grain) {
    case "day":
      return shiftDays(day, count);
    case "week":
      return shiftDays(day, 7 * count);
    case "month":
      return shiftMonths(day, count);
    case "quarter":
      return shiftMonths(day, 3 * count);
    case "year":
      return shiftMonths(day, 12 * count);
    default:
      return assertNever(grain);
  }
}

const firstDay = "0001-01-01" as IsoDate;
const lastDay = "9999-12-31" as IsoDate;

function shiftDays(day: IsoDate, count: number): IsoDate {
  if (count < -daysBetween(firstDay, day)) return firstDay;
  if (count > daysBetween(day, lastDay)) return lastDay;
  return addDays(day, count);
}

function shiftMonths(day: IsoDate, count: number): IsoDate {
  const from = monthOf(day);
  if (count < -monthsBetween(monthOf(firstDay), from)) return firstDay;
  if (count > monthsBetween(from, monthOf(lastDay))) return lastDay;
  const month = addMonths(from, count);
  const last = daysIn(Number(month.slice(0, 4)), Number(month.slice(5, 7)));
  return `${month}-${String(Math.min(Number(day.slice(8, 10)), last)).padStart(2, "0")}` as IsoDate;
}

/** 0 on Mondays. */
function weekdayOf(day: IsoDate): number {
  // 1 January of year 1 was a Monday.
  return daysBetween(firstDay, day) % 7;
}

function mondayOf(week: string): IsoDate {
  const fourth = `${week.slice(0, 4)}-01-04` as IsoDate;
  return addDays(fourth, 7 * (Number(week.slice(6)) - 1) - weekdayOf(fourth));
}
