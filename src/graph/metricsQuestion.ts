// Reads a metrics question out of what is selected: selected dimensions are grouped by, selected measures computed, earlier rows looked up.
import type { DimensionName } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import type { Having, MetricsRequest, Order, Shift } from "../query/request.ts";
import type { MeasureFilter } from "./inputs/MeasureFilter.ts";
import type { MetricOrder } from "./inputs/MetricOrder.ts";
import { measuresBehind } from "./MeasureField.ts";
import type { Selection } from "./selectedFields.ts";
import { dimensionFields, earlierFields, MetricRow } from "./types/MetricRow.ts";

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

/** The dimensions that rows are grouped by, in the order of selection. */
export function dimensionsOf({ fields }: Selection): DimensionName[] {
  return [...fields.keys()].map((field) => dimensionFields.get(field)).filter((name) => name !== undefined);
}

/** What the rows are asked for. A measure that only an earlier row shows is computed for all. */
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
  const dimensions = nodes ? dimensionsOf(nodes) : [];
  return { dimensions, measures: measuresBehind(MetricRow, fields), shifts: [...shifts.values()] };
}

/** `selection`: what is selected of the connection. What is not selected is not asked for. `judgeMetrics` says whether it may be asked. */
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

export function metricsHaving(filters: readonly MeasureFilter[] | null | undefined): Having[] | undefined {
  return filters?.map(({ measure, gte, lt }) => ({
    measure,
    ...(typeof gte === "string" && { gte }),
    ...(typeof lt === "string" && { lt }),
  }));
}

/** A member that is named twice decides the first time. */
export function metricsOrder(orderBy: readonly MetricOrder[] | null | undefined): Order[] | undefined {
  return orderBy
    ?.map(({ member, direction }) => ({ member, direction }))
    .filter(({ member }, at, orders) => orders.findIndex((other) => other.member === member) === at);
}
