// Everything that a snapshot stores beside its lines: orders, scores and segments, cells, names, and who moved. An append sums only the
// invoices and the customers that it touches; what stands of the others is carried over.
import { addDays, type IsoDate } from "../../src/kernel/calendar.ts";
import type { Moment } from "../../src/query/compile/moment.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { columnsOf } from "../../src/warehouse/entityTables.ts";
import { type LineTable, partitionOf, stageTable } from "../conform/lineTable.ts";
import { againTable, keptLines } from "../conform/withdrawLines.ts";
import type { LoadOptions } from "../loadOptions.ts";
import type { Published } from "../publish/readPublished.ts";
import type { Run } from "../record/loadSession.ts";
import { type Carried, carriedFrom, findTouchedCustomers, untouchedOrders } from "./carriedOver.ts";
import { deriveCells, type NotFilled } from "./deriveCells.ts";
import type { Derivation } from "./derivedTables.ts";
import { deriveOrders, ordersTable } from "./deriveOrders.ts";
import { type CutPoints, deriveSegments } from "./deriveSegments.ts";
import type { FrozenCuts } from "./freezeCutPoints.ts";
import { nameCustomers } from "./nameCustomers.ts";
import { placeOrders } from "./placeOrders.ts";
import { recordMoves } from "./recordMoves.ts";
import { attachPartitions, tablesOfSnapshot } from "./snapshotPartitions.ts";

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

type DataDays = Pick<Derived, "dataFrom" | "dataThrough">;

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
  const monetary = options.monetary ?? "grossRevenue";
  const carried = base && carriedFrom(base, monetary);
  // Whatever the orders hold does not depend on the day that is looked back from.
  await deriveOrders(run, base && carried ? addedTo(table, base) : linesAt(table), at("0001-01-01" as IsoDate));
  if (carried) await findTouchedCustomers(run);
  const { dataFrom, dataThrough } = await daysOf(run, base, carried);
  const asOf = options.asOf ?? addDays(dataThrough, 1);

  const derivation: Derivation = {
    tables: tablesOfSnapshot(snapshotId),
    snapshotId,
    moment: at(asOf),
    monetary,
    scoresOf: options.scoresOf,
    cutsOf: frozen?.of,
  };
  const cuts = await deriveSegments(run, derivation, carried);
  await placeOrders(run, derivation, carried);
  await nameCustomers(run, { stage: hasNames ? stageTable : null, base: base?.snapshotId ?? null, snapshotId });
  if (table.isStage) await run(`DROP TABLE ${stageTable}`);
  const { filled, notFilled } = await deriveCells(run, derivation, carried);
  await attachPartitions(run, snapshotId);
  if (published && !published.isSample) await recordMoves(run, { former: published.snapshotId, snapshotId });
  return { dataFrom, dataThrough, asOf, monetary, cuts, cutsOf: frozen?.computedIn ?? null, filled, notFilled };
}

/** The first and the last day with a line. Where nothing was withdrawn, the base tells its own. */
async function daysOf(run: Run, base: Published | null, carried: Carried | null): Promise<DataDays> {
  const orders = [ordersTable];
  if (carried && (await hasRows(run, againTable))) orders.push(`(${untouchedOrders(carried)}) there`);
  else if (carried && base)
    orders.push(`(VALUES (date '${base.dataFrom}'), (date '${base.dataThrough}')) AS there (ordered_on)`);
  const [days] = await run(`SELECT min(first)::text AS "dataFrom", max(last)::text AS "dataThrough" FROM (
    ${orders.map((some) => `SELECT min(ordered_on) AS first, max(ordered_on) AS last FROM ${some}`).join(" UNION ALL ")}) days`);
  return days as DataDays;
}

async function hasRows(run: Run, table: string): Promise<boolean> {
  const [found] = await run(`SELECT EXISTS (SELECT FROM ${table}) AS any`);
  return found?.any === true;
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
