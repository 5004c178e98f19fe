// Sums the lines to orders, once; everything else that a snapshot stores is derived from these few rows. The sums are the model's
// measures, compiled by the same code that compiles a query.
import { measureNames } from "../../src/model/measures.ts";
import { salesOrderRollup } from "../../src/model/rollups.ts";
import { lineAggregate, lineReading } from "../../src/query/compile/lineSource.ts";
import { aggregateOf } from "../../src/query/compile/measureParts.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import { columnName } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";

/** Lives as long as the transaction. */
export const ordersTable = "load_orders";

const stored = measureNames.flatMap((name) => {
  const target = salesOrderRollup.measures[name];
  return target ? [{ name, column: columnName(target.entity, target.property) }] : [];
});

export const storedMeasureColumns: readonly string[] = Object.freeze(stored.map(({ column }) => column));

/** `lines`: a table or a query in brackets, whose rows are all summed. */
export async function deriveOrders(run: Run, lines: string, moment: Moment): Promise<void> {
  const measures = stored.map(({ name, column }) => `${lineAggregate(aggregateOf(name), moment, [])} AS ${column}`);
  await run(`CREATE TEMP TABLE ${ordersTable} ON COMMIT DROP AS
    SELECT f.customer_key, f.guest, f.invoice, f.country, ${lineReading.day} AS ordered_on,
      ${measures.join(",\n      ")}
    FROM ${lines} f
    GROUP BY 1, 2, 3, 4, 5`);
}
