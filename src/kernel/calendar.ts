// Dates and months as the warehouse means them: the store's local calendar, no zone, as plain ISO text.

declare const brand: unique symbol;
/** A day, `YYYY-MM-DD`. */
export type IsoDate = string & { readonly [brand]: "IsoDate" };
/** A calendar month, `YYYY-MM`. */
export type Month = string & { readonly [brand]: "Month" };

/** Whether `text` is a real day of the calendar, `YYYY-MM-DD`, year 0001 to 9999. */
export function isIsoDate(text: string): text is IsoDate {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = [match[1], match[2], match[3]].map(Number) as [number, number, number];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

/** Whether `text` is a month, `YYYY-MM`, year 0001 to 9999. */
export function isMonth(text: string): text is Month {
  return /^(?!0000)\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/** Days in a month (1 to 12) of a year of the Gregorian calendar. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function monthOf(day: IsoDate): Month {
  return day.slice(0, 7) as Month;
}

export function firstDayOf(month: Month): IsoDate {
  return `${month}-01` as IsoDate;
}

/** Months since year 0, so that months can be counted and compared as numbers. */
function indexOf(month: Month): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}

export function addMonths(month: Month, count: number): Month {
  const index = indexOf(month) + count;
  const year = Math.floor(index / 12);
  return `${String(year).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}` as Month;
}

/** Whole months from `from` to `to`; negative where `to` is earlier. */
export function monthsBetween(from: Month, to: Month): number {
  return indexOf(to) - indexOf(from);
}

/** Every month from `from` to `to`, both included; empty where `to` is earlier. */
export function monthRange(from: Month, to: Month): Month[] {
  return Array.from({ length: Math.max(0, monthsBetween(from, to) + 1) }, (_, step) => addMonths(from, step));
}

/** Whole days from `from` to `to`; negative where `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

export function addDays(day: IsoDate, count: number): IsoDate {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10) as IsoDate;
}
