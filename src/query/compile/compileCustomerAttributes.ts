// The statement that reads what is known of single customers beside measures: scores and segments of the whole population, and the name.
import type { Scope } from "../../model/scope.ts";
import { schemeNames } from "../../model/segmentSchemes.ts";
import { DimCustomer } from "../../warehouse/entities/DimCustomer.ts";
import { RfmSegment } from "../../warehouse/entities/RfmSegment.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import type { SnapshotFacts } from "../snapshotFacts.ts";
import { momentOf } from "./moment.ts";
import { makeParameters, type WrittenStatement, written } from "./parameters.ts";
import { scopeConditions } from "./rowSet.ts";
import { segmentColumn } from "./segmentCase.ts";
import type { Reading } from "./source.ts";

/** A customer is there only with a line that the scope keeps. A masked name is not even read. */
export function compileCustomerAttributes(
  ids: readonly string[],
  setting: Readonly<{ snapshot: SnapshotFacts; scope: Scope; orders: Reading }>,
): WrittenStatement {
  const parameters = makeParameters();
  const moment = momentOf(setting.snapshot, parameters);
  const { orders, scope } = setting;
  const segments = schemeNames.map((scheme) => `s.${segmentColumn(scheme)}`);
  const masked = scope.masks.customerName !== undefined;
  const kept = [
    `${orders.customerKey} = s.customer_key`,
    `NOT ${orders.guest}`,
    ...orders.rows(moment),
    ...scopeConditions(orders, scope, parameters),
  ];
  return written(
    `SELECT s.customer_key, ${masked ? "NULL" : "n.name"} AS name,
  s.recency_score, s.frequency_score, s.monetary_score, ${segments.join(", ")}
FROM ${parameters.read(tableName(RfmSegment))} s${masked ? "" : `\nLEFT JOIN ${parameters.read(tableName(DimCustomer))} n ON n.customer_key = s.customer_key AND n.snapshot_id = s.snapshot_id`}
WHERE s.snapshot_id = ${moment.snapshot}
  AND s.customer_key = ANY (${parameters.bind([...ids], "text[]")})
  AND EXISTS (
    SELECT FROM ${parameters.read(orders.table)} ${orders.alias}
    WHERE ${kept.join("\n      AND ")})
ORDER BY s.customer_key`,
    parameters,
    true,
  );
}
