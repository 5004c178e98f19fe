// The days on which the sample's shop trades, and how busy each is. A day's weight is its length on the shop's own
// clock: buyers who keep a steady interval on that clock order more often in autumn than in summer.
import { addMonths, daysBetween, daysIn, firstDayOf, type IsoDate, type Month } from "../../src/kernel/calendar.ts";

export type TradingDays = {
  readonly count: number;
  /** The shop's clock at which each day opens; one more entry says when the last day closes. */
  readonly opens: Float64Array;
  /** Each day's month, counted from the first. */
  readonly month: Uint16Array;
  /** Each day as the file writes it, `M/D/YYYY`. */
  readonly text: readonly string[];
};

/** An average calendar day (the closed ones included) on the shop's clock. */
export const calendarDay = 860;

const seasons = [72, 74, 90, 86, 94, 90, 80, 74, 116, 136, 164, 128] as const;
// From Sunday to Saturday; the trade counter is closed on Saturdays.
const weekdays = [66, 106, 112, 108, 120, 92, 0] as const;
const lastMonthEnds = 20;

/** All trading days from the first day of `from`; the last month stops on its 20th, as an export made that evening does. */
export function tradingDays(from: Month, months: number): TradingDays {
  const opens = [0];
  const month: number[] = [];
  const text: string[] = [];
  let clock = 0;
  for (let index = 0; index < months; index += 1) {
    const name = addMonths(from, index);
    const [year, number] = [Number(name.slice(0, 4)), Number(name.slice(5, 7))];
    const sundayOffset = (((daysBetween("1970-01-04" as IsoDate, firstDayOf(name)) % 7) + 7) % 7) - 1;
    const last = index === months - 1 ? lastMonthEnds : daysIn(year, number);
    for (let day = 1; day <= last; day += 1) {
      const holiday = (number === 12 && day >= 24) || (number === 1 && day <= 3);
      const weekday = weekdays[(sundayOffset + day) % 7] as number;
      if (holiday || weekday === 0) continue;
      clock += Math.floor(((seasons[number - 1] as number) * weekday) / 10);
      opens.push(clock);
      month.push(index);
      text.push(`${number}/${day}/${year}`);
    }
  }
  return { count: text.length, opens: Float64Array.from(opens), month: Uint16Array.from(month), text };
}

/** The day that is trading at `clock`, which must lie before the last day closes. */
export function dayAt(days: TradingDays, clock: number): number {
  let low = 0;
  let high = days.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((days.opens[middle] as number) <= clock) low = middle;
    else high = middle - 1;
  }
  return low;
}
