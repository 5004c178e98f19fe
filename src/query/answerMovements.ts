// Answers what moved between two snapshots: by default between the one of the request and the one that was published before it.
import { toDecimal } from "../kernel/decimal.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import type { Scope } from "../model/scope.ts";
import type { MoveCause } from "../model/segmentMoves.ts";
import type { SegmentKey } from "../model/segmentSchemes.ts";
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { Movements, SegmentMove } from "./answer.ts";
import { compileMovements } from "./compile/compileMovements.ts";
import type { WrittenStatement } from "./compile/parameters.ts";
import type { SegmentMovementsRequest } from "./request.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";

/** One answer: null where it has not been computed yet. Throws SNAPSHOT_EXPIRED for a snapshot that is not kept, was rolled back, or never was. */
export async function answerMovements(
  { scheme, ...asked }: SegmentMovementsRequest,
  snapshot: SnapshotFacts,
  scope: Scope,
  execute: (statement: WrittenStatement) => Promise<StoredRow[]>,
): Promise<readonly [Movements | null]> {
  const to = asked.to === undefined ? snapshot.snapshotId : idOf(asked.to);
  const from = asked.from === undefined ? formerOf(to, snapshot) : idOf(asked.from);
  const rows = await execute(compileMovements({ published: snapshot.snapshotId, from, to, scheme }, scope));
  const [first] = rows;
  if (!first)
    throw notKept(`Of the snapshots ${from} and ${to} one is not kept any more, was rolled back, or never was there.`);
  if (first.is_done !== true) return [null];
  return [
    {
      from: Number(first.from_id),
      to: Number(first.to_id),
      fromAsOf: String(first.from_as_of),
      toAsOf: String(first.to_as_of),
      isFrozen: first.cuts_of !== null,
      moves: rows.filter(({ customers }) => customers !== null).map(decodeMove),
    },
  ];
}

function formerOf(to: number, { snapshotId, formerSnapshotId }: SnapshotFacts): number {
  if (to === snapshotId && formerSnapshotId !== null) return formerSnapshotId;
  throw notKept(
    to === snapshotId
      ? `No snapshot was published before ${to}: there is nothing to compare it with.`
      : `Which snapshot was published before ${to} is not known here: name it as \`from\`.`,
  );
}

function idOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw notKept("What is no number is no snapshot.");
}

const notKept = (message: string) =>
  new Consumer360Error("SNAPSHOT_EXPIRED", message, {
    remedy: "`dataset { snapshot }` names the published one; SNAPSHOTS_KEPT and SNAPSHOT_DAYS say how many stay.",
  });

const keyOf = (value: unknown) => (value === null ? null : (String(value) as SegmentKey));

function decodeMove(row: StoredRow): SegmentMove {
  return {
    from: keyOf(row.from_segment),
    to: keyOf(row.to_segment),
    cause: row.cause === null ? null : (String(row.cause) as MoveCause),
    customers: Number(row.customers),
    grossRevenueBefore: toDecimal(String(row.gross_before)),
    grossRevenueAfter: toDecimal(String(row.gross_after)),
    netRevenueBefore: toDecimal(String(row.net_before)),
    netRevenueAfter: toDecimal(String(row.net_after)),
  };
}
