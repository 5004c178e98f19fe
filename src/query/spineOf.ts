// The periods that a question with a spine asks for: those that its filter leaves, and the data's first and last where it says nothing.
import { addDays, daysBetween, type IsoDate } from "../kernel/calendar.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { beginOf, periodOf, type TimeGrain } from "../kernel/period.ts";
import { finestGrain } from "../model/dimensions.ts";
import { daysAsked } from "./calendarConditions.ts";
import type { Spine } from "./compile/spineSql.ts";
import type { MetricsRequest } from "./request.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";

const mostPeriods = 10_000;
/** On the average of the calendar, which never strays by as much as half a period. */
const daysIn: Readonly<Record<TimeGrain, number>> = Object.freeze({
  day: 1,
  week: 7,
  month: 365.2425 / 12,
  quarter: 365.2425 / 4,
  year: 365.2425,
});

/** Null where no spine is asked for. Throws BAD_USER_INPUT for a range of too many periods. */
export function spineOf(request: MetricsRequest, { dataFrom, dataThrough }: SnapshotFacts): Spine | null {
  const grain = finestGrain(request.dimensions);
  if (!request.spine || grain === null) return null;
  const { from, before } = daysAsked(request.where ?? {});
  const begin = (day: IsoDate) => beginOf(grain, periodOf(grain, day));
  const [start, end] = [from ?? dataFrom, before ?? addDays(dataThrough, 1)];
  const first = begin(start);
  const last = end <= start ? null : begin(addDays(end, -1));
  if (last !== null && Math.round(daysBetween(first, last) / daysIn[grain]) + 1 > mostPeriods)
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      `The range asked for has more than ${mostPeriods.toLocaleString("en-US")} periods of one ${grain}.`,
      { remedy: "Narrow it with a filter, or ask for a coarser calendar unit." },
    );
  // A series that ends before it begins is empty.
  return { grain, first, last: last ?? addDays(first, -1), dataFrom, dataThrough };
}
