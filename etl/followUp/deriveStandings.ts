// Where each customer stands in a snapshot, by country, from its orders and its scores: the sums are the model's measures, compiled by the
// same code that compiles a query.
import { salesOrderRollup } from "../../src/model/rollups.ts";
import { schemeNames } from "../../src/model/segmentSchemes.ts";
import { aggregateOf } from "../../src/query/compile/measureParts.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import { rollupSource } from "../../src/query/compile/rowRollupSource.ts";
import { segmentColumn } from "../../src/query/compile/segmentCase.ts";
import { CustomerStanding } from "../../src/warehouse/entities/CustomerStanding.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";
import { storedTables } from "../derive/derivedTables.ts";
import type { Run } from "../record/loadSession.ts";
import type { FollowedSnapshot } from "./followedSnapshot.ts";

const orders = rollupSource(salesOrderRollup);
const table = tableName(CustomerStanding);

export async function deriveStandings(run: Run, { snapshotId, generation }: FollowedSnapshot): Promise<void> {
  // No measure here looks back from a day.
  const moment: Moment = { snapshot: String(snapshotId), generation: String(generation), asOf: "date '0001-01-01'" };
  const measure = (name: Parameters<typeof aggregateOf>[0]) => orders.aggregate(aggregateOf(name), moment, []);
  const scores = ["recency_score", "frequency_score", "monetary_score"];
  const segments = schemeNames.map(segmentColumn);
  await run(`INSERT INTO ${table} (snapshot_id, customer_key, guest, country, ${segments.join(", ")}, ${scores.join(", ")},
      last_order_on, orders, gross_revenue, returns_value)
    SELECT ${snapshotId}, coalesce(s.customer_key, ''), o.guest, o.country,
      ${segments.map((column) => `coalesce(s.${column}, 'GUEST')`).join(", ")}, ${scores.map((column) => `s.${column}`).join(", ")},
      ${measure("lastPurchaseAt")}::date, ${measure("orders")}::int, ${measure("grossRevenue")}, ${measure("returnsValue")}
    FROM ${storedTables.orders} o
    LEFT JOIN ${storedTables.segments} s ON s.customer_key = o.customer_key AND NOT o.guest AND s.snapshot_id = o.snapshot_id
    WHERE o.snapshot_id = ${snapshotId}
    GROUP BY s.customer_key, o.guest, o.country, ${[...segments, ...scores].map((column) => `s.${column}`).join(", ")}`);
  await run(`ANALYZE ${table}`);
}
