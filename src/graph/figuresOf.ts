// Takes the figures that a type shows out of a row of an answer.
import { measureOf } from "../model/measures.ts";
import type { MetricRow, Value } from "../query/answer.ts";
import { emptyValue } from "./emptyValue.ts";
import { measuresShownBy, type ShownType } from "./MeasureField.ts";

/** The selected figures of a type; those of nothing where there is no row. Times are shown as days. */
export function figuresOf<T extends object>(
  type: ShownType<T>,
  fields: ReadonlySet<string>,
  row: MetricRow | undefined,
): Partial<T> {
  const figures: Record<string, Value> = {};
  for (const [field, measure] of measuresShownBy(type)) {
    if (!fields.has(field)) continue;
    const value = row?.[measure] ?? emptyValue(measure);
    figures[field] = typeof value === "string" && measureOf(measure).format === "date" ? value.slice(0, 10) : value;
  }
  // `MeasureField` gave each of these fields the type that its measure's format has.
  return figures as Partial<T>;
}
