// Reads a metrics question out of what is selected: selected dimensions are grouped by, selected measures computed, earlier rows looked up.
import { Consumer360Error } from "../kernel/errors.ts";
import { mayUse } from "../model/catalog.ts";
import type { DimensionName } from "../model/dimensions.ts";
import { type MeasureName, measureOf } from "../model/measures.ts";
import type { Scope } from "../model/scope.ts";
import type { Having, MetricsRequest, Order, Shift } from "../query/request.ts";
import type { MeasureFilter } from "./inputs/MeasureFilter.ts";
import type { MetricOrder } from "./inputs/MetricOrder.ts";
import { measuresBehind } from "./MeasureField.ts";
import type { Selection } from "./selectedFields.ts";
import { dimensionFields, earlierFields, MetricRow } from "./types/MetricRow.ts";

const mostShifts = 4;

export const noShift: Shift = Object.freeze({ periods: 0, years: 0 });

/** What lies one step further back by a field such as `previous`; null where the field leads nowhere. */
export function shiftBy(field: string, from: Shift): Shift | null {
  const step: Shift | undefined = Object.hasOwn(earlierFields, field)
    ? earlierFields[field as keyof typeof earlierFields]
    : undefined;
  return step ? { periods: from.periods + step.periods, years: from.years + step.years } : null;
}

type Asked = Readonly<{
  dimensions: readonly DimensionName[];
  measures: readonly MeasureName[];
  /** Each once. */
  shifts: readonly Shift[];
}>;

/** What the rows are asked for, dimensions in the order of selection. What only an earlier row shows is computed for all. */
function askedOfRows(nodes: Selection | undefined): Asked {
  const fields = new Set<string>();
  const shifts = new Map<string, Shift>();
  const visit = ({ fields: selected }: Selection, at: Shift): void => {
    for (const [field, below] of selected) {
      const shift = shiftBy(field, at);
      if (!shift) fields.add(field);
      else {
        shifts.set(JSON.stringify(shift), shift);
        visit(below, shift);
      }
    }
  };
  if (nodes) visit(nodes, noShift);
  if (shifts.size > mostShifts)
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      `The rows are looked up at ${shifts.size} earlier times; the bound is ${mostShifts}.`,
      { remedy: "Ask for some of `previous` and `yearAgo` in a document of their own." },
    );
  const dimensions = [...fields].map((field) => dimensionFields.get(field)).filter((name) => name !== undefined);
  return { dimensions, measures: measuresBehind(MetricRow, fields), shifts: [...shifts.values()] };
}

/** `selection`: what is selected of the connection. What is not selected is not asked for. */
export function metricsQuestion(
  { fields }: Selection,
  given: Pick<MetricsRequest, "where" | "having" | "orderBy" | "page" | "spine">,
): MetricsRequest {
  const { dimensions, measures, shifts } = askedOfRows(fields.get("nodes"));
  const totals = measuresBehind(MetricRow, new Set(fields.get("totals")?.fields.keys()));
  return {
    kind: "metrics",
    measures,
    dimensions,
    ...given,
    rows: fields.has("nodes") || fields.has("pageInfo"),
    earlier: shifts,
    count: fields.has("totalCount"),
    totals: totals.length > 0 ? totals : undefined,
  };
}

export function metricsHaving(
  filters: readonly MeasureFilter[] | null | undefined,
  scope: Scope,
): Having[] | undefined {
  return filters?.map(({ measure, gte, lt }) => {
    const { format, sensitivity } = measureOf(measure);
    // The bounds are numbers here, whatever else the query floor could compare. What is hidden is refused there.
    if (format === "date" && mayUse(sensitivity, scope))
      throw new Consumer360Error("BAD_USER_INPUT", `\`${measure}\` is a time, and \`having\` compares numbers.`, {
        remedy: "Keep rows by a measure whose format in `catalog` is not date.",
      });
    return { measure, ...(typeof gte === "string" && { gte }), ...(typeof lt === "string" && { lt }) };
  });
}

/** A member that is named twice decides the first time. */
export function metricsOrder(orderBy: readonly MetricOrder[] | null | undefined): Order[] | undefined {
  return orderBy
    ?.map(({ member, direction }) => ({ member, direction }))
    .filter(({ member }, at, orders) => orders.findIndex((other) => other.member === member) === at);
}
