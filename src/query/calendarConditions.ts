// What a filter says of time: the range of days that its conditions on calendar units leave, and the same conditions so much earlier.
import { addDays, type IsoDate } from "../kernel/calendar.ts";
import { beginOf, periodOf, shiftDay, type TimeGrain, timeGrains } from "../kernel/period.ts";
import type { Shift, ValueCondition, Where } from "./request.ts";

/** Days from `from` to before `before`; a bound that is not there is null. */
export type DayRange = Readonly<{ from: IsoDate | null; before: IsoDate | null }>;

/** The calendar's ends: what would lie beyond them is cut there. */
const firstDay = "0001-01-01" as IsoDate;
const lastDay = "9999-12-31" as IsoDate;

/** The days that a condition on a calendar unit leaves; lists are not looked at. */
export function daysOf(grain: TimeGrain, { eq, gte, lt }: ValueCondition): DayRange {
  const from = latest([eq, gte].filter(isGiven).map((period) => beginOf(grain, period)));
  const ends = [...(lt === undefined ? [] : [beginOf(grain, lt)]), ...(eq === undefined ? [] : [endOf(grain, eq)])];
  return { from, before: earliest(ends.filter(isGiven)) };
}

/** The day after a period; null after the calendar's last. */
function endOf(grain: TimeGrain, period: string): IsoDate | null {
  const begin = beginOf(grain, period);
  if (grain === "day") return begin === lastDay ? null : addDays(begin, 1);
  return begin.startsWith("9999") && shiftsOut(grain, begin) ? null : shiftDay(grain, begin, 1);
}

/** Whether the next period begins after the calendar's last day. */
const shiftsOut = (grain: TimeGrain, begin: IsoDate) =>
  grain === "year" || begin >= (grain === "quarter" ? "9999-10-01" : grain === "month" ? "9999-12-01" : "9999-12-25");

/** The days that all conditions on calendar units leave together. */
export function daysAsked(where: Where): DayRange {
  const ranges = timeGrains.flatMap((grain) => {
    const condition = where[grain];
    return condition ? [daysOf(grain, condition)] : [];
  });
  return {
    from: latest(ranges.map(({ from }) => from).filter(isGiven)),
    before: earliest(ranges.map(({ before }) => before).filter(isGiven)),
  };
}

/** A day so much earlier, by the periods of a grain. A year of weeks has 52. */
function dayEarlier(grain: TimeGrain, day: IsoDate, { periods, years }: Shift): IsoDate {
  // No shift is as long as ten years.
  if (day < "0011") return firstDay;
  const shifted = shiftDay(grain, day, -periods);
  return grain === "week" ? addDays(shifted, -364 * years) : shiftDay("year", shifted, -years);
}

/** An end so much earlier: what comes before a day ends with the day before it, and no day of a longer month is left out. */
function endEarlier(grain: TimeGrain, before: IsoDate, shift: Shift): IsoDate {
  const moved = dayEarlier(grain, before, shift);
  if (moved === firstDay) return firstDay;
  const afterLast = addDays(dayEarlier(grain, addDays(before, -1), shift), 1);
  return moved > afterLast ? moved : afterLast;
}

/** The same filter with every condition on calendar units so much earlier; in its own units where it fits them, else in days. */
export function whereEarlier(where: Where, grain: TimeGrain, shift: Shift): Where {
  const moved: Record<string, ValueCondition> = { ...where };
  let days: DayRange = { from: null, before: null };
  for (const unit of timeGrains) {
    const condition = where[unit];
    if (!condition) continue;
    delete moved[unit];
    const { from, before } = daysOf(unit, condition);
    const range: DayRange = {
      from: from && dayEarlier(grain, from, shift),
      before: before && endEarlier(grain, before, shift),
    };
    const own = conditionOf(unit, range, condition.eq !== undefined);
    if (own) moved[unit] = own;
    else
      days = {
        from: latest([days.from, range.from].filter(isGiven)),
        before: earliest([days.before, range.before].filter(isGiven)),
      };
  }
  const rest = conditionOf("day", days, false);
  if (rest && Object.keys(rest).length > 0) moved.day = { ...moved.day, ...narrower(moved.day, rest) };
  return moved as Where;
}

/** A range of days as a condition on a unit; null where it does not begin and end with one. */
function conditionOf(unit: TimeGrain, { from, before }: DayRange, single: boolean): ValueCondition | null {
  const begins = (day: IsoDate) => beginOf(unit, periodOf(unit, day)) === day;
  if ((from && !begins(from)) || (before && !begins(before))) return null;
  if (single && from && before && endOf(unit, periodOf(unit, from)) === before) return { eq: periodOf(unit, from) };
  return { ...(from && { gte: periodOf(unit, from) }), ...(before && { lt: periodOf(unit, before) }) };
}

function narrower(known: ValueCondition | undefined, added: ValueCondition): ValueCondition {
  const gte = [known?.gte, added.gte].filter(isGiven).toSorted().at(-1);
  const lt = [known?.lt, added.lt].filter(isGiven).toSorted().at(0);
  return { ...(gte !== undefined && { gte }), ...(lt !== undefined && { lt }) };
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;
const latest = (days: readonly IsoDate[]) => days.toSorted().at(-1) ?? null;
const earliest = (days: readonly IsoDate[]) => days.toSorted().at(0) ?? null;
