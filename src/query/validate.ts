// Refuses a question that cannot be answered or must not be: wrong values are BAD_USER_INPUT; a country or segment outside the
// scope is FORBIDDEN, with the same words whether it exists or not, and so is all but three tables where a scope has a smallest cell.
// Runs before anything is planned.
import { type IsoDate, isIsoDate } from "../kernel/calendar.ts";
import { isDecimal } from "../kernel/decimal.ts";
import { assertNever, Consumer360Error } from "../kernel/errors.ts";
import { isPeriod, periodOf, periodShapes, type TimeGrain, timeGrains } from "../kernel/period.ts";
import { catalogName, mayUse, mayUseMember } from "../model/catalog.ts";
import { alwaysBy } from "../model/cutBy.ts";
import { cutFault } from "../model/cuts.ts";
import { type Dimension, type DimensionName, dimensionOf, finestGrain, isDimension } from "../model/dimensions.ts";
import { seesEveryRow } from "../model/loadSight.ts";
import { type MeasureName, measureOf } from "../model/measures.ts";
import type { Scope } from "../model/scope.ts";
import { keysOf, reachableKeys } from "../model/segmentSchemes.ts";
import { allMeasures } from "./compile/compileMetrics.ts";
import { fixedTableOf } from "./fixedTables.ts";
import type { Having, Member, MetricsRequest, Page, Request, ValueCondition, Where } from "./request.ts";

/** The one answer to everything that lies outside the scope, so that it tells nothing about what exists. */
export const forbidden = () =>
  new Consumer360Error("FORBIDDEN", "This is outside of what you may see.", {
    remedy: "Ask `me` for the countries and segments of your role, or leave the condition out.",
  });

const mostRows = 10_000;

/** How many values one condition's list holds at most: as many as a claim. */
export const mostListed = 10_000;
/** How many conditions on computed measures one question holds at most. */
const mostHaving = 100;

export function validate(request: Request, scope: Scope): void {
  if (scope.minimumCustomers !== null && fixedTableOf(request) === null) throw forbidden();
  switch (request.kind) {
    case "metrics":
      refuseHidden(request, scope);
      validateWhere(request.where ?? {}, scope);
      if ((request.having?.length ?? 0) > mostHaving) throw tooMany("having", "conditions", request.having, mostHaving);
      for (const having of request.having ?? []) validateHaving(having);
      for (const { member } of request.orderBy ?? []) validateOrder(member, request);
      for (const measure of allMeasures(request)) validateCut(measure, request.dimensions);
      for (const measure of request.totals ?? []) validateTotal(measure);
      validateTime(request);
      if (request.page) validatePage(request.page);
      return;
    case "lines":
    case "lineColumns":
      refuseLines(scope);
      refuseMembers(filteredBy(request.where), scope);
      validateWhere(request.where ?? {}, scope);
      validatePage(request.page);
      return;
    case "customerLines":
      refuseLines(scope);
      validatePage(request.page);
      return;
    case "churnRisk":
      refuseLines(scope);
      refuseMembers([...filteredBy(request.where), ...(request.having ?? []).map(({ measure }) => measure)], scope);
      validateWhere(request.where ?? {}, scope);
      for (const having of request.having ?? []) validateHaving(having);
      validatePage(request.page);
      return;
    case "outlooks":
      refuseLines(scope);
      return;
    case "modelCard":
    case "revenueAtRisk":
      if (!mayUse("commercial", scope)) throw forbidden();
      return;
    case "customerAttributes":
      if (!mayUse("personal", scope)) throw forbidden();
      return;
    case "productAttributes":
    case "segmentMovements":
      if (!mayUse("commercial", scope)) throw forbidden();
      return;
    case "productPairs":
      if (!mayUse("commercial", scope) || !seesEveryRow(scope)) throw forbidden();
      return;
  }
}

/** A line says who bought, what and for how much, all at once. */
function refuseLines(scope: Scope): void {
  if (!mayUse("personal", scope) || !mayUse("commercial", scope)) throw forbidden();
}

/** Every member that a question names, by whatever door. A list of customers may show the month in which each came, whoever sees it. */
function membersOf({ dimensions, where, measures, totals, having, orderBy, ofCustomers }: MetricsRequest): Member[] {
  return [
    ...(ofCustomers ? dimensions.filter((name) => name !== "cohortMonth") : dimensions),
    ...filteredBy(where),
    ...measures,
    ...(totals ?? []),
    ...(having ?? []).filter(({ unasked }) => !unasked).map(({ measure }) => measure),
    ...(orderBy ?? []).map(({ member }) => member),
  ];
}

const filteredBy = (where: Where | undefined) => Object.keys(where ?? {}) as DimensionName[];

/** Throws FORBIDDEN where a question names a member that the scope may not use. `beside`: members that are named where the request has no place for them. */
export function refuseHidden(request: MetricsRequest, scope: Scope, beside: readonly Member[] = []): void {
  if (request.ofCustomers && !mayUse("personal", scope)) throw forbidden();
  refuseMembers([...membersOf(request), ...beside], scope);
}

function refuseMembers(named: readonly Member[], scope: Scope): void {
  if (named.some((name) => !mayUseMember(name, scope))) throw forbidden();
}

function validateTotal(measure: MeasureName): void {
  if (alwaysBy(measure).length > 0)
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      `\`${catalogName(measure)}\` is a figure of single customers and has no total: leave it out of \`totals\`.`,
    );
}

function validateCut(measure: MeasureName, dimensions: readonly DimensionName[]): void {
  const fault = cutFault(measure, dimensions);
  if (fault !== null) throw new Consumer360Error("BAD_USER_INPUT", fault);
}

/** A spine and earlier rows go by the finest calendar unit of a row. */
function validateTime({ dimensions, where = {}, spine, earlier }: MetricsRequest): void {
  if (!spine && !earlier?.length) return;
  const wanted = spine ? "a spine" : "an earlier row";
  const grain = finestGrain(dimensions);
  const units = timeGrains.map((unit) => `\`${unit}\``).join(", ");
  if (grain === null)
    throw new Consumer360Error("BAD_USER_INPUT", `There is no calendar unit for ${wanted}: ask for one of ${units}.`);
  const across = grain === "week" && dimensions.find((name) => ["month", "quarter", "year"].includes(name));
  if (across)
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      `A week may lie in two of \`${across}\`, so ${wanted} takes one of them alone: leave \`week\` or \`${across}\` out.`,
    );
  const listed = timeGrains.find((unit) => where[unit]?.in !== undefined);
  if (listed)
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      `A list of \`${listed}\` values leaves gaps, and ${wanted} takes a range: use eq, gte and lt.`,
    );
}

function validateOrder(member: Member, request: MetricsRequest): void {
  if (!isDimension(member)) validateComparable(member);
  else if (!request.dimensions.includes(member))
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      `\`${catalogName(member)}\` cannot be ordered by, because it is not asked for: select it as well.`,
    );
}

function validateComparable(name: MeasureName): void {
  if (measureOf(name).kind === "set")
    throw new Consumer360Error("BAD_USER_INPUT", `\`${name}\` is a list and cannot be ordered by or compared.`);
}

function validateWhere(where: Where, scope: Scope): void {
  for (const [name, condition] of Object.entries(where)) validateCondition(name as DimensionName, condition, scope);
}

function validateCondition(name: DimensionName, condition: ValueCondition, scope: Scope): void {
  if ((condition.in?.length ?? 0) > mostListed) throw tooMany(catalogName(name), "values", condition.in, mostListed);
  const dimension = dimensionOf(name);
  const visible = visibleOf(name, dimension, scope);
  if (visible !== null) {
    const seen = new Set(visible);
    const values = [...(condition.eq === undefined ? [] : [condition.eq]), ...(condition.in ?? [])];
    if (values.some((value) => !seen.has(value))) throw forbidden();
  }

  for (const [operator, given] of Object.entries(condition)) {
    const wanted = wantedOf(dimension, operator as keyof ValueCondition);
    for (const value of [given].flat()) if (!wanted.accepts(value)) throw bad(catalogName(name), value, wanted.inWords);
  }
  if (dimension.filter === "values" && (condition.gte !== undefined || condition.lt !== undefined))
    throw new Consumer360Error("BAD_USER_INPUT", `\`${catalogName(name)}\` has no order: it takes eq and in.`);
}

/** The values of a dimension that the scope keeps; null: all. */
function visibleOf(
  name: DimensionName,
  dimension: Dimension,
  { countries, segments }: Scope,
): readonly string[] | null {
  if (name === "country") return countries;
  if (dimension.kind !== "segment" || segments === null) return null;
  return dimension.scheme === "CLASSIC" ? segments : reachableKeys(dimension.scheme, segments);
}

type Wanted = Readonly<{ accepts(value: string): boolean; inWords: string }>;

/** Which values a condition on a dimension takes. */
function wantedOf(dimension: Dimension, operator: keyof ValueCondition): Wanted {
  const oneOf = (known: readonly string[]): Wanted => ({
    accepts: (value) => known.includes(value),
    inWords: `one of ${known.join(", ")}`,
  });
  if (dimension.values) return oneOf(dimension.values);
  switch (dimension.kind) {
    case "segment":
      return oneOf(keysOf(dimension.scheme));
    case "time":
      return periodsOf(dimension.grain);
    case "cohortMonth":
      return periodsOf("month");
    case "clock": {
      const [low, high] = dimension.part === "hour" ? [0, 23] : [1, 7];
      // What comes before the number after the last is everything.
      const most = operator === "lt" ? high + 1 : high;
      return {
        accepts: (value) => /^\d{1,2}$/.test(value) && Number(value) >= low && Number(value) <= most,
        inWords: `a number from ${low} to ${most}`,
      };
    }
    case "column":
    case "customerType":
    case "customer":
      return { accepts: () => true, inWords: "a text" };
    default:
      return assertNever(dimension);
  }
}

const periodsOf = (grain: TimeGrain): Wanted => ({
  accepts: (value) => isPeriod(grain, value),
  inWords: `a ${grain}, ${periodShapes[grain]}${grain === "week" ? "; a year has 52 weeks or 53" : ""}: ${periodOf(grain, someDay)}`,
});

/** For examples. */
const someDay = "2025-02-03" as IsoDate;

function validateHaving(having: Having): void {
  validateComparable(having.measure);
  const { format } = measureOf(having.measure);
  if (format === "text")
    throw new Consumer360Error("BAD_USER_INPUT", `\`${having.measure}\` is a text and cannot be compared.`);
  for (const value of [having.eq, having.gte, having.lt]) {
    if (value === undefined) continue;
    if (format === "date" && !isIsoDate(value)) throw bad(having.measure, value, "a day, YYYY-MM-DD");
    if (format !== "date" && (!isDecimal(value) || value.length > 60))
      throw bad(having.measure, value, "a decimal number");
  }
}

function validatePage(page: Page): void {
  if (!Number.isInteger(page.first) || page.first < 1 || page.first > mostRows)
    throw new Consumer360Error("BAD_USER_INPUT", `\`first\` is ${page.first}; it must be from 1 to ${mostRows}.`);
}

function tooMany(name: string, what: string, given: readonly unknown[] = [], most: number): Consumer360Error {
  const [count, bound] = [given.length, most].map((number) => number.toLocaleString("en-US"));
  return new Consumer360Error("BAD_USER_INPUT", `\`${name}\` lists ${count} ${what}; the bound is ${bound}.`);
}

function bad(name: string, value: string, wanted: string): Consumer360Error {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return new Consumer360Error("BAD_USER_INPUT", `\`${name}\` cannot be ${JSON.stringify(shown)}; it takes ${wanted}.`);
}
