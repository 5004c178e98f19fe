// Lays the rows of an answer on the spine of months: a month without sales is 0, one outside the data is null, and each knows the one before.
import { addMonths, type Month, monthsBetween } from "../kernel/calendar.ts";
import { type Decimal, fractionOf, subtractDecimals } from "../kernel/decimal.ts";
import type { MetricRow } from "../query/answer.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import { figuresOf } from "./figuresOf.ts";
import { isComplete, monthsOfData } from "./monthsAsked.ts";
import type { Selection } from "./selectedFields.ts";
import { RevenueByMonth } from "./types/RevenueByMonth.ts";

const firstOfAll = "0001-01" as Month;

/** How many months before the asked ones a selection looks at. */
export function monthsBefore({ fields }: Selection): number {
  const previous = fields.get("previous");
  return Math.max(fields.has("growth") ? 1 : 0, previous ? 1 + monthsBefore(previous) : 0);
}

/** Every field that is needed of any month, however deep `previous` goes. */
export function fieldsOfMonths({ fields }: Selection): Set<string> {
  const previous = fields.get("previous");
  return new Set([
    ...fields.keys(),
    ...(previous ? fieldsOfMonths(previous) : []),
    ...(fields.has("growth") ? ["grossRevenue"] : []),
  ]);
}

/** `count` months before, or as many as the calendar has. */
export function stepBack(month: Month, count: number): Month {
  return addMonths(month, -Math.min(count, monthsBetween(firstOfAll, month)));
}

/**
 * The asked months, linked to those before them. `rows` must hold the months back to `before` months ahead of the first; of those in
 * `withheld` nothing is known.
 */
export function monthSpine(
  months: readonly Month[],
  before: number,
  fields: ReadonlySet<string>,
  rows: readonly MetricRow[],
  facts: SnapshotFacts,
  withheld: readonly string[] = [],
): RevenueByMonth[] {
  const [first] = months;
  if (first === undefined) return [];
  const data = monthsOfData(facts);
  const rowOf = new Map(rows.map((row) => [row.month, row]));
  const start = stepBack(first, before);
  const lead = Array.from({ length: monthsBetween(start, first) }, (_, step) => addMonths(start, step));

  const spine: RevenueByMonth[] = [];
  for (const month of [...lead, ...months]) {
    const previous = spine.at(-1) ?? null;
    const isKnown = month >= data.first && month <= data.last && !withheld.includes(month);
    const figures = isKnown ? figuresOf(RevenueByMonth, fields, rowOf.get(month)) : {};
    const complete = isComplete(month, facts);
    spine.push({
      month,
      complete,
      previous,
      ...figures,
      // once it is looked at
      get growth() {
        return growth({ complete, ...figures }, previous);
      },
    });
  }
  return spine.slice(lead.length);
}

type Base = Pick<RevenueByMonth, "complete" | "grossRevenue">;

function growth(current: Base, base: Base | null): number | null {
  if (!base?.complete || !current.complete) return null;
  if (typeof base.grossRevenue !== "string" || typeof current.grossRevenue !== "string") return null;
  const before = base.grossRevenue as Decimal;
  return fractionOf(subtractDecimals(current.grossRevenue as Decimal, before), before);
}
