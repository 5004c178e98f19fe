// Lays out what moved between two snapshots: the ways in the scheme's order, and what they add up to at either end.
import { type Decimal, sumDecimals } from "../kernel/decimal.ts";
import { type MoveKind, moveCauses } from "../model/segmentMoves.ts";
import { keysOf, type SchemeName, type SegmentKey } from "../model/segmentSchemes.ts";
import type { Movements, SegmentMove } from "../query/answer.ts";
import type { MovementsTotal, SegmentMovements } from "./types/SegmentMovements.ts";

export function movementsOf(scheme: SchemeName, { isFrozen, from, to, moves, ...days }: Movements): SegmentMovements {
  return {
    scheme,
    from: String(from),
    to: String(to),
    ...days,
    cutPointsFrozen: isFrozen,
    before: totalOf(moves, "Before"),
    after: totalOf(moves, "After"),
    moves: moves.toSorted(inOrderOf(scheme)).map((move) => ({ kind: kindOf(move), ...move })),
  };
}

function inOrderOf(scheme: SchemeName) {
  const keys = keysOf(scheme);
  const place = (key: SegmentKey | null, ofNone: number) => (key === null ? ofNone : keys.indexOf(key));
  const cause = (move: SegmentMove) => (move.cause === null ? -1 : moveCauses.indexOf(move.cause));
  return (a: SegmentMove, b: SegmentMove) =>
    place(a.from, -1) - place(b.from, -1) || place(a.to, keys.length) - place(b.to, keys.length) || cause(a) - cause(b);
}

function kindOf({ from, to }: Pick<SegmentMove, "from" | "to">): MoveKind {
  if (from === null) return "NEW";
  if (to === null) return "GONE";
  return from === to ? "STAYED" : "MOVED";
}

function totalOf(moves: readonly SegmentMove[], end: "Before" | "After"): MovementsTotal {
  const there = moves.filter((move) => (end === "Before" ? move.from : move.to) !== null);
  return {
    customers: there.reduce((sum, { customers }) => sum + customers, 0),
    grossRevenue: sumDecimals(there.map((move) => move[`grossRevenue${end}`] as Decimal)),
    netRevenue: sumDecimals(there.map((move) => move[`netRevenue${end}`] as Decimal)),
  };
}
