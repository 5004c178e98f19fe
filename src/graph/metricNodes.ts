// Lays the rows of a metrics answer out as the graph shows them: under their catalogue names, each leading to its earlier rows.
import type { MetricRow as AnswerRow, MetricsAnswer, Value } from "../query/answer.ts";
import type { Shift } from "../query/request.ts";
import { noShift, shiftBy } from "./metricsQuestion.ts";
import type { Selection } from "./selectedFields.ts";
import { dimensionFields, type MetricRow } from "./types/MetricRow.ts";

/** Dimensions that are not shown under the model's own name. */
const renamed = [...dimensionFields].filter(([field, name]) => field !== name);

/** A row under its catalogue names. */
export function metricNode(row: AnswerRow): MetricRow {
  const values: Record<string, Value | undefined> = { ...row };
  for (const [field, name] of renamed) if (name in row) values[field] = row[name];
  return values;
}

/** One node for each row. `shifts`: those that the answer's earlier rows belong to, in order; `nodes`: what is selected of a row. */
export function metricNodes(
  { rows, earlier }: Pick<MetricsAnswer, "rows" | "earlier">,
  shifts: readonly Shift[],
  nodes: Selection | undefined,
): MetricRow[] {
  const earlierRows = new Map(shifts.map((shift, at) => [keyOf(shift), earlier[at]]));
  const nodeOf = (row: AnswerRow, at: number, { fields }: Selection, shift: Shift): MetricRow => {
    const node: Record<string, MetricRow[string]> = metricNode(row);
    for (const [field, below] of fields) {
      const further = shiftBy(field, shift);
      if (!further) continue;
      const before = earlierRows.get(keyOf(further))?.[at] ?? null;
      node[field] = before && nodeOf(before, at, below, further);
    }
    return node;
  };
  const selection = nodes ?? { fields: new Map() };
  return rows.map((row, at) => nodeOf(row, at, selection, noShift));
}

const keyOf = ({ periods, years }: Shift) => `${periods} ${years}`;
