// Everything that a snapshot stores beside its lines: orders, scores and segments, cells, names, and who moved. An append sums only the
// invoices that it touches; the others' orders are carried over.
import { addDays, type IsoDate } from "../../src/kernel/calendar.ts";
import { salesOrderRollup } from "../../src/model/rollups.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import { rollupKey } from "../../src/query/compile/rollupKey.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { columnsOf } from "../../src/warehouse/entityTables.ts";
import { type LineTable, partitionOf, stageTable } from "../conform/lineTable.ts";
import { keptLines, touchedTable } from "../conform/withdrawLines.ts";
import type { LoadOptions } from "../loadOptions.ts";
import type { Published } from "../publish/readPublished.ts";
import type { Run } from "../record/loadSession.ts";
import { deriveCells, type NotFilled } from "./deriveCells.ts";
import type { Derivation } from "./derivedTables.ts";
import { carriedOrders, deriveOrders, ordersTable } from "./deriveOrders.ts";
import { type CutPoints, deriveSegments } from "./deriveSegments.ts";
import type { FrozenCuts } from "./freezeCutPoints.ts";
import { nameCustomers } from "./nameCustomers.ts";
import { recordMoves } from "./recordMoves.ts";
import { attachPartitions, createPartitions, tablesOfSnapshot } from "./snapshotPartitions.ts";

export type Derived = Readonly<{
  dataFrom: IsoDate;
  dataThrough: IsoDate;
  asOf: IsoDate;
  monetary: Derivation["monetary"];
  cuts: CutPoints;
  /** The snapshot in which frozen cut-points were computed. */
  cutsOf: number | null;
  /** Names of the rollups that hold the snapshot whole. */
  filled: readonly string[];
  notFilled: readonly NotFilled[];
}>;

export async function deriveSnapshot(
  run: Run,
  {
    options,
    table,
    published,
    base,
    hasNames,
    frozen,
  }: Readonly<{
    options: LoadOptions;
    table: LineTable;
    published: Published | null;
    base: Published | null;
    hasNames: boolean;
    frozen: FrozenCuts | null;
  }>,
): Promise<Derived> {
  const { snapshotId, generation } = table;
  const at = (asOf: IsoDate): Moment => ({
    snapshot: String(snapshotId),
    generation: String(generation),
    asOf: `date '${asOf}'`,
  });
  // Whatever the orders hold does not depend on the day that is looked back from.
  const anyDay = at("0001-01-01" as IsoDate);
  if (base?.rollupKeys.includes(rollupKey(salesOrderRollup))) {
    await deriveOrders(run, addedTo(table, base), anyDay, carriedOrders(base.snapshotId, touchedTable));
  } else {
    await deriveOrders(run, linesAt(table), anyDay);
  }
  const [days] = await run(
    `SELECT min(ordered_on)::text AS "dataFrom", max(ordered_on)::text AS "dataThrough" FROM ${ordersTable}`,
  );
  const { dataFrom, dataThrough } = days as { dataFrom: IsoDate; dataThrough: IsoDate };
  const asOf = options.asOf ?? addDays(dataThrough, 1);

  const monetary = options.monetary ?? "grossRevenue";
  const derivation: Derivation = {
    tables: tablesOfSnapshot(snapshotId),
    snapshotId,
    moment: at(asOf),
    monetary,
    scoresOf: options.scoresOf,
    cutsOf: frozen?.of,
  };
  await createPartitions(run, snapshotId);
  const cuts = await deriveSegments(run, derivation);
  await nameCustomers(run, { stage: hasNames ? stageTable : null, base: base?.snapshotId ?? null, snapshotId });
  if (table.isStage) await run(`DROP TABLE ${stageTable}`);
  const { filled, notFilled } = await deriveCells(run, derivation);
  await attachPartitions(run, snapshotId);
  if (published && !published.isSample) await recordMoves(run, { former: published.snapshotId, snapshotId });
  return { dataFrom, dataThrough, asOf, monetary, cuts, cutsOf: frozen?.computedIn ?? null, filled, notFilled };
}

/** All lines of the invoices that are touched: the new ones, and those that corrected ones are added to. */
function addedTo(table: LineTable, base: Published): string {
  if (!table.isCorrection) return table.name;
  const columns = columnsOf(FactSale);
  const there = columns.map((column) => `f.${column}`).join(", ");
  return `(SELECT ${columns.join(", ")} FROM ${table.name}
    UNION ALL ${keptLines(there, { table, base: base.snapshotId })})`;
}

const linesAt = ({ generation, snapshotId }: LineTable) =>
  `(SELECT * FROM ${partitionOf(generation)} WHERE born <= ${snapshotId} AND died > ${snapshotId})`;
