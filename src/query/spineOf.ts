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
/** Rows of a spine: its periods times the combinations of other dimensions. */
const mostPlaces = 500_000;

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
  // An empty series: it ends before it begins.
  if (last === null)
    return {
      grain,
      first: "0001-01-02" as IsoDate,
      last: "0001-01-01" as IsoDate,
      dataFrom,
      dataThrough,
      mostCombinations: 1,
    };
  const periods = Math.round(daysBetween(first, last) / daysIn[grain]) + 1;
  if (periods > mostPeriods)
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      `A spine by \`${grain}\` over the range asked for has ${inWords(periods)} periods; at most ${inWords(mostPeriods)} can be asked.`,
      { remedy: "Narrow the range with a filter, or ask for a coarser calendar unit." },
    );
  return { grain, first, last, dataFrom, dataThrough, mostCombinations: Math.floor(mostPlaces / periods) };
}

/** The answer to a spine of too many rows, which only the warehouse can tell. */
export const spineTooLong = () =>
  new Consumer360Error(
    "QUERY_TOO_COSTLY",
    `The spine has more than ${inWords(mostPlaces)} rows: its periods times every combination of the other dimensions.`,
    { remedy: "Narrow the range, ask for a coarser calendar unit or fewer other dimensions, or leave the spine out." },
  );

const inWords = (count: number) => count.toLocaleString("en-US");
