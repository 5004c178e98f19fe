// The segments that stand beside a customer's rows in a stored aggregate, so that a question by segment joins nothing: which columns hold
// them, and how they are found in the segments of the snapshot.
import { segmentDimensions } from "../../src/model/dimensions.ts";
import type { Rollup } from "../../src/model/rollups.ts";
import { schemeNames } from "../../src/model/segmentSchemes.ts";
import { segmentColumn } from "../../src/query/compile/segmentCase.ts";
import { columnName } from "../../src/warehouse/entityTables.ts";
import type { Derivation } from "./derivedTables.ts";

export type SegmentBeside = Readonly<{
  column: string;
  /** Over rows `o` with `joinSegments`. */
  text: string;
}>;

export function segmentsBeside(rollup: Rollup): readonly SegmentBeside[] {
  return schemeNames.flatMap((scheme) => {
    const target = rollup.dimensions[segmentDimensions[scheme]];
    if (!target) return [];
    const column = columnName(target.entity, target.property);
    return [{ column, text: `CASE WHEN o.guest THEN 'GUEST' ELSE s.${segmentColumn(scheme)} END` }];
  });
}

export const joinSegments = ({ tables, snapshotId }: Pick<Derivation, "tables" | "snapshotId">) =>
  `LEFT JOIN ${tables.segments} s ON s.customer_key = o.customer_key AND NOT o.guest AND s.snapshot_id = ${snapshotId}`;
