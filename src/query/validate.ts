// Refuses a question that cannot be answered or must not be: wrong values are BAD_USER_INPUT; a country or segment outside the
// scope is FORBIDDEN, with the same words whether it exists or not. Runs before anything is planned.
import { isIsoDate, isMonth } from "../kernel/calendar.ts";
import { isDecimal } from "../kernel/decimal.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { type DimensionName, dimensionOf, isDimension } from "../model/dimensions.ts";
import { lineTypes } from "../model/lineKinds.ts";
import { type MeasureName, measureOf } from "../model/measures.ts";
import type { Scope } from "../model/scope.ts";
import { keysOf } from "../model/segmentSchemes.ts";
import type { Having, Member, MetricsRequest, Page, Request, ValueCondition, Where } from "./request.ts";

/** The one answer to everything that lies outside the scope, so that it tells nothing about what exists. */
export const forbidden = () =>
  new Consumer360Error("FORBIDDEN", "This is outside of what you may see.", {
    remedy: "Ask `me` for the countries and segments of your role, or leave the condition out.",
  });

const mostRows = 10_000;

export function validate(request: Request, scope: Scope): void {
  switch (request.kind) {
    case "metrics":
      if (!scope.customerLevel && aboutSingleCustomers(request)) throw forbidden();
      validateWhere(request.where ?? {}, scope);
      for (const having of request.having ?? []) validateHaving(having);
      for (const { member } of request.orderBy ?? []) validateOrder(member, request);
      if (request.page) validatePage(request.page);
      return;
    case "lines":
      if (!scope.customerLevel) throw forbidden();
      validateWhere(request.where ?? {}, scope);
      validatePage(request.page);
      return;
    case "customerLines":
      if (!scope.customerLevel) throw forbidden();
      validatePage(request.page);
      return;
    case "customerAttributes":
      if (!scope.customerLevel) throw forbidden();
      return;
  }
}

function aboutSingleCustomers(request: MetricsRequest): boolean {
  const compared = [
    ...(request.having ?? []).map(({ measure }) => measure),
    ...(request.orderBy ?? []).map(({ member }) => member),
  ];
  const members: readonly Member[] = [...request.dimensions, ...request.measures, ...compared];
  return (
    request.where?.customer !== undefined ||
    members.some((name) => (isDimension(name) ? name === "customer" : measureOf(name).sensitivity === "customer"))
  );
}

function validateOrder(member: Member, request: MetricsRequest): void {
  if (!isDimension(member)) validateComparable(member);
  else if (!request.dimensions.includes(member))
    throw new Consumer360Error("BAD_USER_INPUT", `\`${member}\` cannot be ordered by, because it is not asked for.`);
}

/** What is put together after decoding cannot be ordered by or compared in SQL. */
function validateComparable(name: MeasureName): void {
  if (["ratio", "shareOfTotal", "set"].includes(measureOf(name).kind))
    throw new Consumer360Error("BAD_USER_INPUT", `\`${name}\` cannot be ordered by or compared.`);
}

function validateWhere(where: Where, scope: Scope): void {
  for (const [name, condition] of Object.entries(where)) validateCondition(name as DimensionName, condition, scope);
}

function validateCondition(name: DimensionName, condition: ValueCondition, scope: Scope): void {
  const values = [...(condition.eq === undefined ? [] : [condition.eq]), ...(condition.in ?? [])];
  if (name === "country" && scope.countries !== null && values.some((value) => !scope.countries?.includes(value)))
    throw forbidden();
  const visible: readonly string[] | null = scope.segments;
  if (name === "segment" && visible !== null && values.some((value) => !visible.includes(value))) throw forbidden();

  const dimension = dimensionOf(name);
  const all = [...values, condition.gte, condition.lt].filter((value) => value !== undefined);
  const known: readonly string[] | null =
    dimension.kind === "segment"
      ? keysOf(dimension.scheme)
      : name === "lineType"
        ? lineTypes
        : name === "customerType"
          ? ["IDENTIFIED", "GUEST"]
          : null;
  for (const value of all) {
    if (known && !known.includes(value)) throw bad(name, value, `one of ${known.join(", ")}`);
    if (dimension.kind === "time" && dimension.grain === "day" && !isIsoDate(value))
      throw bad(name, value, "a day, YYYY-MM-DD");
    if (
      ((dimension.kind === "time" && dimension.grain === "month") || dimension.kind === "cohortMonth") &&
      !isMonth(value)
    )
      throw bad(name, value, "a month, YYYY-MM");
  }
  if (dimension.filter === "values" && (condition.gte !== undefined || condition.lt !== undefined))
    throw new Consumer360Error("BAD_USER_INPUT", `\`${name}\` has no order: it takes eq and in.`);
}

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

function bad(name: string, value: string, wanted: string): Consumer360Error {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  return new Consumer360Error("BAD_USER_INPUT", `\`${name}\` cannot be ${JSON.stringify(shown)}; it takes ${wanted}.`);
}
