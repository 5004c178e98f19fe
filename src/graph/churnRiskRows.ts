// The rows of a page of customers at risk: who, in the list's order, and the figures of all lines that the viewer sees of each, which are all
// lines there are.
import type { MetricRow, Outlook } from "../query/answer.ts";
import type { MetricsRequest } from "../query/request.ts";
import { customerDimensions } from "./customerQuestion.ts";
import { measuresBehind } from "./MeasureField.ts";
import { Customer } from "./types/Customer.ts";

/** One question for a page, and none where no figure is selected. */
export async function churnRiskRows(
  fields: ReadonlySet<string>,
  outlooks: readonly Outlook[],
  ask: (request: MetricsRequest) => Promise<Readonly<{ rows: readonly MetricRow[] }>>,
): Promise<readonly MetricRow[]> {
  const ids = outlooks.map(({ id }) => id);
  const [measures, dimensions] = [measuresBehind(Customer, fields), customerDimensions(fields)];
  if (ids.length === 0 || (measures.length === 0 && dimensions.length === 1))
    return ids.map((customer) => ({ customer }));
  const where = { customer: { in: ids } };
  const { rows } = await ask({ kind: "metrics", measures, dimensions, ofCustomers: true, where });
  const byId = new Map(rows.map((row) => [row.customer, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    if (!row) throw new Error("A customer of whom every line is seen has no lines.");
    return row;
  });
}
