// Which months a question about months is about: those from `from` to `to`, and the data's first and last where they are left out.
import { addMonths, firstDayOf, type Month, monthOf, monthRange, monthsBetween } from "../kernel/calendar.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import type { ValueCondition } from "../query/request.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";

const mostMonths = 1_200;

type Given = string | null | undefined;
type Range = Readonly<{ first: Month; last: Month }>;

export function monthsOfData(facts: SnapshotFacts): Range {
  return { first: monthOf(facts.dataFrom), last: monthOf(facts.dataThrough) };
}

/** Every month asked for, in order. A condition on the month stands for a bound that is left out, and narrows one that is not; a list is refused. */
export function monthsAsked(
  from: Given,
  to: Given,
  condition: ValueCondition | undefined,
  facts: SnapshotFacts,
): Month[] {
  if (condition?.in)
    throw refusal(
      "A list of months (`in`) leaves gaps, and every month from the first to the last is shown: use `gte` and `lt`.",
    );
  if (from && to && from > to) throw refusal(`\`from\` (${from}) lies after \`to\` (${to}).`);
  const data = monthsOfData(facts);
  const lower = latest([condition?.eq, condition?.gte]);
  const upper = earliest([condition?.eq, condition?.lt && addMonths(condition.lt as Month, -1)]);
  const start = latest([from ?? lower ?? data.first, lower]) ?? data.first;
  const end = earliest([to ?? upper ?? data.last, upper]) ?? data.last;
  if (start > end && !condition)
    throw refusal(
      from
        ? `\`from\` (${from}) lies after the data's last month, ${end}; name \`to\` as well.`
        : `\`to\` (${to}) lies before the data's first month, ${start}; name \`from\` as well.`,
    );
  const count = monthsBetween(start, end) + 1;
  if (count > mostMonths)
    throw refusal(
      `${start} to ${end} are ${inWords(count)} months; at most ${inWords(mostMonths)} can be asked at once.`,
    );
  return monthRange(start, end);
}

const inWords = (count: number) => count.toLocaleString("en-US");

/** The condition that keeps the lines of a range of months, as far as there is data. */
export function withinData(first: Month, last: Month, facts: SnapshotFacts): ValueCondition | null {
  const data = monthsOfData(facts);
  const lower = first > data.first ? first : data.first;
  const upper = last < data.last ? last : data.last;
  return lower > upper ? null : upTo(lower, upper);
}

/** From the first day of one month to the last of another. */
export function upTo(first: Month, last: Month): ValueCondition {
  return last === "9999-12" ? { gte: first } : { gte: first, lt: addMonths(last, 1) };
}

/** Whether the first day of the next month is not after asOf. */
export function isComplete(month: Month, { asOf }: SnapshotFacts): boolean {
  return month < monthOf(asOf);
}

/** Whether the data does not begin in the middle of the month, or after it. */
export function isWholeFromStart(month: Month, { dataFrom }: SnapshotFacts): boolean {
  return dataFrom <= firstDayOf(month);
}

function latest(bounds: readonly Given[]): Month | undefined {
  return bounds.filter(isGiven).toSorted().at(-1);
}

function earliest(bounds: readonly Given[]): Month | undefined {
  return bounds.filter(isGiven).toSorted().at(0);
}

function isGiven(bound: Given): bound is Month {
  return typeof bound === "string";
}

function refusal(message: string): Consumer360Error {
  return new Consumer360Error("BAD_USER_INPUT", message);
}
