// What no derivation can excuse: whatever a rollup is cut by, its totals are those of the lines.
import { type Decimal, toDecimal } from "../../src/kernel/decimal.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import { cellGrains, type Rollup } from "../../src/model/rollups.ts";
import { lineAggregate } from "../../src/query/compile/lineSource.ts";
import { aggregateOf } from "../../src/query/compile/measureParts.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import { columnName, tableName } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";

const reconciled: readonly MeasureName[] = ["grossRevenue", "lines"];

/** A measure summed over the rows of a rollup, beside the same measure of the lines. */
export type SumCheck = Readonly<{
  rollup: string;
  /** What the rows that were summed keep apart: a grain, a dimension, or everything. */
  over: string;
  measure: MeasureName;
  stored: Decimal;
  lines: Decimal;
}>;

/** `lines` is a query in brackets, as for the orders. */
export async function reconcileSums(
  run: Run,
  {
    rollups,
    lines,
    snapshotId,
    moment,
  }: { rollups: readonly Rollup[]; lines: string; snapshotId: number; moment: Moment },
): Promise<readonly SumCheck[]> {
  const totals = reconciled.map((name) => `(${lineAggregate(aggregateOf(name), moment, [])})::text AS "${name}"`);
  const [ofLines] = await run(`SELECT ${totals.join(", ")} FROM ${lines} f`);
  const checks: SumCheck[] = [];
  for (const rollup of rollups)
    for (const { over, where } of cutsOf(rollup)) {
      const held = reconciled.filter((name) => rollup.measures[name]);
      const sums = held.map((name) => {
        const target = rollup.measures[name];
        return `coalesce(sum(${target && columnName(target.entity, target.property)}), 0)::text AS "${name}"`;
      });
      const [stored] = await run(`SELECT ${sums.join(", ")} FROM ${tableName(rollup.entity)}
        WHERE snapshot_id = ${snapshotId}${where === "" ? "" : ` AND ${where}`}`);
      for (const measure of held)
        checks.push({
          rollup: rollup.name,
          over,
          measure,
          stored: toDecimal(String(stored?.[measure])),
          lines: toDecimal(String(ofLines?.[measure])),
        });
    }
  return Object.freeze(checks);
}

/** Conditions on a rollup's rows, each of which keeps rows that add up to everything. */
function cutsOf(rollup: Rollup): { over: string; where: string }[] {
  if (rollup.kind === "rows") return [{ over: "everything", where: "" }];
  const column = (ref: { entity: Rollup["entity"]; property: string }) => columnName(ref.entity, ref.property);
  const grain = column(rollup.grain);
  return [
    ...cellGrains.map((name) => ({ over: name, where: `${grain} = '${name}'` })),
    ...Object.entries(rollup.sets).map(([name, set]) => ({
      over: name,
      where: `${grain} = 'ever' AND cardinality(${column(set)}) = 1`,
    })),
  ];
}
