// A metrics question answered in memory, in the plainest way: keep the scope's lines, filter them, group them, compute. Slow and
// obvious on purpose; the warehouse's answers are held against it.
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { Value } from "../../src/query/answer.ts";
import type { Member, MetricsRequest, Shift, Where } from "../../src/query/request.ts";
import { compareKeys, type Figure, reaches, type SortKey, show, sortKey } from "./figure.ts";
import { figures, type Group, sales, sum } from "./figures.ts";
import { type FirstOrders, type LineValue, lineValues, passes } from "./lineValues.ts";
import {
  type DayRange,
  daysOf,
  daysOfPeriod,
  earlierPeriod,
  earlierRange,
  isUnit,
  nextDay,
  periodOf,
  type Unit,
  units,
  weekdayOf,
} from "./periods.ts";
import { type ShopLine, segmentNames } from "./shopLines.ts";

export type Row = Record<string, Value>;

export type Evaluated = Readonly<{
  /** In order, whatever page was asked for. */
  rows: readonly Row[];
  /** For each shift, the measures of each row's earlier row. */
  earlier: readonly (readonly (Row | null)[])[];
  totals: Row | null;
}>;

/** What the scope leaves, and the days of all lines. */
type Shop = Readonly<{ visible: readonly ShopLine[]; first: FirstOrders; from: string; through: string; asOf: string }>;
type Cuts = Readonly<Partial<Record<DimensionName, LineValue>>>;
/** A row to be; null where its period lies outside of the data. */
type Part = Readonly<{ cuts: Cuts; group: Group | null }>;

export function keepsLine(scope: Scope, line: ShopLine): boolean {
  const segments: readonly string[] | null = scope.segments;
  return (
    (scope.countries === null || scope.countries.includes(line.country)) &&
    (segments === null || segments.includes(line.segment))
  );
}

/** Every row of the answer. */
export const evaluate = (request: MetricsRequest, scope: Scope, all: readonly ShopLine[]): Row[] => [
  ...evaluateAll(request, scope, all).rows,
];

export function evaluateAll(request: MetricsRequest, scope: Scope, all: readonly ShopLine[]): Evaluated {
  const shop = shopUnder(scope, all);
  const where = request.where ?? {};
  const kept = shop.visible.filter((line) => passesAll(line, where, shop.first));
  const asked = sum(sales(kept));
  const isNew = (grouped: readonly DimensionName[]) => (line: ShopLine) => {
    const order = line.customer === null ? undefined : shop.first.get(line.customer);
    return order !== undefined && units.every((unit) => inPeriod(unit, order.slice(0, 10), line, grouped, where));
  };
  const makeGroup = (lines: readonly ShopLine[], grouped = request.dimensions): Group => ({
    lines,
    asked,
    isNew: isNew(grouped),
    asOf: shop.asOf,
  });

  const found = groupLines(kept, request.dimensions, shop.first);
  if (request.dimensions.length === 0) found.set("[]", { cuts: {}, lines: kept });
  const parts: Part[] = request.spine
    ? spined(request, found, shop, makeGroup)
    : [...found.values()].map(({ cuts, lines }) => ({ cuts, group: makeGroup(lines) }));
  const rows = inOrder(parts, request);
  return {
    rows: rows.map((part) => rowOf(part, [...request.dimensions, ...request.measures])),
    earlier: (request.earlier ?? []).map((shift) => earlierRows(request, shift, rows, shop)),
    totals: request.totals ? rowOf({ cuts: {}, group: makeGroup(kept, []) }, request.totals) : null,
  };
}

function shopUnder(scope: Scope, all: readonly ShopLine[]): Shop {
  const visible = all.filter((line) => keepsLine(scope, line));
  const first = new Map<string, string>();
  for (const line of sales(visible)) {
    if (line.customer === null) continue;
    const known = first.get(line.customer);
    if (known === undefined || line.at < known) first.set(line.customer, line.at);
  }
  const days = all.map((line) => line.at.slice(0, 10)).sort();
  const through = days.at(-1) ?? "";
  return { visible, first, from: days[0] ?? "", through, asOf: nextDay(through) };
}

const conditionsOf = (where: Where) => Object.entries(where) as [DimensionName, NonNullable<Where[DimensionName]>][];
const passesAll = (line: ShopLine, where: Where, first: FirstOrders) =>
  conditionsOf(where).every(([name, condition]) => passes(lineValues[name](line, first), condition));

/** Whether a customer's first day passes the unit's condition, and is in the period of the line where the unit is grouped by. */
function inPeriod(
  unit: Unit,
  firstDay: string,
  line: ShopLine,
  grouped: readonly DimensionName[],
  where: Where,
): boolean {
  const period = periodOf(unit, firstDay);
  return (
    passes(period, where[unit] ?? {}) && (!grouped.includes(unit) || period === periodOf(unit, line.at.slice(0, 10)))
  );
}

const keyOf = (cuts: Cuts, names: readonly DimensionName[]) => JSON.stringify(names.map((name) => cuts[name]));

type Found = Map<string, { cuts: Cuts; lines: ShopLine[] }>;
function groupLines(lines: readonly ShopLine[], names: readonly DimensionName[], first: FirstOrders): Found {
  const groups: Found = new Map();
  for (const line of lines) {
    const cuts = Object.fromEntries(names.map((name) => [name, lineValues[name](line, first)]));
    const key = keyOf(cuts, names);
    const group = groups.get(key);
    if (group) group.lines.push(line);
    else groups.set(key, { cuts, lines: [line] });
  }
  return groups;
}

const finestOf = (names: readonly DimensionName[]): Unit => {
  const finest = units.find((unit) => names.includes(unit));
  if (!finest) throw new Error("No calendar unit is asked for.");
  return finest;
};

/** Dimensions that the period itself does not decide. */
const besidePeriod = (names: readonly DimensionName[]) =>
  names.filter((name) => !isUnit(name) && !(name === "weekday" && names.includes("day")));

function spined(
  request: MetricsRequest,
  found: Found,
  shop: Shop,
  makeGroup: (lines: readonly ShopLine[]) => Group,
): Part[] {
  const names = request.dimensions;
  const grain = finestOf(names);
  const beside = besidePeriod(names);
  const others = new Map([...found.values()].map(({ cuts }) => [keyOf(cuts, beside), cuts]));
  if (beside.length === 0) others.set("[]", {});

  const parts = new Map<string, Part>();
  const { from, end } = rangeAsked(request.where ?? {}, shop);
  for (let day = from; day < end; day = nextDay(day)) {
    const times = Object.fromEntries(
      names
        .filter((name) => !beside.includes(name))
        .map((name) => [name, name === "year" ? Number(day.slice(0, 4)) : timeOf(name, day)]),
    );
    const inData = touches(shop, daysOf(grain, periodOf(grain, day)));
    for (const other of others.values()) {
      const cuts: Cuts = { ...Object.fromEntries(beside.map((name) => [name, other[name]])), ...times };
      const key = keyOf(cuts, names);
      if (!parts.has(key)) parts.set(key, { cuts, group: inData ? makeGroup(found.get(key)?.lines ?? []) : null });
    }
  }
  return [...parts.values()];
}

const timeOf = (name: DimensionName, day: string) => (isUnit(name) ? periodOf(name, day) : weekdayOf(day));

/** The narrowest range that the conditions on calendar units allow together; the data's where they leave an end open. */
function rangeAsked(where: Where, shop: Shop): DayRange {
  const froms: string[] = [];
  const ends: string[] = [];
  for (const unit of units) {
    const { eq, gte, lt } = where[unit] ?? {};
    if (eq !== undefined) froms.push(daysOfPeriod(unit, eq).from);
    if (eq !== undefined) ends.push(daysOfPeriod(unit, eq).end);
    if (gte !== undefined) froms.push(daysOfPeriod(unit, gte).from);
    if (lt !== undefined) ends.push(daysOfPeriod(unit, lt).from);
  }
  return { from: froms.sort().at(-1) ?? shop.from, end: ends.sort()[0] ?? nextDay(shop.through) };
}

/** The measures of each row's earlier row, from lines filtered so much earlier; null where no line is there, and no spine either. */
function earlierRows(request: MetricsRequest, shift: Shift, rows: readonly Part[], shop: Shop): (Row | null)[] {
  const where = request.where ?? {};
  const grain = finestOf(request.dimensions);
  const names = [...besidePeriod(request.dimensions), grain];
  const passesEarlier = (day: string) =>
    units.every((unit) => movedRanges(unit, where, grain, shift).every((range) => isIn(day, range)));
  const elsewhere = Object.fromEntries(conditionsOf(where).filter(([name]) => !isUnit(name)));
  const kept = shop.visible.filter(
    (line) => passesAll(line, elsewhere, shop.first) && passesEarlier(line.at.slice(0, 10)),
  );
  const asked = sum(sales(kept));
  const isNew = (line: ShopLine) => {
    const order = line.customer === null ? undefined : shop.first.get(line.customer)?.slice(0, 10);
    return (
      order !== undefined && passesEarlier(order) && periodOf(grain, order) === periodOf(grain, line.at.slice(0, 10))
    );
  };
  const found = groupLines(kept, names, shop.first);
  return rows.map(({ cuts }) => {
    const period = earlierPeriod(grain, String(cuts[grain]), shift);
    const before = { ...cuts, [grain]: grain === "year" ? Number(period) : period };
    const lines = found.get(keyOf(before, names))?.lines ?? [];
    const isThere = lines.length > 0 || (request.spine && touches(shop, daysOf(grain, period)));
    return isThere ? rowOf({ cuts: before, group: { lines, asked, isNew, asOf: shop.asOf } }, request.measures) : null;
  });
}

const touches = (shop: Shop, { first, last }: { first: string; last: string }) =>
  last >= shop.from && first <= shop.through;
const isIn = (day: string, { from, end }: DayRange) => day >= from && day < end;
const always = { from: "0001-01-01", end: "9999-12-31" };

/** The condition on a unit so much earlier: a day must lie in all of these. */
function movedRanges(unit: Unit, where: Where, grain: Unit, shift: Shift): DayRange[] {
  const { eq, gte, lt } = where[unit] ?? {};
  /** A range that holds nothing has the moved bound at both ends. */
  const movedBound = (period: string) => {
    const { from } = daysOfPeriod(unit, period);
    return earlierRange(grain, { from, end: from }, shift);
  };
  return [
    ...(eq === undefined ? [] : [earlierRange(grain, daysOfPeriod(unit, eq), shift)]),
    ...(gte === undefined ? [] : [{ ...always, from: movedBound(gte).from }]),
    ...(lt === undefined ? [] : [{ ...always, end: movedBound(lt).end }]),
  ];
}

const onePerCustomer: readonly DimensionName[] = [...segmentNames, "customerType", "cohortMonth"];

function inOrder(parts: readonly Part[], { dimensions, having = [], orderBy = [] }: MetricsRequest): Part[] {
  // Beside the customer, what every customer has one of decides nothing.
  const ties = dimensions.filter((name) => !dimensions.includes("customer") || !onePerCustomer.includes(name));
  const order = [...orderBy, ...ties.map((member) => ({ member, direction: "ASC" as const }))];
  return parts
    .filter((part) => having.every((condition) => reaches(sortKey(memberOf(part, condition.measure)), condition)))
    .map((part) => ({ part, keys: order.map(({ member }): SortKey => sortKey(memberOf(part, member))) }))
    .sort((a, b) =>
      order.reduce(
        (earlier, { direction }, at) => earlier || compareKeys(a.keys[at] ?? null, b.keys[at] ?? null, direction),
        0,
      ),
    )
    .map(({ part }) => part);
}

function memberOf({ cuts, group }: Part, member: Member): Figure {
  if (member in cuts) return cuts[member as DimensionName] ?? null;
  return group === null ? null : figures[member as MeasureName](group);
}

const rowOf = (part: Part, members: readonly Member[]): Row =>
  Object.fromEntries(members.map((member) => [member, show(memberOf(part, member))]));
